/** Hosts whose clocks are hours behind and years ahead are enrolled, restarted, and watched. */
import { expectEqual, expectThat, type Finding } from "../attack/attack.ts"
import { until } from "../attack/stage.ts"
import { type Scenario, tellAll } from "./scenario.ts"
import { type ChaosStage, createSpeaker, openWatched, settled, withStage } from "./stage.ts"

const HOSTS: readonly (readonly [string, number])[] = [
  ["ten-hours-behind", -36_000],
  ["two-years-ahead", 63_072_000],
]
const MAX_OFF_MS = 2_000

const oneHost = async (stage: ChaosStage, name: string, offS: number): Promise<readonly Finding[]> => {
  const clock = stage.clock(name, offS)
  const { id, folder, program, device } = await openWatched(stage, name, clock)
  await program.child.stop()
  // By its own clock the agent's certificate and the appliance's are not valid now: a restart has nothing else to go by.
  const again = await stage.startAgent({ name: `${name}-again`, folder, clock })
  const isHeard = async () => ((await stage.agent(id)).statusReason === "clock-wrong" ? true : null)
  const heard = await until("heard again", isHeard, 30_000).catch(() => false)
  await until("the device answers", async () => ((await stage.deviceStatus(device)) === "ok" ? true : null), 30_000)
  const speaker = createSpeaker()
  for (let n = 0; n < 10; n += 1) await speaker.say(name, again.syslogPort)
  const found = await settled(stage, device, speaker.sent)
  speaker.close()
  const row = await stage.agent(id)
  return [
    expectThat(`${name}: enrolled, and heard after a restart`, heard === true, row.statusReason),
    expectThat(`${name}: the amount is told`, Math.abs((row.clockSkewMs ?? 0) - offS * 1_000) < 5_000, row.notes),
    expectEqual(`${name}: all lines are stored`, found.lost, []),
    expectThat(`${name}: each at its time`, found.maxOffMs <= MAX_OFF_MS, `at most ${found.maxOffMs} ms off`),
  ]
}

export const scenario: Scenario = {
  name: "wrong-clock-enrolment",
  about: "hosts ten hours behind and two years ahead are enrolled, heard after a restart, and stamp their readings right.",
  run: tellAll(() =>
    withStage(async (stage) => {
      const findings: Finding[] = []
      for (const [name, offS] of HOSTS) findings.push(...(await oneHost(stage, name, offS)))
      return findings
    }),
  ),
}
