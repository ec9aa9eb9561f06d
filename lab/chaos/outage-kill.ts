/** A site loses power while the appliance is killed; its news arrives in pieces before and after. */
import { setTimeout as wait } from "node:timers/promises"
import { openRig } from "./rig.ts"
import { check, type Scenario } from "./scenario.ts"

const ROUTERS = 6
const TIMES = 3

const runOnce = async (say: Parameters<Scenario["run"]>[0], seenBefore: number): Promise<void> => {
  const rig = await openRig()
  try {
    const hub = await rig.device("hub", null)
    const { id, agent } = await rig.enrol(hub)
    await rig.assign(hub, id)
    const site = await rig.site("Gaziantep")
    const routers: string[] = []
    for (let at = 0; at < ROUTERS; at += 1) {
      const device = await rig.device(`gaz-${at}`, id, site)
      routers.push(device)
      if (at === 0) await rig.link(hub, "to-gaz", device, "to-hub")
      else await rig.link(routers[0] ?? "", `to-${at}`, device, "to-agg")
    }
    const healthy = () => [hub, ...routers].map((device) => agent.ping(device, true))
    const before = agent.goOn(healthy)
    await wait(6_000)
    await before.stop()
    await agent.send(healthy())
    // What the agent sees of the outage, in the order in which its bursts end.
    const news = [...routers.slice(1), routers[0] ?? ""].map((device) => () => [agent.ping(device, false)])
    for (const one of news.slice(0, seenBefore)) await agent.send(one())
    await rig.kill()
    const killedAtMs = Date.now()
    const late = news.slice(seenBefore).map((one) => one())
    await rig.start()
    await agent.heartbeat()
    for (const items of late) {
      await agent.send(items)
      await wait(400)
    }
    const going = agent.goOn(() => [agent.ping(hub, true), ...routers.map((device) => agent.ping(device, false))])
    await wait(25_000)
    await going.stop()
    const incidents = await rig.incidents()
    const early = incidents.filter(({ openedAtMs }) => openedAtMs < killedAtMs).length
    const what = `killed after ${seenBefore} of ${ROUTERS} routers were reported: one incident, and no new one by the kill`
    say(
      check(what, incidents.length === Math.max(1, early), [
        `${early} before the kill`,
        ...incidents.map(({ title, state }) => `${title} (${state})`),
      ]),
    )
  } finally {
    await rig.close()
  }
}

export const scenario: Scenario = {
  name: "outage-kill",
  about: `killed during a site outage, ${TIMES} times at different moments`,
  run: async (say) => {
    for (const seenBefore of [0, 2, 4]) await runOnce(say, seenBefore)
  },
}
