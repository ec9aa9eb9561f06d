import assert from "node:assert/strict"
import dgram from "node:dgram"
import { test } from "node:test"
import { AssignedDevice, Event } from "@ispvm/wire"
import fc from "fast-check"
import { takeToken } from "./budget.ts"
import { eventOf } from "./events.ts"
import { type Line, parseLine } from "./lines.ts"
import { eventMeaningOf, meaningOf } from "./meaning.ts"
import { LIMIT } from "./senders.ts"
import { startSyslog } from "./syslog.ts"

const lines: [string, string, Partial<Line>][] = [
  [
    "RouterOS default",
    "interface,info ether1 link down",
    {
      format: "default",
      pri: null,
      topics: ["interface", "info"],
      severity: "info",
      message: "ether1 link down",
    },
  ],
  [
    "several severities: the strongest",
    "dhcp,critical,error,warning,info,debug lease lost",
    { severity: "error", message: "lease lost" },
  ],
  [
    "topics without a severity are info",
    "ipsec phase1 negotiation failed",
    { severity: "info", topics: ["ipsec"] },
  ],
  [
    "bsd",
    "<30>Nov  8 17:06:34 edge-1 ether1 link up (speed 1G, full duplex)",
    {
      format: "bsd",
      pri: 30,
      host: "edge-1",
      topics: [],
      severity: "info",
      message: "ether1 link up (speed 1G, full duplex)",
    },
  ],
  [
    "bsd with topics added (7.22)",
    "<28>Nov  8 17:06:34 edge-1 interface,warning ether1 link down",
    { topics: ["interface", "warning"], severity: "warning", message: "ether1 link down" },
  ],
  [
    "bsd: an error PRI",
    "<27>Oct  2 17:36:35 edge-1 login failure for user guest from 192.0.2.17 via ssh",
    { severity: "error" },
  ],
  [
    "bsd with an ISO time",
    "<30>2026-06-10T14:48:17+0200 edge-1 router rebooted",
    { format: "bsd", host: "edge-1", message: "router rebooted" },
  ],
  [
    "PRI in front of topics",
    "<30>system,info,account user admin logged in from 192.0.2.1 via winbox",
    { format: "default", topics: ["system", "info", "account"], host: null },
  ],
  [
    "rfc 5424",
    '<165>1 2026-06-10T14:48:17.003Z edge-1 routeros - ID47 [x@1 a="b\\]"] ether1 link down',
    { format: "5424", pri: 165, host: "edge-1", message: "ether1 link down" },
  ],
  [
    "rfc 5424 with nothing in it",
    "<165>1 - - - - - -",
    { format: "5424", host: null, message: "" },
  ],
  [
    "cef",
    "2026-06-10T14:48:17.265-0500 edge-1 CEF:0|MikroTik|RB4011|7.20.4 (stable)|16|interface,info|Low|dvchost=edge-1 dvc=192.0.2.3 msg=ether1 link down, a\\=b\r\n",
    {
      format: "cef",
      host: "edge-1",
      topics: ["interface", "info"],
      message: "ether1 link down, a=b",
    },
  ],
  [
    "cef without the header fields is a line",
    "CEF:0|MikroTik|",
    { format: "default", message: "CEF:0|MikroTik|" },
  ],
  ["nothing", "", { format: "default", message: "", severity: "info" }],
  ["a PRI too large is text", "<999>hello there", { pri: null, message: "<999>hello there" }],
]
for (const [name, raw, expected] of lines)
  test(`a line: ${name}`, () => {
    const line: Partial<Line> = parseLine(raw)
    const keys = Object.keys(expected) as (keyof Line)[]
    assert.deepEqual(Object.fromEntries(keys.map((key) => [key, line[key]])), expected)
  })

