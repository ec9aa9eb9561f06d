/**
 * A start after which the agent takes time to return, as with a back-off or a slow network: no
 * agent counts as offline.
 */
import { setTimeout as wait } from "node:timers/promises"
import { openRig } from "./rig.ts"
import { check, type Scenario } from "./scenario.ts"

const BACK_MS = 6_500

export const scenario: Scenario = {
  name: "slow-start",
  about: "stopped in order and killed; the agent comes back 6.5 s after each start",
  run: async (report) => {
    const rig = await openRig()
    try {
      const hub = await rig.device("hub", null)
      const { id, agent } = await rig.enrol(hub)
      await rig.assign(hub, id)
      const all = () => [agent.ping(hub, true)]
      for (const how of ["stop", "kill"] as const) {
        const before = agent.startSending(all)
        await wait(4_000)
        await before.stop()
        await rig[how]()
        await rig.start()
        await wait(BACK_MS)
        await agent.heartbeat()
        const sending = agent.startSending(all)
        await wait(8_000)
        const incidents = await rig.incidents()
        report(
          check(
            `after a ${how}: no incident`,
            incidents.length === 0,
            incidents.map(({ title }) => title),
          ),
        )
        const status = (await rig.deviceStatus(hub))?.status
        report(check(`after a ${how}: the router is up`, status === "ok", status ?? "none"))
        await sending.stop()
      }
    } finally {
      await rig.close()
    }
  },
}
