/**
 * A change of a router's configuration through its sockets: the agent hashes the sections by API
 * before and after it, and gets its log line by syslog.
 */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { AssignedDevice, type Event } from "@ispvm/wire"
import { freePort } from "../../demo/ports.ts"
import { createRouterOsCollectors, startSyslog } from "../../recordings/agent.ts"
import { CONFIG_SECTIONS, LabCommand } from "../commands.ts"
import { ANATOLIA } from "../lab.ts"
import { readTopology } from "../topology-file.ts"
import { loopbackFabric } from "./fabric.ts"
import { Network } from "./network.ts"

const topology = readTopology(ANATOLIA)
const { username, password, community } = topology.access
const folder = mkdtempSync(join(tmpdir(), "ispvm-config-"))
/** Of release 7 and of release 6. */
const [NEW, OLD] = ["ist-core-1", "kon-core-1"]
const addressOf = (address: string): string => address.replace(/^10\./, "127.")
const events: Event[] = []
const api = createRouterOsCollectors({
  clock: { now: Date.now },
  configurationKey: () => Buffer.alloc(32, 7),
})
let network: Network
let syslog: Awaited<ReturnType<typeof startSyslog>>
let devices: ReadonlyMap<string, AssignedDevice>

before(async () => {
  const ports = { api: await freePort(), apiSsl: await freePort(), snmp: await freePort() }
  devices = new Map(
    [NEW, OLD].map((name, n) => {
      const address = topology.routers.find((router) => router.name === name)?.address ?? ""
      const routerosApi = { port: ports.api, tls: false, fingerprint: null, username, password }
      return [
        name,
        AssignedDevice.parse({
          id: `00000000-0000-4000-8000-00000000000${n + 1}`,
          name,
          access: {
            ...{ address: addressOf(address), routerosApi, icmp: false, tcpPort: null },
            snmp: { port: ports.snmp, community },
          },
          intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
        }),
      ]
    }),
  )
  let lastId = 0
  syslog = await startSyslog({
    ...{ port: 0, bind: addressOf(topology.agent.address), now: Date.now },
    resolve: async (address) => address,
    newId: () => {
      lastId += 1
      return `00000000-0000-4000-8000-${String(lastId).padStart(12, "0")}`
    },
    emit: (event) => events.push(event),
    onLink: () => undefined,
    onUnknownSender: () => undefined,
  })
  syslog.apply([...devices.values()])
  network = new Network(
    {
      ...{ topology, mode: "loopback", certificatesDir: folder, ports, addressOf },
      ...{ replays: [], frr: null },
      syslogTo: { address: addressOf(topology.agent.address), port: syslog.port ?? 0 },
    },
    loopbackFabric(),
    Date.now,
  )
  await network.start()
})
after(async () => {
  await api.close()
  await network?.stop()
  await syslog?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The hashes of a router's sections; a reading has several parts. */
const hashesOf = async (router: string): Promise<ReadonlyMap<string, unknown>> => {
  const device = devices.get(router)
  const found = api.all.find(({ reads }) => reads === "configuration")
  assert.ok(device !== undefined && found !== undefined)
  for (let part = 0; part < 60; part += 1) {
    const [reading] = await found.collect(device, AbortSignal.timeout(20_000))
    if (reading?.kind !== "table") continue
    return new Map(reading.rows.map(({ key, values }) => [key, values.hash]))
  }
  throw new Error("no reading has ended")
}
const differing = (
  before: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown>,
): readonly string[] =>
  [...now.keys()].filter((section) => before.get(section) !== now.get(section))

const changeOf = async (router: string, from: number): Promise<Event> => {
  const device = devices.get(router)?.id
  const endMs = Date.now() + 10_000
  for (;;) {
    const found = events
      .slice(from)
      .find((event) => event.device === device && event.name === "config-changed")
    if (found !== undefined) return found
    assert.ok(Date.now() < endMs, `no log line of ${router}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

for (const [router, version] of [
  [NEW, "7"],
  [OLD, "6"],
] as const)
  test(`release ${version}: a changed section has another hash, and the log says who changed it`, async () => {
    let before = await hashesOf(router)
    assert.ok(before.size >= 15, `${before.size} sections`)
    assert.deepEqual(differing(before, await hashesOf(router)), [])
    for (const section of CONFIG_SECTIONS) {
      const from = events.length
      await network.command(LabCommand.parse({ do: "change-config", router, section }))
      const { attributes } = await changeOf(router, from)
      assert.equal(attributes.user, "admin")
      assert.equal(attributes.from, version === "7" ? "198.51.100.23" : undefined)
      const now = await hashesOf(router)
      assert.deepEqual(differing(before, now), [section])
      before = now
    }
    assert.deepEqual(differing(before, await hashesOf(router)), [])
  })

test("a router that is off refuses a change", async () => {
  await network.command({ do: "kill", router: OLD })
  await assert.rejects(
    network.command(LabCommand.parse({ do: "change-config", router: OLD })),
    /kon-core-1 is off/,
  )
})