const meanings: [string, string, string | null, Record<string, string>][] = [
  ["ether1 link down", "link-down", "ether1", {}],
  [
    "sfp sfpplus 1 <a> link up (speed 10G, full duplex)",
    "link-up",
    "sfp sfpplus 1 <a>",
    { how: "speed 10G, full duplex" },
  ],
  ["core: ether1 link down", "link-down", "ether1", {}],
  [
    "user admin logged in from 2001:db8::7 via ssh",
    "login",
    null,
    { user: "admin", way: "in", from: "2001:db8::7", via: "ssh" },
  ],
  [
    "user a b logged out from 00:00:5E:00:53:01 via winbox",
    "login",
    null,
    { user: "a b", way: "out", from: "00:00:5E:00:53:01", via: "winbox" },
  ],
  ["user admin logged in via local", "login", null, { user: "admin", way: "in", via: "local" }],
  [
    "login failure for user  from 2001:db8::24 via ssh",
    "login-failed",
    null,
    { from: "2001:db8::24", via: "ssh" },
  ],
  ["router rebooted", "rebooted", null, {}],
  [
    "router was rebooted without proper shutdown, probably power outage",
    "rebooted",
    null,
    { proper: "no" },
  ],
  [
    "address changed by admin",
    "config-changed",
    null,
    { what: "address", how: "changed", user: "admin" },
  ],
  [
    "filter rule added by tcp-msg(winbox):admin@192.0.2.1/terminal/action:3 (*2 = /ip firewall filter add chain=input)",
    "config-changed",
    null,
    {
      what: "filter rule",
      how: "added",
      user: "admin",
      from: "192.0.2.1",
      command: "*2 = /ip firewall filter add chain=input",
    },
  ],
]
for (const [message, name, port, attributes] of meanings)
  test(`means ${name}: ${message}`, () =>
    assert.deepEqual(meaningOf(message, []), { name, interface: port, attributes }))

test("other lines have no event of their own, and a firewall line never has one", () => {
  for (const message of [
    "done query: #1 example.net 192.0.2.1",
    "<pppoe-a>: connected",
    "",
    "link down",
  ])
    assert.equal(eventMeaningOf(message, []), null)
  assert.equal(meaningOf("ether1 link down", ["firewall", "info"]), null)
})

test("whatever line arrives, the event is valid", () => {
  const device = AssignedDevice.shape.id.parse("00000000-0000-4000-8000-000000000001")
  const pieces = fc.constantFrom(
    "<30>",
    "<",
    "CEF:0|",
    "|",
    "\\",
    "=",
    "msg=",
    " link down",
    "user ",
    " by ",
    "a".repeat(3_000),
    "\0",
    "\r\n",
    "1 ",
    "[",
    "]",
    '[x a="',
    ",",
    "ether1 ",
    "\u{d800}",
    ": ",
    "Nov  8 17:06:34 ",
  )
  fc.assert(
    fc.property(
      fc.array(fc.oneof(pieces, fc.string({ unit: "binary" })), { maxLength: 30 }),
      (parts) => {
        const line = parseLine(parts.join(""))
        Event.parse(
          eventOf(
            "00000000-0000-4000-8000-000000000002",
            device,
            1,
            line,
            meaningOf(line.message, line.topics),
          ),
        )
      },
    ),
    { numRuns: 150 },
  )
})

test("parsing stays fast on adversarial lines", () => {
  const before = process.cpuUsage()
  for (const raw of [
    `<30>1 - - - - - ${"[a]".repeat(20_000)}x`,
    `${"a,".repeat(30_000)} x`,
    `user ${" from via ".repeat(6_000)}`,
    `${" by ".repeat(15_000)}(`,
  ]) {
    const line = parseLine(raw)
    meaningOf(line.message, line.topics)
  }
  const { user, system } = process.cpuUsage(before)
  assert.ok(user + system < 1_000_000, `${(user + system) / 1_000} ms of CPU`)
})

