/**
 * A change of a router's configuration through its sockets: the agent hashes the sections by API
 * before and after it, and gets its log line by syslog.
 */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { AssignedDevice, Event } from "@ispvm/wire"
import { createRouterOsCollectors, type startSyslog } from "../../recordings/agent.ts"
import { CONFIG_SECTIONS, LabCommand } from "../commands.ts"
import type { Network } from "./network.ts"
import {
  assigned,
  freePorts,
  listenToLogs,
  type RunningNetwork,
  startNetwork,
} from "./network-rig.ts"

/** Of release 7 and of release 6. */
const [NEW, OLD] = ["ist-core-1", "kon-core-1"]
const events: Event[] = []
const api = createRouterOsCollectors({
  clock: { now: Date.now },
  configurationKey: () => Buffer.alloc(32, 7),
})
let running: RunningNetwork
let network: Network
let syslog: Awaited<ReturnType<typeof startSyslog>>
let devices: ReadonlyMap<string, AssignedDevice>

before(async () => {
  const ports = await freePorts()
  devices = assigned([NEW, OLD], ports)
  syslog = await listenToLogs(devices.values(), events)
  running = await startNetwork(ports, { syslogPort: syslog.port ?? 0 })
  network = running.network
})
after(async () => {
  await api.close()
  await running?.stop()
  await syslog?.stop()
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
