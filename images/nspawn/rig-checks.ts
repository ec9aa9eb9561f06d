/** The checks of a file on one appliance in a container, which the first of them starts. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { reasonNotToBuild } from "../package/can-build.ts"
import { packagesInto } from "../package/for-tests.ts"
import { ensureRoot, reasonToSkip } from "./root.ts"
import { builtVersion, type Derived } from "./update-bundles.ts"
import { type Rig, type RigOptions, startRig } from "./update-rig.ts"

export type Made = {
  readonly rig: Rig
  readonly derived: Derived
  readonly work: string
  /** The release that is installed at first. */
  readonly first: string
  /** Files of its packages. */
  readonly packages: readonly string[]
  readonly base: string
}
export type Checks = (name: string, run: (made: Made, t: TestContext) => Promise<void>) => void

const make = async (options: RigOptions): Promise<Made> => {
  const work = mkdtempSync(join(tmpdir(), "ispvm-updates-"))
  const built = join(work, "built")
  packagesInto(built)
  const packages = readdirSync(built)
    .filter((name) => name.endsWith("_amd64.deb"))
    .map((name) => join(built, name))
  const base = ensureRoot("trixie", (text) => console.log(text))
  const rig = await startRig(base, packages, work, options)
  const derived = { built, work, key: rig.key }
  return { rig, derived, work, first: builtVersion(built), packages, base }
}

/** `stopFirst`: what is beside the appliance and ends before it. */
export const checksOn = (
  subject: string,
  options: RigOptions,
  stopFirst: () => Promise<void> = async () => undefined,
): Checks => {
  const reason = reasonToSkip() ?? reasonNotToBuild()
  if (reason !== null) console.log(`${subject}: nothing was started in a container: ${reason}`)
  let made: Promise<Made> | undefined
  after(async () => {
    const ready = await made?.catch(() => undefined)
    await stopFirst()
    await ready?.rig.container.stop()
    if (ready !== undefined) rmSync(ready.work, { recursive: true, force: true })
  })
  return (name, run) =>
    void test(`${subject}: ${name}`, { skip: reason ?? false }, async (t) => {
      made ??= make(options)
      await run(await made, t)
    })
}
