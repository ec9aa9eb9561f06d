/**
 * The appliance is killed right after it has acknowledged a fault, several times: the fault is
 * evaluated after each start.
 */

import { openRig, type Rig, within } from "./rig.ts"
import { check, type Scenario } from "./scenario.ts"
import type { ScriptedAgent } from "./scripted-agent.ts"

const TIMES = 20
const REPORTED_MS = 30_000

type Spoke = {
  readonly device: string
  readonly link: string
  readonly port: string
  readonly name: string
}

const killOnce = async (
  rig: Rig,
  agent: ScriptedAgent,
  hub: string,
  spoke: Spoke,
  all: () => object[],
) => {
  await agent.heartbeat()
  await agent.send(all())
  const acked = await agent.send([
    agent.portEvent(hub, spoke.port, false),
    agent.portEvent(spoke.device, "up1", false),
  ])
  await rig.kill()
  await rig.start()
  const first = await rig.linkStatus(spoke.link)
  const sending = agent.startSending(all)
  const isOfIt = ({ title }: { title: string }): boolean => title.includes(spoke.name)
  const found = await within(REPORTED_MS, async () => (await rig.incidents()).find(isOfIt) ?? null)
  await sending.stop()
  return { acked: acked.status, first, title: found?.title ?? null }
}

export const scenario: Scenario = {
  name: "ack-kill",
  about: `killed ${TIMES} times at the moment of the acknowledgement of a cut link`,
  run: async (report) => {
    const rig = await openRig()
    try {
      const hub = await rig.device("hub", null)
      const { id, agent } = await rig.enrol(hub)
      await rig.assign(hub, id)
      const spokes: Spoke[] = []
      for (let at = 1; at <= TIMES; at += 1) {
        const name = `spoke-${at}.`
        const device = await rig.device(name, id)
        spokes.push({
          device,
          name,
          port: `port${at}`,
          link: await rig.link(hub, `port${at}`, device, "up1"),
        })
      }
      const all = () =>
        [hub, ...spokes.map(({ device }) => device)].map((device) => agent.ping(device, true))
      await agent.heartbeat()
      await agent.send([
        ...all(),
        ...spokes.flatMap(({ device, port }) => [
          agent.portEvent(hub, port, true),
          agent.portEvent(device, "up1", true),
        ]),
      ])
      let reported = 0
      let shownOk = 0
      for (const [index, spoke] of spokes.entries()) {
        const { acked, first, title } = await killOnce(rig, agent, hub, spoke, all)
        const isReported = acked === 200 && title !== null
        if (isReported) reported += 1
        if (first === "ok") shownOk += 1
        report(
          check(
            `kill ${index + 1}: the link is reported and not shown ok`,
            isReported && first !== "ok",
            {
              acked,
              first,
              title,
            },
          ),
        )
      }
      const incidents = await rig.incidents()
      report(check("reported", reported === TIMES, `${reported} of ${TIMES}, shown ok ${shownOk}`))
      report(
        check(
          "one incident per link, and no other",
          incidents.length === TIMES,
          incidents.map(({ title }) => title),
        ),
      )
    } finally {
      await rig.close()
    }
  },
}
