/**
 * An agent's machine is restored from a snapshot taken while it ran; it sends again what it had not
 * sent by then.
 */
import { cpSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { expectEqual, expectThat } from "../attack/attack.ts"
import { until } from "../attack/testbed.ts"
import { reportAll, type Scenario } from "./scenario.ts"
import {
  createSyslogSender,
  openMonitored,
  untilStored,
  untilWorking,
  withTestbed,
} from "./testbed.ts"

const LINES = 20

export const scenario: Scenario = {
  name: "restored-agent",
  about:
    "an agent is restored from a snapshot twice: new data is stored, repeated data is stored once",
  run: reportAll(() =>
    withTestbed(async (testbed) => {
      const { id, folder, program, device } = await openMonitored(testbed, "restored")
      const snapshot = join(testbed.dataDir, "snapshot")
      const sender = createSyslogSender()
      for (let n = 0; n < LINES; n += 1) {
        if (n === LINES / 2) cpSync(folder, snapshot, { recursive: true })
        await sender.send("first", program.syslogPort)
        await wait(60)
      }
      await untilStored(testbed, device, sender.sent)
      let running = program
      for (const time of ["second", "third"]) {
        await running.child.kill()
        rmSync(folder, { recursive: true })
        cpSync(snapshot, folder, { recursive: true })
        running = await testbed.startAgent({ name: `restored-${time}`, folder })
        await untilWorking(running)
        await wait(1_000)
        for (let n = 0; n < LINES; n += 1) {
          await sender.send(time, running.syslogPort)
          await wait(60)
        }
        await untilStored(testbed, device, sender.sent)
      }
      const found = await untilStored(testbed, device, sender.sent)
      sender.close()
      const row = await testbed.agent(id)
      const ok = async () => ((await testbed.deviceStatus(device)) === "ok" ? true : null)
      await until("the device answers", ok, 15_000)
      // A killed agent is offline for a moment, which is an incident; the device itself must have
      // none.
      return [
        expectEqual(`all of ${found.sent} lines are stored`, found.lost, []),
        expectEqual("none is stored twice", found.doubled, []),
        expectEqual("one process at a time is not reported as a clone", row.status, "ok"),
        expectThat(
          "the page reports an older state of the data",
          row.notes.some((note) => /older state/.test(note)),
          row.notes,
        ),
      ]
    }),
  ),
}
