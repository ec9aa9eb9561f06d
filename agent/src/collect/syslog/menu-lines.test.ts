/** Lines of a router's log menu beside the same lines by syslog. */
import assert from "node:assert/strict"
import dgram from "node:dgram"
import { test } from "node:test"
import { AssignedDevice, type Event } from "@ispvm/wire"
import { startSyslog } from "./syslog.ts"

const device = AssignedDevice.parse({
  id: "00000000-0000-4000-8000-000000000001",
  name: "edge-1",
  access: { address: "127.0.0.3", routerosApi: null, snmp: null, icmp: true, tcpPort: null },
  intervals: { pingMs: 0, interfaceMs: 0, healthMs: 0, factsMs: 0 },
})

test("a line of the menu is an event of the API, polls the link, and is one with its datagram", async () => {
  const events: Event[] = []
  const links: string[] = []
  let arrived: () => void = () => undefined
  const syslog = await startSyslog({
    ...{ port: 0, bind: "127.0.0.1", resolve: async (name: string) => name },
    now: () => 1_000,
    newId: () => "00000000-0000-4000-8000-000000000009",
    emit: (event) => {
      events.push(event)
      arrived()
    },
    onLink: (id) => links.push(id),
    onUnknownSender: () => undefined,
  })
  const sender = dgram.createSocket("udp4")
  await new Promise<void>((resolve) => sender.bind(0, "127.0.0.3", () => resolve()))
  const send = (line: string): Promise<void> =>
    new Promise((resolve) => sender.send(line, syslog.port ?? 0, "127.0.0.1", () => resolve()))
  try {
    syslog.apply([device])
    await new Promise((resolve) => setImmediate(resolve))
    syslog.read(device.id, "interface,info", "ether1 link down")
    syslog.read(
      device.id,
      "system,error,critical",
      "login failure for user x from 192.0.2.9 via ssh",
    )
    await send("interface,info ether1 link down")
    const later = new Promise<void>((resolve) => {
      arrived = resolve
    })
    await send("interface,info ether2 link down")
    await later
    assert.deepEqual(
      events.map(({ name, source, severity, interface: port, attributes }) => [
        ...[name, source, severity, port, attributes.menu],
      ]),
      [
        ["link-down", "routeros-api", "info", "ether1", "/log"],
        ["login-failed", "routeros-api", "error", null, "/log"],
        ["link-down", "syslog", "info", "ether2", undefined],
      ],
    )
    assert.deepEqual(links, [device.id, device.id])
    assert.equal(syslog.counts.repeated, 1)
    assert.equal(syslog.counts.read, 2)
    syslog.read("00000000-0000-4000-8000-0000000000ff" as AssignedDevice["id"], "x", "y")
    assert.equal(events.length, 3, "a device that is not assigned")
  } finally {
    sender.close()
    await syslog.stop()
  }
})
