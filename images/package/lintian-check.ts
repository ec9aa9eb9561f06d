/**
 * Lintian on both packages: no error and no warning but those that a file of overrides explains.
 * Half a minute a package: part of `npm run test:nspawn -- --full`.
 */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { runsHere } from "../config.ts"
import { reasonNotToBuild } from "./can-build.ts"
import { packagesInto } from "./for-tests.ts"

const reason = runsHere("lintian") ? reasonNotToBuild() : "not installed: lintian"
if (reason !== null) console.log(`lintian did not run: ${reason}`)

let work: string | undefined
const packages = (): readonly string[] => {
  const folder = work ?? mkdtempSync(join(tmpdir(), "ispvm-lintian-"))
  if (work === undefined) packagesInto(folder)
  work = folder
  return readdirSync(folder)
    .filter((name) => name.endsWith("_amd64.deb"))
    .map((name) => join(folder, name))
}
after(() => {
  if (work !== undefined) rmSync(work, { recursive: true, force: true })
})

/** As root it warns of that. */
const OPTIONS = ["--no-cfg", "--allow-root", "--tag-display-limit", "0"]

for (const name of ["ispvm", "ispvm-agent"])
  test(`lintian finds nothing in ${name}`, { skip: reason ?? false }, () => {
    const file = packages().find((each) => each.includes(`/${name}_`)) ?? ""
    const { status, stdout, stderr } = spawnSync("lintian", [...OPTIONS, file], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    })
    assert.deepEqual([status, stdout], [0, ""], stdout + stderr)
  })
