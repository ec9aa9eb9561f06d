import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice } from "@ispvm/wire"
import { createBudget } from "./budget.ts"
import { parseLine } from "./lines.ts"
import { Senders } from "./senders.ts"

const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`
const device = (n: number, name: string, address: string) =>
  AssignedDevice.parse({
    id: id(n),
    name,
    access: { address, routerosApi: null, snmp: null, icmp: true, tcpPort: null },
    intervals: { pingMs: 0, interfaceMs: 0, healthMs: 0, factsMs: 0 },
  })
const made = (
  devices: readonly (readonly [name: string, address: string, ip: string])[],
  relays: readonly string[] = [],
) => {
  const senders = new Senders(createBudget(0), new Set(relays))
  senders.apply(
    devices.map(([name, address, ip], at) => ({ device: device(at + 1, name, address), ip })),
    0,
  )
  const ownerOf = (ip: string, raw: string) => {
    const sender = senders.at(ip, 10_000)
    const line = parseLine(raw, sender.hosts)
    const found = senders.ownerOf(sender, [line.host, line.address])
    return found.kind === "device"
      ? found.device.name
      : `${found.reason}${found.named === null ? "" : ` ${found.named}`}`
  }
  return { senders, ownerOf }
}
const NAMED = (host: string) => `<30>Jun 23 12:13:10 ${host} ether1 link down`
const BARE = "interface,info ether1 link down"
const CEF = (address: string) =>
  `CEF:0|MikroTik|x|7|1|interface,info|Low|dvchost=unknown dvc=${address} msg=ether1 link down`

test("one device at an address: its lines are assigned to it, unless they name another device", () => {
  const { ownerOf } = made([
    ["edge-1", "192.0.2.1", "192.0.2.1"],
    ["edge-2", "edge-2.example.net", "192.0.2.2"],
  ])
  assert.equal(ownerOf("192.0.2.1", BARE), "edge-1")
  assert.equal(ownerOf("192.0.2.1", NAMED("edge-1")), "edge-1")
  assert.equal(ownerOf("192.0.2.1", NAMED("MikroTik")), "edge-1")
  assert.equal(ownerOf("192.0.2.1", NAMED("edge-2")), "other-device edge-2")
  assert.equal(ownerOf("192.0.2.1", NAMED("edge-2.example.net")), "other-device edge-2")
})

test("several devices at an address: the named one, by name, identity, host name or address; else none", () => {
  const { ownerOf, senders } = made([
    ["farm-a", "192.0.2.1", "192.0.2.1"],
    ["farm-b", "farm-b.example.net", "192.0.2.1"],
    ["farm c", "192.0.2.1", "192.0.2.1"],
  ])
  assert.equal(ownerOf("192.0.2.1", NAMED("farm-a")), "farm-a")
  assert.equal(ownerOf("192.0.2.1", NAMED("FARM-B")), "farm-b")
  assert.equal(ownerOf("192.0.2.1", NAMED("farm-b.example.net")), "farm-b")
  assert.equal(ownerOf("192.0.2.1", NAMED("farm c")), "farm c")
  for (const raw of [BARE, NAMED("farm-x"), NAMED("192.0.2.1"), CEF("192.0.2.1")])
    assert.equal(ownerOf("192.0.2.1", raw), "several-devices", raw)
  senders.learn(device(1, "farm-a", "192.0.2.1").id, "Tower 7", null)
  assert.equal(ownerOf("192.0.2.1", NAMED("Tower 7")), "farm-a")
})

test("a stranger is never assigned, whatever it names; a relay forwards for those it names", () => {
  const routers: [string, string, string][] = [
    ["edge-1", "192.0.2.1", "192.0.2.1"],
    ["North Tower Core", "192.0.2.2", "192.0.2.2"],
    ["log-host", "192.0.2.50", "192.0.2.50"],
  ]
  const { ownerOf } = made(routers, ["192.0.2.50", "192.0.2.51"])
  assert.equal(ownerOf("203.0.113.9", NAMED("edge-1")), "unknown-source edge-1")
  assert.equal(ownerOf("203.0.113.9", BARE), "unknown-source")
  for (const relay of ["192.0.2.50", "192.0.2.51", "127.0.0.1", "::1"]) {
    assert.equal(ownerOf(relay, NAMED("edge-1")), "edge-1", relay)
    assert.equal(ownerOf(relay, NAMED("North Tower Core")), "North Tower Core", relay)
    assert.equal(ownerOf(relay, NAMED("192.0.2.2")), "North Tower Core", relay)
    assert.equal(ownerOf(relay, NAMED("192.0.2.1/relay-7")), "edge-1", relay)
    assert.equal(ownerOf(relay, CEF("192.0.2.2")), "North Tower Core", relay)
  }
  assert.equal(ownerOf("192.0.2.50", "system,info something of its own"), "log-host")
  assert.equal(ownerOf("192.0.2.50", NAMED("nobody-knows")), "other-device")
  assert.equal(ownerOf("192.0.2.51", NAMED("nobody-knows")), "unknown-source")
})

test("a name of two devices identifies none", () => {
  const { ownerOf } = made(
    [
      ["MikroTik", "192.0.2.1", "192.0.2.1"],
      ["mikrotik", "192.0.2.2", "192.0.2.2"],
    ],
    ["192.0.2.51"],
  )
  assert.equal(ownerOf("192.0.2.51", NAMED("MikroTik")), "unknown-source")
  assert.equal(ownerOf("192.0.2.1", NAMED("MikroTik")), "MikroTik")
})
