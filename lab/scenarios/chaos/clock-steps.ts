/**
 * The host's wall clock is set while the appliance runs: no false incident, and a dead router is
 * reported as fast as before.
 */
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { UserError } from "../../simulator/user-error.ts"
import { openRig, type Rig, within } from "./rig.ts"
import { type Check, check, type Scenario } from "./scenario.ts"

const LIBRARIES = [
  "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
]
const STEPS_MIN = [-60, 60, 60, -60, 10, -10, -10, 10]
const QUIET_MS = 9_000
const REPORTED_MS = 15_000

/** A clock for a process with libfaketime, and the function that moves it. */
const createClock = (library: string, folder: string) => {
  const file = join(folder, "now")
  let offsetS = 0
  const moveBy = (byS: number): void => {
    offsetS += byS
    // Renamed into place: the library must not read half of it.
    writeFileSync(`${file}.new`, `${offsetS < 0 ? "" : "+"}${offsetS}\n`)
    renameSync(`${file}.new`, file)
  }
  moveBy(0)
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    DONT_FAKE_MONOTONIC: "1",
  }
  return { env, moveBy }
}

/** The network of the scenario: a router that stays up, and one that can die. */
type Network = {
  readonly rig: Rig
  readonly victim: string
  readonly setDead: (isDead: boolean) => void
}

/**
 * After the clock was set: no false incident, the router is up, and the screen reports the step.
 */
const checkStep = async (
  { rig, victim }: Network,
  step: string,
  minutes: number,
  known: number,
): Promise<readonly Check[]> => {
  const after = await rig.incidents()
  const falseIncidents = after.slice(0, after.length - known)
  const status = (await rig.deviceStatus(victim))?.status
  const problem = (await rig.problems()).find(({ reason }) => reason === "clock-set")
  const message = problem?.sentence ?? "nothing"
  const direction = minutes < 0 ? "set back by" : "set forward by"
  return [
    check(`${step} (${minutes} min): no false incident`, after.length === known, falseIncidents),
    check(`${step}: the router is up`, status === "ok", status ?? "none"),
    check(`${step}: the screen reports it`, message.includes(direction), message),
  ]
}

/** A router that dies after the step is reported in time, and its incident closes. */
const checkOutage = async (
  { rig, setDead }: Network,
  step: string,
  known: number,
): Promise<readonly Check[]> => {
  setDead(true)
  const diedMs = performance.now()
  const found = await within(REPORTED_MS, async () => {
    const now = await rig.incidents()
    const isReported = now.some(({ title, state }) => state === "open" && title.includes("victim"))
    return now.length > known && isReported ? now : null
  })
  const tookS = ((performance.now() - diedMs) / 1_000).toFixed(1)
  setDead(false)
  const isOver = async () =>
    (await rig.incidents()).every(({ state }) => state === "closed") ? true : null
  const hasRecovered = (await within(90_000, isOver)) !== null
  return [
    check(
      `${step}: the dead router is reported`,
      found !== null,
      found === null ? "not reported" : `${tookS} s`,
    ),
    check(`${step}: it recovers`, hasRecovered, "within 90 s"),
  ]
}

const playSteps = async (
  rig: Rig,
  moveBy: (byS: number) => void,
  report: (check: Check) => void,
): Promise<void> => {
  const hub = await rig.device("hub", null)
  const { id, agent } = await rig.enrol(hub)
  await rig.assign(hub, id)
  const victim = await rig.device("victim", id)
  await rig.link(hub, "port1", victim, "up1")
  let isDead = false
  const network: Network = {
    rig,
    victim,
    setDead: (dead) => {
      isDead = dead
    },
  }
  const sending = agent.startSending(() => [agent.ping(hub, true), agent.ping(victim, !isDead)])
  await wait(QUIET_MS)
  const before = (await rig.incidents()).length
  report(check("no incident before the first step", before === 0, before))
  for (const [index, minutes] of STEPS_MIN.entries()) {
    const step = `step ${index + 1}`
    const known = (await rig.incidents()).length
    moveBy(minutes * 60)
    await wait(QUIET_MS)
    for (const each of await checkStep(network, step, minutes, known)) report(each)
    for (const each of await checkOutage(network, step, known)) report(each)
  }
  await sending.stop()
}

export const scenario: Scenario = {
  name: "clock-steps",
  about: "the appliance's clock is set by 10 min and 1 h, forward and back, while it runs",
  run: async (report) => {
    const library = LIBRARIES.find((file) => existsSync(file))
    if (library === undefined)
      throw new UserError("libfaketime is missing (apt-get install faketime)")
    const folder = mkdtempSync(join(tmpdir(), "ispvm-chaos-clock-"))
    const { env, moveBy } = createClock(library, folder)
    const rig = await openRig({ env })
    try {
      await playSteps(rig, moveBy, report)
    } finally {
      await rig.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
