/**
 * Each fault of a router through its sockets: the agent polls it by API and by SNMP before, during
 * and after it, and gets its log lines by syslog.
 */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type AssignedDevice, type Event, eventMeaning } from "@ispvm/wire"
import { FAMILIES } from "@ispvm/wire/families"
import { z } from "zod"
import {
  createRouterOsCollectors,
  createSnmpCollectors,
  Normalizer,
  type startSyslog,
} from "../../recordings/agent.ts"
import type { LabCommand } from "../commands.ts"
import { DEVICE_FAULT_NAMES } from "../device-faults.ts"
import { CASES, type Case, type Source, type Values } from "./device-fault-cases.ts"
import type { Network } from "./network.ts"
import {
  assigned,
  freePorts,
  listenToLogs,
  type RunningNetwork,
  startNetwork,
} from "./network-rig.ts"

const routers = [...new Set(CASES.map(({ router }) => router))]
/** Time is an argument: what takes minutes on a router takes none here. */
let aheadMs = 0
const now = (): number => Date.now() + aheadMs

const events: Event[] = []
let running: RunningNetwork
let network: Network
let syslog: Awaited<ReturnType<typeof startSyslog>>
let devices: ReadonlyMap<string, AssignedDevice>
const api = createRouterOsCollectors({ clock: { now } })
const normalizer = new Normalizer()
const snmp = createSnmpCollectors({ now, resolve: async (address) => address })

before(async () => {
  const ports = await freePorts()
  devices = assigned(routers, ports)
  syslog = await listenToLogs(devices.values(), events, now)
  running = await startNetwork(ports, { syslogPort: syslog.port ?? 0 }, now)
  network = running.network
})
after(async () => {
  await Promise.all([api.close(), snmp.close()])
  await running?.stop()
  await syslog?.stop()
})

/** What the appliance gets of a family, by name; of the family of a device, by an empty one. */
const read = async ({ router, reads, family }: Case, source: Source): Promise<Values> => {
  const device = devices.get(router)
  assert.ok(device !== undefined)
  const found = (source === "api" ? api : snmp).all.find((each) => each.reads === reads)
  assert.ok(found !== undefined, `${source} ${reads}`)
  const key = FAMILIES.find(({ name }) => name === family)?.key
  const field = key?.by === "name" ? key.field : "interface"
  const readings = await found.collect(device, AbortSignal.timeout(20_000))
  return new Map(
    normalizer.normalize(readings).flatMap((item) => {
      const sample = z.record(z.string(), z.unknown()).parse(item)
      return sample.kind === family ? [[String(sample[field] ?? ""), sample] as const] : []
    }),
  )
}
const shown = (values: Values): string =>
  JSON.stringify([...values], (_, value) => (typeof value === "bigint" ? String(value) : value))

const lineOf = async (router: string, from: number, meaning: string): Promise<void> => {
  const device = devices.get(router)?.id
  const endMs = Date.now() + 10_000
  const own = () => events.slice(from).filter((event) => event.device === device)
  while (!own().some((event) => eventMeaning(event) === meaning)) {
    const got = own().map((event) => `${eventMeaning(event)} ${event.message}`)
    assert.ok(Date.now() < endMs, `no ${meaning} of ${router}: ${got.join(" | ")}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

for (const each of CASES) {
  const { name, router, begin, end, sources, isSick, events: lines } = each
  test(`${name}: ${sources.join(" and ")} show it, and its end`, async () => {
    const during = async (isNow: boolean, command: LabCommand | null): Promise<void> => {
      const from = events.length
      if (command !== null) await network.command(command)
      // Names of interfaces, and what the device had no rows of before, are read with the facts.
      if (sources.includes("snmp")) await read({ ...each, reads: "facts" }, "snmp")
      for (const source of sources) {
        await read(each, source)
        aheadMs += 30_000
        let values = await read(each, source)
        for (let tries = 0; each.isSlow && isSick(values) !== isNow && tries < 60; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 200))
          values = await read(each, source)
        }
        assert.ok(values.size > 0 || each.mayBeEmpty === true, `nothing by ${source}`)
        assert.equal(isSick(values), isNow, `${source}: ${shown(values)}`)
      }
      const line = lines?.[isNow ? 0 : 1]
      if (command !== null && line !== undefined) await lineOf(router, from, line)
    }
    await during(false, null)
    await during(true, begin)
    await during(false, end)
  })
}

test("every fault of a router has its case, by every way in which it can be injected", () => {
  const covered = new Set(CASES.map(({ begin }) => begin.do))
  const missing = DEVICE_FAULT_NAMES.filter((fault) => !covered.has(fault))
  assert.deepEqual(missing, [])
  assert.ok(covered.has("isis-down"))
})

test("guessed passwords are failed logins, one event each", async () => {
  const from = events.length
  await network.command({ do: "guess-passwords", router: "ist-border-1", times: 12 })
  await lineOf("ist-border-1", from, "login-failed")
  const endMs = Date.now() + 10_000
  const failed = () => events.slice(from).filter(({ name }) => name === "login-failed")
  while (failed().length < 12) {
    assert.ok(Date.now() < endMs, `${failed().length} events`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.equal(failed().length, 12)
})
