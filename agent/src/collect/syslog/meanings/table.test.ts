/** Lines of RouterOS 6 and 7 with the meaning that the table gives them. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { LogMeaning } from "@ispvm/wire"
import { meaningOf } from "../meaning.ts"
import { FAMILIES } from "./table.ts"
import { compile } from "./template.ts"

type Case = readonly [
  topics: string,
  message: string,
  name: string | null,
  attributes?: Readonly<Record<string, string>>,
  port?: string,
]
const MAC = "AA:BB:CC:00:11:22"
const CASES: readonly Case[] = [
  ["pppoe,ppp,info", "<pppoe-anna>: connected", "session-up", { service: "pppoe", user: "anna" }],
  ["pppoe,ppp,info", "<pppoe-anna-1>: disconnected", "session-down", { user: "anna-1" }],
  ["l2tp,ppp,info", "<l2tp-anna>: terminating... - hungup", "session-step", { reason: "hungup" }],
  ["pppoe,ppp,info", "pppoe-out1: dialing...", "session-step", {}, "pppoe-out1"],
  ["pppoe,ppp,info", "pppoe-out1: connected", "session-up", {}, "pppoe-out1"],
  [
    "pppoe,ppp,info",
    "pppoe-out1: terminating... - peer is not responding",
    "session-step",
    {},
    "pppoe-out1",
  ],
  [
    "pppoe,ppp,error",
    "<0010>: user anna authentication failed",
    "session-failed",
    { user: "anna" },
  ],
  [
    "ppp,info,account",
    `anna logged in, 10.0.0.7 from ${MAC}`,
    "session-up",
    { user: "anna", client: "10.0.0.7", caller: MAC },
  ],
  [
    "ppp,info,account",
    `anna logged out, 3600 100 200 3 4 from ${MAC}`,
    "session-down",
    { user: "anna", seconds: "3600", bytesIn: "100", packetsOut: "4" },
  ],
  [
    "pppoe,info",
    `PPPoE connection from ${MAC} was already active - closing previous one`,
    "session-step",
    { mac: MAC },
  ],
  [
    "l2tp,info",
    "first L2TP UDP packet received from 192.0.2.9",
    "session-step",
    { client: "192.0.2.9" },
  ],
  [
    "ovpn,info",
    "TCP connection established from 192.0.2.9",
    "session-step",
    { client: "192.0.2.9" },
  ],
  [
    "",
    `dhcp1 assigned 10.0.0.7 to ${MAC}`,
    "lease-assigned",
    { server: "dhcp1", client: "10.0.0.7", mac: MAC },
  ],
  [
    "dhcp,info",
    `dhcp 1 deassigned 10.0.0.7 for ${MAC} anna's phone`,
    "lease-released",
    { server: "dhcp 1", host: "anna's phone" },
  ],
  [
    "dhcp,warning",
    `dhcp1 offering lease 10.0.0.7 for ${MAC} without success`,
    "lease-failed",
    { mac: MAC },
  ],
  [
    "dhcp,error",
    "dhcp1: failed to give out IP address: pool <p1> is empty",
    "lease-failed",
    { reason: "pool <p1> is empty" },
  ],
  [
    "dhcp,info",
    "dhcp-client on ether1 got IP address 192.0.2.7",
    "address-got",
    { address: "192.0.2.7" },
    "ether1",
  ],
  [
    "dhcp,info",
    "dhcp-client on ether1 lost IP address 192.0.2.7 - lease stopped locally",
    "address-lost",
    { reason: "lease stopped locally" },
    "ether1",
  ],
  [
    "dhcp,critical,error",
    `    discovered unknown dhcp server, mac ${MAC}, ip 192.0.2.3`,
    "dhcp-rogue",
    { mac: MAC, address: "192.0.2.3" },
  ],
  [
    "wireless,info",
    `${MAC}@wlan1: connected, signal strength -61`,
    "station-up",
    { mac: MAC, signal: "-61" },
    "wlan1",
  ],
  [
    "wireless,info",
    `${MAC}@wlan1: disconnected, extensive data loss`,
    "station-down",
    { reason: "extensive data loss" },
    "wlan1",
  ],
  [
    "wifi,info",
    `${MAC}@wifi1 disconnected, connection lost, signal strength -80`,
    "station-down",
    {},
    "wifi1",
  ],
  [
    "wifi,info",
    `${MAC}@wifi1 roamed to ${MAC}@wifi2, signal strength -50`,
    "station-roamed",
    { to: "wifi2", signal: "-50" },
    "wifi1",
  ],
  ["wifi,info", `${MAC}@wifi1 rejected, can't find PSK`, "station-rejected", {}, "wifi1"],
  [
    "wireless,info",
    `wlan1: data from unknown device ${MAC}, sent deauth`,
    "station-rejected",
    { mac: MAC },
    "wlan1",
  ],
  ["wireless,info", "wlan1: radar detected on 5500000", "radar-detected", {}, "wlan1"],
  ["caps,info", `[${MAC}/00/1234,Join,[cap-1]] joined, provides radio(s): ${MAC}`, "cap-up"],
  [
    "caps,error",
    "CAP connect to core (192.0.2.1) failed: timeout",
    "cap-down",
    { cap: "core (192.0.2.1)", reason: "timeout" },
  ],
  [
    "vrrp,info",
    "vrrp1 now MASTER, master down timer",
    "vrrp-master",
    { reason: "master down timer" },
    "vrrp1",
  ],
  ["", "vrrp1 now BACKUP, got higher priority 200 from 192.0.2.3", "vrrp-backup", {}, "vrrp1"],
  [
    "ipsec,error",
    "192.0.2.9 failed to get valid proposal.",
    "ipsec-failed",
    { address: "192.0.2.9" },
  ],
  [
    "ipsec,error",
    "phase1 negotiation failed due to time up 192.0.2.1[500]<=>192.0.2.9[500] ab:cd",
    "ipsec-failed",
  ],
  [
    "ipsec,info",
    "ISAKMP-SA established 192.0.2.1[500]-192.0.2.9[500] spi:ab:cd",
    "ipsec-up",
    { address: "192.0.2.1" },
  ],
  [
    "ipsec,info",
    "new ike2 SA (I): tower 192.0.2.1[4500]-192.0.2.9[4500] spi:ab:cd",
    "ipsec-up",
    { role: "I" },
  ],
  ["ipsec,info", "killing ike2 SA: tower 192.0.2.1[4500]-192.0.2.9[4500] spi:ab:cd", "ipsec-down"],
  [
    "ipsec,info",
    "respond new phase 1 (Identity Protection): 192.0.2.1[500]<=>192.0.2.9[500]",
    "ipsec-step",
    { phase: "1", mode: "Identity Protection" },
  ],
  [
    "wireguard,info",
    "wg1: [tower] KEY=: Handshake for peer did not complete after 5 seconds, retrying (try 2)",
    "tunnel-failed",
    { peer: "tower" },
    "wg1",
  ],
  [
    "interface,warning",
    "ether2: bridge port received packet with own address as source address (AA:BB:CC:00:11:22), probably loop",
    "loop-detected",
    { mac: MAC },
    "ether2",
  ],
  [
    "interface,warning",
    "ether1 excessive broadcasts/multicasts, probably a loop",
    "loop-detected",
    {},
    "ether1",
  ],
  ["poe-out,info", "ether5 detected poe-out status: powered_on", "poe-changed", {}, "ether5"],
  [
    "poe-out,warning",
    "ether5 detected poe-out status: short_circuit",
    "poe-fault",
    { reason: "short_circuit" },
    "ether5",
  ],
  ["bridge,stp,info", "ether4:0 becomes Designated", "stp-changed", {}, "ether4:0"],
  ["route,ospf,info", "Discarding Hello packet: mismatch in hello-interval", "routing-problem"],
  [
    "script,error",
    "executing script backup from scheduler failed, please check it manually",
    "script-failed",
    { script: "backup", from: "scheduler" },
  ],
  ["script,info", "done", "script-output", { text: "done" }],
  ["certificate,info", "CRL update failed: timeout", "certificate-failed"],
  ["system,info", "ntp change time Nov/29/2026 12:00:00 => Nov/29/2026 12:00:03", "time-changed"],
  ["system,error,critical", "kernel failure in previous boot", "crashed"],
  ["system,error,critical", "out of memory condition in previous boot", "crashed"],
  [
    "system,info",
    "installed routeros-7.20.4",
    "software-installed",
    { package: "routeros-7.20.4" },
  ],
  [
    "system,error,critical",
    "denied winbox/dude connect from 192.0.2.9",
    "access-rejected",
    { via: "winbox/dude", client: "192.0.2.9" },
  ],
  ["dns,error", "DoH server connection error: SSL: handshake failed", "dns-failed"],
  [
    "fetch,info",
    "Download from example.net to ram FINISHED",
    "download-done",
    { host: "example.net" },
  ],
  [
    "hotspot,info,debug",
    "->: anna (10.5.0.2): trying to log in by http-chap",
    "hotspot-step",
    { user: "anna", client: "10.5.0.2" },
  ],
  [
    "hotspot,account,info,debug",
    "anna (10.5.0.2): logged out: keepalive timeout",
    "hotspot-logout",
    { reason: "keepalive timeout" },
  ],
  [
    "hotspot,info,debug",
    "anna (10.5.0.2): login failed: invalid username or password",
    "hotspot-failed",
  ],
  [
    "e-mail,error",
    "Error sending e-mail <backup>: timeout connecting to server",
    "mail-failed",
    { subject: "backup" },
  ],
  ["ups,warning", "ups1: on battery", "ups-battery", { ups: "ups1" }],
  ["system,health,warning", "fan1 state changed: fail", "health-problem", { sensor: "fan1" }],
  [
    "radius,error",
    "RADIUS server 192.0.2.4:1812 timeout",
    "radius-failed",
    { peer: "192.0.2.4:1812" },
  ],
  ["lte,info", "lte1: session disconnected", "modem-down", {}, "lte1"],
  [
    "backup,critical",
    "error creating backup file: could not read all configuration files",
    "backup-failed",
  ],
  ["mqtt,error", "broker tower unreachable", "service-failed"],
  ["system,error", "portal lost", "fault", { service: "system", text: "portal lost" }],
  // A rule's prefix.
  ["pppoe,ppp,info", "fw: <pppoe-anna>: connected", "session-up", { user: "anna" }],
  // Words that have a meaning only under their topic.
  ["", "done", null],
  ["", "the queue: connected", null],
  ["system,info", "hello", null],
]

for (const [topics, message, name, attributes = {}, port] of CASES)
  test(`${topics || "(no topics)"}: ${message.slice(0, 60)}: ${name}`, () => {
    const meaning = meaningOf(message, topics === "" ? [] : topics.split(","))
    assert.deepEqual([meaning?.name ?? null, meaning?.interface ?? null], [name, port ?? null])
    for (const [key, value] of Object.entries(attributes))
      assert.equal(meaning?.attributes[key], value, key)
  })

test("fields of firewall lines", () => {
  const line =
    "drop wan forward: in:ether1 out:bridge 2, connection-state:new,dnat src-mac aa:bb:cc:00:11:22, proto ICMP (type 8, code 0), 192.0.2.9->[2001:db8::7]:53, NAT (192.0.2.9->x)->y, len 84"
  assert.deepEqual(meaningOf(line, ["firewall", "info"]), {
    name: "firewall",
    interface: null,
    attributes: {
      prefix: "drop wan",
      chain: "forward",
      in: "ether1",
      out: "bridge 2",
      state: "new,dnat",
      mac: "aa:bb:cc:00:11:22",
      protocol: "ICMP",
      flags: "type 8, code 0",
      client: "192.0.2.9",
      target: "2001:db8::7",
      targetPort: "53",
      nat: "(192.0.2.9->x)->y",
      length: "84",
    },
  })
})

test("whatever is in a firewall line, it is about the firewall or about nothing", () => {
  for (const { rows } of FAMILIES)
    for (const [, template] of rows) {
      const name = meaningOf(template.replace("!", ""), ["firewall", "info"])?.name
      assert.ok(name === undefined || name === "firewall", template)
    }
})

test("every meaning of the table is one of the wire, and every one of the wire is in use", () => {
  const used = new Set(
    FAMILIES.flatMap(({ rows, rest = [] }) => [...rows.map(([meaning]) => meaning), ...rest]),
  )
  const missing = LogMeaning.options.filter((name) => !used.has(name))
  assert.deepEqual(missing, ["firewall", "fault"])
})

test("a hostile line takes a bounded time", () => {
  const words = ["a: ", "on ", "- ", `${MAC}@`, "disk full ", "assigned 1.1.1.1 to ", "<x>: "]
  for (const word of words)
    for (const topics of [
      [],
      ["system", "route", "ipsec", "wireless", "dhcp", "ppp", "interface"],
    ]) {
      const before = process.cpuUsage().user
      for (let n = 0; n < 20; n += 1) meaningOf(word.repeat(2_000 / word.length), topics)
      const ms = (process.cpuUsage().user - before) / 20_000
      assert.ok(ms < 50, `${word}: ${ms} ms`)
    }
})

test("of a template, the words that each match contains are whole ones", () => {
  const cases: [string, readonly string[] | null][] = [
    ["{server} assigned {client} (to|for) {mac}", ["assigned"]],
    ["<{session}>: connected*", ["<"]],
    ["{mac}@{interface}[:] disconnected", ["disconnected"]],
    ["(out of memory condition|out of memory) *", ["condition", "memory"]],
    ["{interface}: {mac} in local ACL, accept*", ["local"]],
    ["{address} (failed|rejected){reason}", null],
  ]
  for (const [template, words] of cases) assert.deepEqual(compile(template).words, words, template)
})