test("a bucket gives its burst, then its rate per second", () => {
  const bucket = { tokens: LIMIT.log.burst, atMs: 0 }
  const taken = (atMs: number) =>
    Array.from({ length: 1_000 }, () => takeToken(bucket, atMs, LIMIT.log)).filter(Boolean).length
  assert.deepEqual([taken(0), taken(1_000), taken(500)], [200, 20, 0])
})

const device = (n: number, address: string) =>
  AssignedDevice.parse({
    id: `00000000-0000-4000-8000-00000000000${n}`,
    name: `d${n}`,
    access: { address, routerosApi: null, snmp: null, icmp: true, tcpPort: null },
    intervals: { pingMs: 0, interfaceMs: 0, healthMs: 0, factsMs: 0 },
  })
const send = (port: number, from: string, texts: readonly (string | Buffer)[]): Promise<void> =>
  new Promise((resolve) => {
    const socket = dgram.createSocket("udp4")
    socket.bind(0, from, () => {
      let left = texts.length
      for (const text of texts)
        socket.send(text, port, "127.0.0.1", () => --left === 0 && socket.close(() => resolve()))
    })
  })

test("a device is found by its address; its link lines trigger a poll, strangers are counted, noise is limited", async () => {
  const events: [Event, string][] = []
  const links: string[] = []
  const unknownSenders: string[] = []
  let wake = (): void => undefined
  const syslog = await startSyslog({
    port: 0,
    bind: "127.0.0.1",
    resolve: async (name) => (name === "edge.example" ? "127.0.0.3" : name),
    now: () => 1_000,
    newId: () => "00000000-0000-4000-8000-000000000009",
    emit: (event, urgency) => {
      events.push([event, urgency])
      wake()
    },
    onLink: (id) => links.push(id),
    onUnknownSender: (address) => {
      unknownSenders.push(address)
      wake()
    },
  })
  const until = async (holds: () => boolean) => {
    while (!holds())
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
  syslog.apply([device(1, "127.0.0.2"), device(2, "edge.example")])
  await new Promise((resolve) => setImmediate(resolve))
  const port = syslog.port ?? 0
  await send(
    port,
    "127.0.0.2",
    Array.from({ length: 300 }, (_, i) => `system,info line ${i}`),
  )
  await until(() => events.length === LIMIT.log.burst)
  await send(port, "127.0.0.2", ["interface,info ether1 link down"])
  await until(() => links.length === 1)
  await send(port, "127.0.0.4", ["interface,info ether1 link down"])
  await until(() => unknownSenders.length === 1)
  await send(port, "127.0.0.3", [
    Buffer.from([0xff, 0xfe, 0x20]),
    "dns,debug query",
    "interface,info ether2 link up (speed 1G, full duplex)",
  ])
  await until(() => links.length === 2)
  await syslog.stop()
  const [down, urgency] = events[LIMIT.log.burst] ?? []
  assert.deepEqual(
    [down?.name, down?.interface, down?.device, urgency],
    ["link-down", "ether1", device(1, "x").id, "now"],
  )
  assert.deepEqual([links, unknownSenders], [[device(1, "x").id, device(2, "x").id], ["127.0.0.4"]])
  assert.deepEqual(
    [syslog.counts.limited, syslog.counts.unknownSource, syslog.counts.debug],
    [100, 1, 1],
  )
})

test("a port that cannot be bound is a note, not a failure", async () => {
  const taken = dgram.createSocket("udp4")
  await new Promise<void>((resolve) => taken.bind(0, "127.0.0.1", resolve))
  const nothing = () => undefined
  const deps = {
    bind: "127.0.0.1",
    resolve: async () => null,
    now: () => 1,
    newId: () => "",
    emit: nothing,
    onLink: nothing,
    onUnknownSender: nothing,
  }
  const syslog = await startSyslog({ port: taken.address().port, ...deps })
  assert.equal(syslog.port, null)
  assert.match(syslog.note ?? "", /ISPVM_SYSLOG_PORT/)
  await syslog.stop()
  await new Promise<void>((resolve) => taken.close(() => resolve()))
})
