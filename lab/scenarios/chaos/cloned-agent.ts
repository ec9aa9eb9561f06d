/** Two machines start from one copy of an agent's data, and both run. */
import { cpSync } from "node:fs"
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

const ROUNDS = 30
const ROUND_MS = 400

export const scenario: Scenario = {
  name: "cloned-agent",
  about:
    "two clones of one agent run at once: all log lines of both are stored once, the clone is reported, and no incident",
  run: reportAll(() =>
    withTestbed(async (testbed) => {
      const { id, folder, program, device } = await openMonitored(testbed, "cloned")
      const sender = createSyslogSender()
      for (let n = 0; n < 5; n += 1) await sender.send("before", program.syslogPort)
      await untilStored(testbed, device, sender.sent)
      await program.child.stop()
      const copy = join(testbed.dataDir, "copy")
      cpSync(folder, copy, { recursive: true })
      const one = await testbed.startAgent({ name: "original", folder })
      const two = await testbed.startAgent({ name: "clone", folder: copy })
      await Promise.all([untilWorking(one), untilWorking(two)])
      await until(
        "the device answers",
        async () => ((await testbed.deviceStatus(device)) === "ok" ? true : null),
        30_000,
      )
      // On a busy machine the agent was offline while it was copied: that is a true incident.
      const before = await testbed.incidents()
      const statuses = new Set<string>()
      for (let n = 0; n < ROUNDS; n += 1) {
        await sender.send("original", one.syslogPort)
        await sender.send("clone", two.syslogPort)
        statuses.add(await testbed.deviceStatus(device))
        await wait(ROUND_MS)
      }
      const found = await untilStored(testbed, device, sender.sent)
      sender.close()
      const row = await testbed.agent(id)
      return [
        expectEqual(`all of ${found.sent} lines are stored`, found.lost, []),
        expectEqual("none is stored twice", found.doubled, []),
        expectEqual(
          "the agent has the problem",
          [row.status, row.statusReason],
          ["degraded", "identity-shared"],
        ),
        expectThat(
          "the page reports it",
          /^Two machines use this agent's identity/.test(row.notes[0] ?? ""),
          row.notes,
        ),
        expectEqual("its device is unchanged", [...statuses], ["ok"]),
        expectEqual("no incident is opened", (await testbed.incidents()) - before, 0),
      ]
    }),
  ),
}
