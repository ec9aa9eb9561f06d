/**
 * `ispvm update` and `ispvm rollback` on a Debian booted by its own systemd: an update, one that
 * fails its gate, files that are none, and kills in the middle. `npm run test:nspawn -- --full`
 * has more faults and 30 kills.
 */
import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { testRelease, updateTest } from "../config.ts"
import { reasonNotToBuild } from "../package/can-build.ts"
import { packagesInto } from "../package/for-tests.ts"
import { ensureRoot, reasonToSkip } from "./root.ts"
import { builtVersion, type Derived, deriveBundle, type Fault } from "./update-bundles.ts"
import { faultyBundles } from "./update-faults.ts"
import { KILLS, type Killed, killUpdate, randomFrom } from "./update-kills.ts"
import { askControl, isSound, measure, type Rig, seconds, startRig, until } from "./update-rig.ts"

const { kills, seed, isFull } = updateTest()
const MAX_UI_MS = 60_000
const MAX_DETECTION_MS = 10_000
const GOOD = "0.2.0"
const BAD = "0.3.0"

const findBase = (): { readonly base: string } | { readonly reason: string } => {
  const reason = reasonToSkip() ?? reasonNotToBuild()
  if (reason !== null) return { reason }
  try {
    return { base: ensureRoot(testRelease(), (text) => console.log(text)) }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}
const found = findBase()
const reason = "reason" in found ? found.reason : null
if (reason !== null) console.log(`no update was made in a container: ${reason}`)

type Made = {
  readonly rig: Rig
  readonly derived: Derived
  readonly work: string
  /** The release that is installed at first. */
  readonly first: string
  /** In the container: the update to `GOOD`. */
  readonly good: string
}
let made: Promise<Made> | undefined
/** How long an update took here. */
let updateMs: number | undefined
const make = async (): Promise<Made> => {
  if ("reason" in found) throw new Error(found.reason)
  const work = mkdtempSync(join(tmpdir(), "ispvm-updates-"))
  const built = join(work, "built")
  packagesInto(built)
  const packages = readdirSync(built)
    .filter((name) => name.endsWith("_amd64.deb"))
    .map((name) => join(built, name))
  const rig = await startRig(found.base, packages, work)
  const derived = { built, work, key: rig.key }
  const good = rig.bring(await deriveBundle(derived, GOOD))
  return { rig, derived, work, first: builtVersion(built), good }
}
const it = (name: string, run: (made: Made, t: TestContext) => Promise<void>): void =>
  void test(`update on Debian (${testRelease()}): ${name}`, {
    skip: reason ?? false,
  }, async (t) => {
    made ??= make()
    await run(await made, t)
  })
after(async () => {
  const ready = await made?.catch(() => undefined)
  await ready?.rig.container.stop()
  if (ready !== undefined) rmSync(ready.work, { recursive: true, force: true })
})

const update = ({ runLong }: Rig, file: string) =>
  runLong("ispvm", "update", file, "--ignore-clock")
const bad = async ({ rig, derived }: Made, fault: Fault): Promise<string> =>
  rig.bring(await deriveBundle(derived, BAD, fault))

it("what is no update for this machine is rejected, and nothing changes", async (all, t) => {
  const { rig, work, first } = all
  for (const [expected, file] of await faultyBundles(work, rig.key)) {
    const { code, stderr } = await update(rig, rig.bring(file))
    assert.equal(code, 1)
    t.diagnostic(stderr.trim())
    const { outcome, reason: why } = rig.state().last ?? {}
    assert.deepEqual([outcome, why], ["rejected", expected], stderr)
  }
  const { code, stderr } = await update(rig, "/srv/missing")
  assert.deepEqual([code, rig.state().last?.reason], [1, "no-file"], stderr)
  assert.equal(await isSound(rig, [first]), first)
})

it("what the appliance asks for through its folder is carried out", async ({ rig }) => {
  const { container, state } = rig
  const folder = "/var/lib/ispvm/update"
  const write = `mkdir -p ${folder} && echo '{"kind":"rollback","by":"ada","atMs":1}' > ${folder}/new && mv ${folder}/new ${folder}/request.json`
  container.run("runuser", "-u", "ispvm", "--", "sh", "-c", write)
  await until("it is carried out", () => {
    const { code, stdout } = container.tryRun("cat", "/var/lib/ispvm-update/state.json")
    return code === 0 && JSON.parse(stdout).last?.reason === "no-previous"
  })
  assert.equal(state().last?.outcome, "rejected")
  assert.notEqual(container.tryRun("test", "-e", `${folder}/request.json`).code, 0)
})

it("a clock that follows no time server is a reason", async ({ rig, good, first }, t) => {
  const { container, runLong } = rig
  const clock = container.run("timedatectl", "show", "--property=NTPSynchronized", "--value").trim()
  if (clock !== "no") {
    t.diagnostic("not tried: the clock of this machine follows a time server")
    return
  }
  const { code } = await runLong("ispvm", "update", good)
  assert.deepEqual([code, rig.state().last?.reason], [1, "clock"])
  assert.equal(rig.current(), first)
})

it("a disk without room is a reason, with what is needed", async ({ rig, good, first }, t) => {
  const { container } = rig
  container.run("mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", "/var/lib/ispvm-update")
  const { code, stderr } = await update(rig, good)
  container.run("umount", "/var/lib/ispvm-update")
  t.diagnostic(stderr.trim())
  assert.equal(code, 1)
  assert.match(stderr, /no-space: \d+ MB are needed \(.*\/var\/lib\/ispvm-update\/work .* are free/)
  assert.equal(rig.current(), first)
})

it("an update runs the new release; a second one at once is refused", async (all, t) => {
  const { rig, good, first } = all
  const { container } = rig
  const stopMeasuring = measure(rig)
  const began = performance.now()
  const updating = update(rig, good)
  await until("it has begun", () => rig.state().phase !== "idle")
  const second = await update(rig, good)
  assert.equal(second.code, 1)
  assert.match(second.stderr, /another update is under way/)
  const { code, stdout, stderr } = await updating
  assert.equal(
    code,
    0,
    stdout + stderr + container.tryRun("journalctl", "-u", "ispvm-update").stdout,
  )
  updateMs = performance.now() - began
  t.diagnostic(`updated after ${seconds(updateMs)}`)
  assert.equal(await isSound(rig, [GOOD]), GOOD)
  const { uiMs, detectionMs } = await stopMeasuring()
  t.diagnostic(`UI away for ${seconds(uiMs)}, no evaluation for ${seconds(detectionMs)}`)
  // A machine that does something else besides is no fault of the update.
  assert.ok(!isFull || uiMs <= MAX_UI_MS)
  assert.ok(!isFull || detectionMs <= MAX_DETECTION_MS)
  const { phase, previous, last } = rig.state()
  assert.deepEqual([phase, previous, last?.outcome], ["idle", first, "updated"])
  assert.deepEqual(container.run("ls", "/opt/ispvm/releases").trim().split("\n"), [first, GOOD])
  const offered = ["ls", "/var/lib/ispvm-update/agent"]
  const readable = container.run("setpriv", "--reuid=ispvm", "--clear-groups", ...offered).trim()
  assert.deepEqual(readable.split("\n"), [
    `ispvm-agent_${GOOD}_amd64.deb`,
    "manifest.json",
    "manifest.sig",
  ])
})

const siteNames = ({ api }: Rig): string => JSON.stringify(api("/sites"))

it("what was stored during a gate that fails is there after the rollback", async (all, t) => {
  const { rig } = all
  const file = await bad(all, "ends")
  const began = performance.now()
  const updating = update(rig, file)
  await until("the new release serves", () => rig.current() === BAD && rig.isReady())
  rig.api("/sites", { name: "made during the gate" })
  assert.match(siteNames(rig), /made during the gate/)
  const { code, stderr } = await updating
  t.diagnostic(`${stderr.trim().slice(0, 200)} (after ${seconds(performance.now() - began)})`)
  assert.equal(code, 1)
  const { previous, last } = rig.state()
  assert.deepEqual([last?.outcome, last?.reason], ["rolled-back", "not-ready"])
  assert.equal(await isSound(rig, [GOOD]), GOOD)
  assert.match(siteNames(rig), /made during the gate/)
  assert.equal(previous, all.first, "the release to return to is the one from before")
})

it("a migration that fails changes nothing, and the release before starts", async (all, t) => {
  const { rig } = all
  const { code, stderr } = await update(rig, await bad(all, "migration"))
  t.diagnostic(stderr.trim().slice(0, 300))
  assert.equal(code, 1)
  assert.match(stderr, /9000-fails/)
  assert.equal(rig.state().last?.outcome, "rolled-back")
  assert.equal(await isSound(rig, [GOOD]), GOOD)
})

it("a release that is never ready is left after a minute", async (all) => {
  if (!isFull) return
  const { rig } = all
  const { code } = await update(rig, await bad(all, "never-ready"))
  assert.equal(code, 1)
  assert.deepEqual(rig.state().last?.reason, "not-ready")
  assert.equal(await isSound(rig, [GOOD]), GOOD)
})

it("a self-test that fails for a minute is the reason, with the check", async (all, t) => {
  if (!isFull) return
  const { rig } = all
  const { code, stderr } = await update(rig, await bad(all, "self-test"))
  t.diagnostic(stderr.trim().slice(0, 300))
  assert.equal(code, 1)
  assert.match(stderr, /self-test: .*incident: as the test wants/)
  assert.equal(await isSound(rig, [GOOD]), GOOD)
})

it("where the release before rejects the database, the copy is restored", async (all, t) => {
  if (!isFull) return
  const { rig } = all
  const was = rig.current()
  rig.api("/sites", { name: "made before the update" })
  const { code } = await update(rig, await bad(all, "contract"))
  assert.equal(code, 1)
  t.diagnostic(rig.state().last?.detail.slice(-400) ?? "")
  assert.match(rig.state().last?.detail ?? "", /restored from the backup/)
  assert.equal(await isSound(rig, [was]), was)
  const count = "select count(*) from inventory.site where name = 'made before the update'"
  assert.equal(rig.query(count), "1")
})

it("ispvm rollback returns to the release before, once", async ({ rig, first }) => {
  const { runLong, state, container } = rig
  const { code, stdout, stderr } = await runLong("ispvm", "rollback")
  assert.equal(code, 0, stdout + stderr)
  assert.equal(await isSound(rig, [first]), first)
  assert.deepEqual([state().last?.outcome, state().previous], ["returned", null])
  assert.equal(container.run("ls", "/opt/ispvm/releases").trim(), first)
  const again = await runLong("ispvm", "rollback")
  assert.deepEqual([again.code, state().last?.reason], [1, "no-previous"])
})

/** And back again. */
const timedUpdate = async (rig: Rig, good: string): Promise<number> => {
  const began = performance.now()
  assert.equal((await update(rig, good)).code, 0)
  const wholeMs = performance.now() - began
  assert.equal((await rig.runLong("ispvm", "rollback")).code, 0)
  return wholeMs
}

const describeKill = ({ kill, afterMs, phase, ended, outcome }: Killed): string =>
  `${kill} killed after ${seconds(afterMs)} (${phase}): ${ended} release, ${outcome}`

it(`killed ${kills} times at random moments: the old release or the new one, detecting`, async ({
  rig,
  first,
  good,
}, t) => {
  t.diagnostic(`seed ${seed}`)
  const random = randomFrom(seed)
  const wholeMs = updateMs ?? (await timedUpdate(rig, good))
  for (let count = 0; count < kills; count += 1) {
    const kill = KILLS[count % KILLS.length] ?? "process"
    const afterMs = Math.round(random() * wholeMs)
    const killed = await killUpdate(rig, { kill, afterMs }, { file: good, from: first, to: GOOD })
    // At once: a run of 30 takes a while.
    console.log(describeKill(killed))
    t.diagnostic(describeKill(killed))
  }
  const answer = await askControl(rig.container, "GET", "/evaluation", 5_000)
  assert.ok(typeof answer === "object")
})
