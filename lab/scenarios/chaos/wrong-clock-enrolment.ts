/** Hosts whose clocks are hours behind and years ahead are enrolled, restarted, and monitored. */
import { expectEqual, expectThat, type Finding } from "../attack/attack.ts"
import { until } from "../attack/testbed.ts"
import { reportAll, type Scenario } from "./scenario.ts"
import {
  type ChaosTestbed,
  createSyslogSender,
  openMonitored,
  untilStored,
  withTestbed,
} from "./testbed.ts"

const HOSTS: readonly (readonly [string, number])[] = [
  ["ten-hours-behind", -36_000],
  ["two-years-ahead", 63_072_000],
]
const MAX_OFF_MS = 2_000

const oneHost = async (
  testbed: ChaosTestbed,
  name: string,
  offS: number,
): Promise<readonly Finding[]> => {
  const clock = testbed.clock(name, offS)
  const { id, folder, program, device } = await openMonitored(testbed, name, clock)
  await program.child.stop()
  // By its own clock, the certificates of the agent and of the appliance are not valid now; after a
  // restart the agent has no other clock.
  const again = await testbed.startAgent({ name: `${name}-again`, folder, clock })
  const hasReported = async () =>
    (await testbed.agent(id)).statusReason === "clock-skew" ? true : null
  const reported = await until("online again", hasReported, 30_000).catch(() => false)
  await until(
    "the device answers",
    async () => ((await testbed.deviceStatus(device)) === "ok" ? true : null),
    30_000,
  )
  const sender = createSyslogSender()
  for (let n = 0; n < 10; n += 1) await sender.send(name, again.syslogPort)
  const found = await untilStored(testbed, device, sender.sent)
  sender.close()
  const row = await testbed.agent(id)
  return [
    expectThat(
      `${name}: enrolled, and online after a restart`,
      reported === true,
      row.statusReason,
    ),
    expectThat(
      `${name}: the offset is reported`,
      Math.abs((row.clockSkewMs ?? 0) - offS * 1_000) < 5_000,
      row.notes,
    ),
    expectEqual(`${name}: all lines are stored`, found.lost, []),
    expectThat(
      `${name}: each at its time`,
      found.maxOffMs <= MAX_OFF_MS,
      `at most ${found.maxOffMs} ms off`,
    ),
  ]
}

export const scenario: Scenario = {
  name: "wrong-clock-enrolment",
  about:
    "hosts ten hours behind and two years ahead are enrolled, online after a restart, and their readings have the right time",
  run: reportAll(() =>
    withTestbed(async (testbed) => {
      const findings: Finding[] = []
      for (const [name, offS] of HOSTS) findings.push(...(await oneHost(testbed, name, offS)))
      return findings
    }),
  ),
}
