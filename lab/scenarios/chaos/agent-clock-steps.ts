/**
 * The clock of an agent's host is set by ten minutes and by an hour, forward and back, while it
 * runs.
 */
import { setTimeout as wait } from "node:timers/promises"
import { expectEqual, expectThat, type Finding } from "../attack/attack.ts"
import { until } from "../attack/testbed.ts"
import { reportAll, type Scenario } from "./scenario.ts"
import { createSyslogSender, openMonitored, untilStored, withTestbed } from "./testbed.ts"

/** Offsets of the host's clock, one after the other: each is a step from the one before. */
const OFF_S = [600, 0, -600, 0, 3_600, 0, -3_600, 0]
const LINES = 25
const LINE_MS = 400
const MAX_OFF_MS = 2_000

export const scenario: Scenario = {
  name: "agent-clock-steps",
  about:
    "an agent's clock is set by ±10 min and ±1 h: nothing is lost or stored with a wrong time, the clock error is reported, no incident",
  run: reportAll(() =>
    withTestbed(async (testbed) => {
      const clock = testbed.clock("stepped", 0)
      const { id, program, device } = await openMonitored(testbed, "stepped", clock)
      const sender = createSyslogSender()
      const findings: Finding[] = []
      const statuses = new Set<string>()
      for (const offS of OFF_S) {
        clock.setOffS(offS)
        for (let n = 0; n < LINES; n += 1) {
          await sender.send("line", program.syslogPort)
          statuses.add(await testbed.deviceStatus(device))
          await wait(LINE_MS)
        }
        const row = await testbed.agent(id)
        const isReported =
          row.statusReason === "clock-skew" &&
          Math.abs((row.clockSkewMs ?? 0) - offS * 1_000) < 5_000
        const reported = { reason: row.statusReason, skewMs: row.clockSkewMs, notes: row.notes }
        const what =
          offS === 0
            ? "a corrected clock is no longer a problem"
            : `a clock ${offS} s off is reported with its offset`
        findings.push(
          expectThat(what, offS === 0 ? row.statusReason === "online" : isReported, reported),
        )
      }
      const found = await untilStored(testbed, device, sender.sent)
      sender.close()
      return [
        ...findings,
        expectEqual(`all of ${found.sent} lines are stored`, found.lost, []),
        expectEqual("none is stored twice", found.doubled, []),
        expectThat(
          "each with its time",
          found.maxOffMs <= MAX_OFF_MS,
          `at most ${found.maxOffMs} ms off`,
        ),
        expectEqual("the device stays as it is", [...statuses], ["ok"]),
        expectEqual("no incident is opened", await testbed.incidents(), 0),
        await checkDeadAgent(testbed, program.child, device, clock),
      ]
    }),
  ),
}

/** With the clock an hour ahead, the agent goes offline: its last values must not stay "ok". */
const checkDeadAgent = async (
  testbed: Parameters<Parameters<typeof withTestbed>[0]>[0],
  child: { readonly kill: () => Promise<void> },
  device: string,
  clock: { readonly setOffS: (seconds: number) => void },
): Promise<Finding> => {
  clock.setOffS(3_600)
  await wait(3_000)
  await child.kill()
  const notOk = async () => ((await testbed.deviceStatus(device)) === "ok" ? null : true)
  const seen = await until("not ok", notOk, 15_000).catch(() => false)
  return expectThat(
    "the last values of an offline agent are not shown ok",
    seen === true,
    await testbed.deviceStatus(device),
  )
}
