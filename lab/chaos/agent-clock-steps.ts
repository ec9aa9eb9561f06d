/** The clock of an agent's host is set by ten minutes and by an hour, ahead and back, while it runs. */
import { setTimeout as wait } from "node:timers/promises"
import { expectEqual, expectThat, type Finding } from "../attack/attack.ts"
import { until } from "../attack/stage.ts"
import { type Scenario, tellAll } from "./scenario.ts"
import { createSpeaker, openWatched, settled, withStage } from "./stage.ts"

/** What the host's clock is off by, one after the other: each is a step from the one before. */
const OFF_S = [600, 0, -600, 0, 3_600, 0, -3_600, 0]
const LINES = 25
const LINE_MS = 400
const MAX_OFF_MS = 2_000

export const scenario: Scenario = {
  name: "agent-clock-steps",
  about:
    "an agent's clock is set by ±10 min and ±1 h: nothing is lost or stored at a wrong time, the clock is told, no incident.",
  run: tellAll(() =>
    withStage(async (stage) => {
      const clock = stage.clock("stepped", 0)
      const { id, program, device } = await openWatched(stage, "stepped", clock)
      const speaker = createSpeaker()
      const findings: Finding[] = []
      const statuses = new Set<string>()
      for (const offS of OFF_S) {
        clock.setOffS(offS)
        for (let n = 0; n < LINES; n += 1) {
          await speaker.say("line", program.syslogPort)
          statuses.add(await stage.deviceStatus(device))
          await wait(LINE_MS)
        }
        const row = await stage.agent(id)
        const isTold = row.statusReason === "clock-wrong" && Math.abs((row.clockSkewMs ?? 0) - offS * 1_000) < 5_000
        const told = { reason: row.statusReason, skewMs: row.clockSkewMs, notes: row.notes }
        const what = offS === 0 ? "set right, the clock is no problem any more" : `a clock ${offS} s off is told with its amount`
        findings.push(expectThat(what, offS === 0 ? row.statusReason === "heard" : isTold, told))
      }
      const found = await settled(stage, device, speaker.sent)
      speaker.close()
      return [
        ...findings,
        expectEqual(`all of ${found.sent} lines are stored`, found.lost, []),
        expectEqual("none is stored twice", found.doubled, []),
        expectThat("each at its time", found.maxOffMs <= MAX_OFF_MS, `at most ${found.maxOffMs} ms off`),
        expectEqual("the device stays as it is", [...statuses], ["ok"]),
        expectEqual("no incident is opened", await stage.incidents(), 0),
        await deathIsSeen(stage, program.child, device, clock),
      ]
    }),
  ),
}

/** With the clock an hour ahead the agent goes away: what it knew must not stay "ok". */
const deathIsSeen = async (
  stage: Parameters<Parameters<typeof withStage>[0]>[0],
  child: { readonly kill: () => Promise<void> },
  device: string,
  clock: { readonly setOffS: (seconds: number) => void },
): Promise<Finding> => {
  clock.setOffS(3_600)
  await wait(3_000)
  await child.kill()
  const notOk = async () => ((await stage.deviceStatus(device)) === "ok" ? null : true)
  const seen = await until("not ok", notOk, 15_000).catch(() => false)
  return expectThat("what a dead agent knew is not shown ok", seen === true, await stage.deviceStatus(device))
}
