/** Traps of simulated routers, enabled at their console, as the agent's listener gets them. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Event } from "@ispvm/wire"
import { freePort } from "../../demo/ports.ts"
import { startTraps } from "../../recordings/agent.ts"
import type { Network } from "./network.ts"
import {
  AGENT_ADDRESS,
  assigned,
  freePorts,
  listening,
  type RunningNetwork,
  startNetwork,
  TOPOLOGY,
} from "./network-rig.ts"

/** A router whose port leads elsewhere than to the agent, and one that the agent does not know. */
const [ROUTER, PORT, UNKNOWN] = ["ist-core-1", "sfp-sfpplus3", "ank-core-1"]
/** Where nobody listens to the routers' logs. */
const NO_SYSLOG = 9

const events: Event[] = []
let polled = 0
let running: RunningNetwork
let network: Network
let traps: Awaited<ReturnType<typeof startTraps>>

before(async () => {
  const ports = await freePorts()
  traps = await startTraps({
    ...listening(events),
    ...{ port: await freePort(), steady: () => performance.now() },
    onLink: () => {
      polled += 1
    },
  })
  traps.apply([...assigned([ROUTER], ports).values()])
  running = await startNetwork(ports, { syslogPort: NO_SYSLOG, trapPort: traps.port ?? 0 })
  network = running.network
})
after(async () => {
  await running?.stop()
  await traps?.stop()
})

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const endMs = Date.now() + 10_000; !isSo(); ) {
    assert.ok(Date.now() < endMs, `${what}: ${JSON.stringify({ ...traps.counts, events })}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
const enable = async (
  router: string,
  version: number,
  of = TOPOLOGY.access.community,
): Promise<void> => {
  const settings = `trap-generators=interfaces,start-trap trap-version=${version}`
  const { ok, output } = await network.console({
    ...{ router, does: "run" },
    text: `/snmp set enabled=yes trap-target=${AGENT_ADDRESS} trap-community=${of} ${settings}`,
  })
  assert.ok(ok, output)
}
const cutOf = (router: string, port: string): string =>
  TOPOLOGY.links.find((link) =>
    [link.a, link.b].some((end) => end.router === router && end.port === port),
  )?.name ?? ""

for (const version of [1, 2])
  test(`version ${version}: a port that goes down and up is an event each, and polls the router`, async () => {
    await enable(ROUTER, version)
    const link = cutOf(ROUTER, PORT)
    assert.notEqual(link, "")
    for (const [command, name] of [
      ["cut", "link-down"],
      ["repair", "link-up"],
    ] as const) {
      const [from, before] = [events.length, polled]
      await network.command({ do: command, link })
      await until(name, () => events.length > from)
      assert.deepEqual(
        events.slice(from).map((event) => event.name),
        [name],
      )
      assert.equal(polled, before + 1)
    }
  })

test("a restart is an event; another community and an unknown router are counted", async () => {
  const from = events.length
  // The console ends with the router.
  await network.console({ router: ROUTER, does: "run", text: "/system reboot" })
  await until("the restart", () => events.length > from)
  await enable(ROUTER, 2, "another")
  await enable(UNKNOWN, 2)
  const before = { ...traps.counts }
  await network.command({ do: "cut", link: cutOf(ROUTER, PORT) })
  await until("credentials", () => traps.counts.credentials > before.credentials)
  await network.command({ do: "flap", router: UNKNOWN, port: "sfp-sfpplus4", times: 1 })
  await until("unknown", () => traps.counts.unknownSource > before.unknownSource)
})
