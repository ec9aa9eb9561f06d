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
    const found = senders.ownerOf(sender, [line.host, line.address], line.serial)
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

test("a known name ends before its colon, with or without spaces, in any case", () => {
  const { senders, ownerOf } = made([["North Tower", "192.0.2.1", "192.0.2.1"]], ["192.0.2.9"])
  senders.learn(AssignedDevice.shape.id.parse(id(1)), "Σκοπός του", null)
  for (const host of ["North Tower", "NORTH TOWER:", "North Tower :", "ΣΚΟΠΌΣ ΤΟΥ", "192.0.2.1"])
    assert.equal(ownerOf("192.0.2.9", NAMED(host)), "North Tower", host)
})

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
  assert.equal(ownerOf("192.0.2.51", NAMED("MikroTik")), "ambiguous MikroTik")
  assert.equal(ownerOf("192.0.2.1", NAMED("MikroTik")), "MikroTik")
})

const DATA = (data: string, host = "-") =>
  `<30>1 2026-06-23T12:13:10Z ${host} app - - ${data} interface,info ether1 link down`
test("a relayed line without a known name is assigned by the serial number in it", () => {
  const { ownerOf, senders } = made(
    [
      ["edge-1", "192.0.2.1", "192.0.2.1"],
      ["edge-2", "192.0.2.2", "192.0.2.2"],
      ["edge-3", "192.0.2.3", "192.0.2.3"],
      ["nat-a", "192.0.2.9", "192.0.2.9"],
      ["nat-b", "192.0.2.9", "192.0.2.9"],
    ],
    ["192.0.2.51"],
  )
  const serials = ["HD1080A1B2C", "HD1080FFFFF", "HD1080FFFFF", "AAA1112223", "BBB1112223"]
  for (const [at, serial] of serials.entries())
    senders.learn(device(at + 1, "x", "x").id, null, null, serial)
  const relayed = (raw: string) => ownerOf("192.0.2.51", raw)
  for (const raw of [
    DATA('[router@14988 serial="hd1080a1b2c"]'),
    DATA('[a b="c"][router@14988 serialNumber="HD1080A1B2C" x="y"]', "MikroTik"),
    CEF("unknown").replace(" msg=", " deviceExternalId=HD1080A1B2C msg="),
    CEF("unknown").replace(" msg=", " cs1=HD1080A1B2C cs1Label=Serial Number msg="),
    "<30>Jun 23 12:13:10 HD1080A1B2C ether1 link down",
    "<30>Jun 23 12:13:10 MikroTik system,info SN: HD1080A1B2C ether1 link down",
    "system,info [serial=HD1080A1B2C] ether1 link down",
  ])
    assert.equal(relayed(raw), "edge-1", raw)
  assert.equal(relayed(DATA('[r serial="HD1080FFFFF"]')), "ambiguous HD1080FFFFF")
  assert.equal(relayed(DATA('[r serial="HD1080FFFFF"]', "edge-2")), "ambiguous edge-2")
  assert.equal(relayed(DATA('[r serial="HD1080A1B2C"]', "edge-2")), "ambiguous edge-2")
  assert.equal(relayed(DATA('[r serial="HD1080A1B2C"]', "edge-1")), "edge-1")
  assert.equal(relayed(DATA('[r serial="ZZ99999999"]')), "unknown-source")
  const written = "<30>Jun 23 12:13:10 - login failure for user serial=HD1080A1B2C from 192.0.2.7"
  assert.equal(relayed(written), "unknown-source", "a text of others")
  assert.equal(ownerOf("192.0.2.9", DATA('[r serial="BBB1112223"]')), "nat-b")
  assert.equal(ownerOf("192.0.2.3", DATA('[r serial="HD1080A1B2C"]')), "edge-3", "its address")
  assert.equal(ownerOf("203.0.113.9", DATA('[r serial="HD1080A1B2C"]')), "unknown-source")
})
