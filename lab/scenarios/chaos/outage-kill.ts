/**
 * A site loses power while the appliance is killed; its reports arrive in pieces before and after.
 */
import { setTimeout as wait } from "node:timers/promises"
import { openRig } from "./rig.ts"
import { check, type Scenario } from "./scenario.ts"

const ROUTERS = 6

/**
 * `seenBefore`: routers that were reported before the kill. `isFresh`: the others are measured only
 * when the appliance is back.
 */
type Case = { readonly seenBefore: number; readonly isFresh: boolean }
const CASES: readonly Case[] = [
  { seenBefore: 0, isFresh: false },
  // However long the start takes, nothing that is sent after it is old.
  { seenBefore: 0, isFresh: true },
  { seenBefore: 2, isFresh: false },
  { seenBefore: 4, isFresh: false },
]

const runOnce = async (
  report: Parameters<Scenario["run"]>[0],
  { seenBefore, isFresh }: Case,
): Promise<void> => {
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
    const before = agent.startSending(healthy)
    await wait(6_000)
    await before.stop()
    await agent.send(healthy())
    // The agent's observations of the outage, in the order in which its bursts end.
    const news = [...routers.slice(1), routers[0] ?? ""].map((device) => () => [
      agent.ping(device, false),
    ])
    for (const one of news.slice(0, seenBefore)) await agent.send(one())
    await rig.kill()
    const killedAtMs = Date.now()
    const late = news.slice(seenBefore).map((one) => {
      const measured = one()
      return isFresh ? one : () => measured
    })
    await rig.start()
    await agent.heartbeat()
    for (const one of late) {
      await agent.send(one())
      await wait(400)
    }
    const sending = agent.startSending(() => [
      agent.ping(hub, true),
      ...routers.map((device) => agent.ping(device, false)),
    ])
    await wait(25_000)
    await sending.stop()
    const incidents = await rig.incidents()
    const early = incidents.filter(({ openedAtMs }) => openedAtMs < killedAtMs).length
    const when = `killed after ${seenBefore} of ${ROUTERS} routers were reported${isFresh ? ", the others measured after it" : ""}`
    const what = `${when}: one incident, and no new one by the kill`
    report(
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
  about: `killed during a site outage, ${CASES.length} times at different moments`,
  run: async (report) => {
    for (const one of CASES) await runOnce(report, one)
  },
}
