/** The host's wall clock is set while the appliance runs: no false incident, and a dead router is reported as fast as before. */
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { UserError } from "../../simulator/user-error.ts"
import { openRig, within } from "./rig.ts"
import { check, type Scenario } from "./scenario.ts"

const LIBRARIES = [
  "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
]
const STEPS_MIN = [-60, 60, 60, -60, 10, -10, -10, 10]
const QUIET_MS = 9_000
const REPORTED_MS = 15_000

export const scenario: Scenario = {
  name: "clock-steps",
  about: "the appliance's clock is set by 10 min and 1 h, forward and back, while it runs",
  run: async (report) => {
    const library = LIBRARIES.find((file) => existsSync(file))
    if (library === undefined)
      throw new UserError("libfaketime is missing (apt-get install faketime)")
    const folder = mkdtempSync(join(tmpdir(), "ispvm-chaos-clock-"))
    const file = join(folder, "now")
    let offsetS = 0
    const set = (byS: number): void => {
      offsetS += byS
      // Renamed into place: the library must not read half of it.
      writeFileSync(`${file}.new`, `${offsetS < 0 ? "" : "+"}${offsetS}\n`)
      renameSync(`${file}.new`, file)
    }
    set(0)
    const env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
    }
    const rig = await openRig({ env })
    try {
      const hub = await rig.device("hub", null)
      const { id, agent } = await rig.enrol(hub)
      await rig.assign(hub, id)
      const victim = await rig.device("victim", id)
      await rig.link(hub, "port1", victim, "up1")
      let isDead = false
      const sending = agent.startSending(() => [agent.ping(hub, true), agent.ping(victim, !isDead)])
      await wait(QUIET_MS)
      const before = (await rig.incidents()).length
      report(check("no incident before the first step", before === 0, before))
      for (const [index, minutes] of STEPS_MIN.entries()) {
        const known = (await rig.incidents()).length
        set(minutes * 60)
        await wait(QUIET_MS)
        const after = await rig.incidents()
        report(
          check(
            `step ${index + 1} (${minutes} min): no false incident`,
            after.length === known,
            after.slice(0, after.length - known),
          ),
        )
        const status = (await rig.deviceStatus(victim))?.status
        report(check(`step ${index + 1}: the router is up`, status === "ok", status ?? "none"))
        const message =
          (await rig.problems()).find(({ reason }) => reason === "clock-set")?.sentence ?? "nothing"
        report(
          check(
            `step ${index + 1}: it is said on screen`,
            message.includes(minutes < 0 ? "set back by" : "set forward by"),
            message,
          ),
        )
        isDead = true
        const diedMs = performance.now()
        const found = await within(REPORTED_MS, async () => {
          const now = await rig.incidents()
          return now.length > known &&
            now.some(({ title, state }) => state === "open" && title.includes("victim"))
            ? now
            : null
        })
        const tookS = ((performance.now() - diedMs) / 1_000).toFixed(1)
        report(
          check(
            `step ${index + 1}: the dead router is reported`,
            found !== null,
            found === null ? "not reported" : `${tookS} s`,
          ),
        )
        isDead = false
        const isOver = async () =>
          (await rig.incidents()).every(({ state }) => state === "closed") ? true : null
        report(
          check(
            `step ${index + 1}: it recovers`,
            (await within(90_000, isOver)) !== null,
            "within 90 s",
          ),
        )
      }
      await sending.stop()
    } finally {
      await rig.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
