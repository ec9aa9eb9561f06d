/**
 * A disk that fills up while an update runs: the release before goes on, the reason is named, also
 * by the API that the UI shows, and the same update succeeds once there is room. As in the image, the
 * system and the data are on disks of their own. Of `npm run test:nspawn -- --full`.
 */
import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { TestContext } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { z } from "zod"
import { checksOn, type Made } from "./rig-checks.ts"
import { deriveBundle, type Fault } from "./update-bundles.ts"
import { isSound, type Rig, seconds, until } from "./update-rig.ts"

const GOOD = "0.2.0"
const BAD = "0.3.0"
const POLL_MS = 20
const DATA = "/var/lib/ispvm"
const DATABASE = "/var/lib/ispvm-database"
/** Enough for what an update needs, as its check before says. */
const SYSTEM_MB = 1_800
const FSTAB = `tmpfs ${DATA} tmpfs size=700m,mode=0700 0 0
tmpfs ${DATABASE} tmpfs size=700m,mode=0700 0 0
`
const it = checksOn("a disk that fills up during an update", {
  diskMb: SYSTEM_MB,
  prepare: (root) => writeFileSync(join(root, "etc/fstab"), FSTAB),
})

const Shown = z.object({
  version: z.string(),
  phase: z.string(),
  last: z.object({
    outcome: z.string(),
    message: z.object({ code: z.string(), params: z.object({ detail: z.string() }) }).nullable(),
  }),
})

const freeBytes = ({ container: { run } }: Rig, folder: string): number =>
  Number(run("df", "--output=avail", "--block-size=1", folder).trim().split("\n").at(-1))
/** None before the first update has written its state. */
const phaseOf = ({ container: { tryRun } }: Rig): string | null => {
  const { code, stdout } = tryRun("cat", "/var/lib/ispvm-update/state.json")
  return code === 0 ? z.object({ phase: z.string() }).parse(JSON.parse(stdout)).phase : null
}
const fillerOf = (folder: string): string => join(folder, "filler-of-the-test")

type Filled = {
  readonly fault?: Fault
  readonly version?: string
  readonly phase: string
  readonly folder: string
  readonly keepMb: number
}
/** Fills the disk of `folder` in `phase`, until the update has ended. */
const updateOnFullDisk = async (
  { rig, derived }: Made,
  { fault = "none", version = GOOD, phase, folder, keepMb }: Filled,
  t: TestContext,
): Promise<z.infer<typeof Shown>> => {
  const { container, runLong } = rig
  const bundle = rig.bring(await deriveBundle(derived, version, fault))
  const from = rig.current()
  const began = performance.now()
  const updating = runLong("ispvm", "update", bundle, "--ignore-clock")
  let hasEnded = false
  void updating.then(() => {
    hasEnded = true
  })
  while (phaseOf(rig) !== phase) {
    assert.ok(!hasEnded, `it never was ${phase}`)
    await delay(POLL_MS)
  }
  const bytes = freeBytes(rig, folder) - keepMb * 1_000_000
  // Of a check that fails, too: the next one starts with room.
  t.after(() => makeRoom(rig, folder))
  // The update writes at the same time: the end of the disk may come before.
  container.tryRun("sh", "-c", `head -c ${bytes} /dev/zero > ${fillerOf(folder)}`)
  t.diagnostic(`${phase}: ${Math.round(freeBytes(rig, folder) / 1e6)} MB free in ${folder}`)
  const { code, stderr } = await updating
  t.diagnostic(`${stderr.trim().slice(0, 300)} (after ${seconds(performance.now() - began)})`)
  assert.equal(code, 1)
  assert.equal(rig.current(), from)
  await until("readyz", rig.isReady)
  return Shown.parse(rig.api("/updates"))
}
const makeRoom = ({ container }: Rig, folder: string): void =>
  void container.run("rm", "-f", fillerOf(folder))

/** What the page of updates shows. */
const isNamed = (shown: z.infer<typeof Shown>, outcome: string, expected: RegExp): void => {
  const { phase, last } = shown
  assert.deepEqual([phase, last.outcome], ["idle", outcome], JSON.stringify(shown))
  assert.match(`${last.message?.code}: ${last.message?.params.detail}`, expected)
}

it("the disk of the system has no byte left for the new release", async (all, t) => {
  const { rig, first } = all
  const full = { phase: "installing", folder: "/opt", keepMb: 0 }
  const shown = await updateOnFullDisk(all, full, t)
  isNamed(shown, "rejected", /^update\.no-space: .*No space left on device/s)
  assert.equal(shown.version, first)
  assert.equal((await rig.selfTest()).ok, true, "the release before detects, on the full disk")
  makeRoom(rig, full.folder)
  assert.equal(await isSound(rig, [first]), first)
  assert.equal(rig.container.run("dpkg", "--audit"), "")
})

it("the disk of the system has some room, and too little", async (all, t) => {
  const { rig, first } = all
  const full = { phase: "installing", folder: "/opt", keepMb: 60 }
  isNamed(await updateOnFullDisk(all, full, t), "rejected", /^update\.no-space: .*No space left/s)
  makeRoom(rig, full.folder)
  assert.equal(await isSound(rig, [first]), first)
  assert.equal(rig.container.run("dpkg", "--audit"), "")
})

it("the disk of the data has no room for the copy", async (all, t) => {
  const { rig, first } = all
  const full = { phase: "backing-up", folder: DATA, keepMb: 0 }
  isNamed(await updateOnFullDisk(all, full, t), "rejected", /^update\.no-space: No space is left/)
  makeRoom(rig, full.folder)
  assert.equal(await isSound(rig, [first]), first)
  assert.equal(rig.container.run("find", DATA, "-name", "*before-update*"), "")
})

it("a migration needs more than the disk of the database has", async (all, t) => {
  const { rig, first } = all
  const large = { fault: "large-migration", version: BAD, phase: "starting" } as const
  const shown = await updateOnFullDisk(all, { ...large, folder: DATABASE, keepMb: 100 }, t)
  isNamed(shown, "rolled-back", /^update\.not-ready: /)
  makeRoom(rig, DATABASE)
  assert.equal(await isSound(rig, [first]), first)
})

it("with room again the same update succeeds", async (all) => {
  const { rig, derived } = all
  const bundle = rig.bring(await deriveBundle(derived, GOOD))
  const { code, stderr } = await rig.runLong("ispvm", "update", bundle, "--ignore-clock")
  assert.equal(code, 0, stderr)
  assert.equal(await isSound(rig, [GOOD]), GOOD)
})
