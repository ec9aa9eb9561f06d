/** Traps of simulated routers, enabled at their console, as the agent's listener gets them. */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { AssignedDevice, type Event } from "@ispvm/wire"
import { freePort } from "../../demo/ports.ts"
import { startTraps } from "../../recordings/agent.ts"
import { ANATOLIA } from "../lab.ts"
import { readTopology } from "../topology-file.ts"
import { loopbackFabric } from "./fabric.ts"
import { Network } from "./network.ts"

const topology = readTopology(ANATOLIA)
const { community } = topology.access
const folder = mkdtempSync(join(tmpdir(), "ispvm-traps-"))
const addressOf = (address: string): string => address.replace(/^10\./, "127.")
const AGENT = addressOf(topology.agent.address)
/** A router whose port leads elsewhere than to the agent, and one that the agent does not know. */
const [ROUTER, PORT, UNKNOWN] = ["ist-core-1", "sfp-sfpplus3", "ank-core-1"]
const ID = "00000000-0000-4000-8000-000000000001"

const events: Event[] = []
let polled = 0
let network: Network
let traps: Awaited<ReturnType<typeof startTraps>>

before(async () => {
  let lastId = 0
  traps = await startTraps({
    ...{ port: await freePort(), bind: AGENT, now: Date.now, steady: () => performance.now() },
    resolve: async (address) => address,
    newId: () => {
      lastId += 1
      return `00000000-0000-4000-8000-${String(lastId).padStart(12, "0")}`
    },
    emit: (event) => events.push(event),
    onLink: () => {
      polled += 1
    },
  })
  const address = topology.routers.find(({ name }) => name === ROUTER)?.address ?? ""
  traps.apply([
    AssignedDevice.parse({
      ...{ id: ID, name: ROUTER },
      access: {
        ...{ address: addressOf(address), routerosApi: null, icmp: false, tcpPort: null },
        snmp: { port: 161, community },
      },
      intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
    }),
  ])
  network = new Network(
    {
      ...{ topology, mode: "loopback", certificatesDir: folder, addressOf, replays: [], frr: null },
      ports: { api: await freePort(), apiSsl: await freePort(), snmp: await freePort() },
      ...{ syslogTo: { address: AGENT, port: 9 }, trapPort: traps.port ?? 0 },
    },
    loopbackFabric(),
    Date.now,
  )
  await network.start()
})
after(async () => {
  await network?.stop()
  await traps?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const endMs = Date.now() + 10_000; !isSo(); ) {
    assert.ok(Date.now() < endMs, `${what}: ${JSON.stringify({ ...traps.counts, events })}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
const enable = async (router: string, version: number, of = community): Promise<void> => {
  const settings = `trap-generators=interfaces,start-trap trap-version=${version}`
  const { ok, output } = await network.console({
    ...{ router, does: "run" },
    text: `/snmp set enabled=yes trap-target=${AGENT} trap-community=${of} ${settings}`,
  })
  assert.ok(ok, output)
}
const cutOf = (router: string, port: string): string =>
  topology.links.find((link) =>
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
        events.slice(from).map((event) => [event.device, event.name]),
        [[ID, name]],
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
