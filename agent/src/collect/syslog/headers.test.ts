/**
 * Header forms seen in the field: whatever comes before, interface and message are those of the
 * router.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Hosts } from "./host.ts"
import { interpret } from "./interpret.ts"
import { parseLine } from "./lines.ts"

const hostsOf = (own: readonly string[], any: readonly string[] = own, isRelay = false): Hosts => {
  const has = (names: readonly string[]) => (name: string) =>
    names.some((one) => one.toLowerCase() === name.toLowerCase())
  return { isOwn: has(own), isAny: has(any), isRelay }
}
const read = (
  raw: string,
  names: readonly string[] = [],
  ports: readonly string[] = [],
  hosts: Hosts = hostsOf(names),
) => {
  const line = parseLine(raw, hosts)
  const keys = new Set(names.map((name) => name.toLowerCase()))
  return interpret(line, { names: keys, ports: new Set(ports) })
}

const STAMPS = [
  "Jun 23 12:13:10",
  "Jun  3 12:13:10",
  "Jun 3 12:13:10",
  "Jun 23 12:13:10.123",
  "Jun 23 2026 12:13:10",
  "Jun 23 12:13:10 2026",
  "2026 Jun 23 12:13:10",
  "23 Jun 2026 12:13:10",
  "23-Jun-2026 12:13:10",
  "Tue Jun 23 12:13:10 2026",
  "Jun 23 12:13:10 CEST",
  "Jun 23 12:13:10 UTC+2",
  "Jun 23 12:13:10 +02:00",
  "*Jun 23 12:13:10.123 UTC:",
  "jun/23 12:13:10",
  "jun/23/2026 12:13:10",
  "12:13:10",
  "2026-06-23T12:13:10",
  "2026-06-23T12:13:10Z",
  "2026-06-23T12:13:10.594792+02:00",
  "2026-06-23T12:13:10-0500",
  "2026-06-23 12:13:10",
  "2026-06-23 12:13:10 +0200",
  "2026/06/23 12:13:10",
  "23.06.2026 12:13:10",
]
const HOSTS = [
  "edge-1",
  "edge-1:",
  "North Tower Core",
  "North Tower Core:",
  "192.0.2.7",
  "2001:db8::7",
  "r1.example.net",
  "Łódź Core",
]
const BODIES: [string, string | null, string][] = [
  ["ether1 link down", "ether1", "ether1 link down"],
  ["interface,info ether1 link down", "ether1", "ether1 link down"],
  [
    "sfp-sfpplus1 to hill link up (speed 10G, full duplex)",
    "sfp-sfpplus1 to hill",
    "sfp-sfpplus1 to hill link up (speed 10G, full duplex)",
  ],
  [
    "user admin logged in from 192.0.2.9 via winbox",
    null,
    "user admin logged in from 192.0.2.9 via winbox",
  ],
  ["router rebooted", null, "router rebooted"],
]
test("every time stamp with every host: interface and message are those of the router", () => {
  let cases = 0
  for (const stamp of STAMPS)
    for (const host of HOSTS)
      for (const [body, port, message] of BODIES) {
        const raw = `<30>${stamp} ${host} ${body}`
        const bare = host.replace(/:$/, "")
        for (const names of [[bare], []] satisfies string[][]) {
          const { line, meaning } = read(raw, names)
          assert.deepEqual([meaning?.interface ?? null, line.message], [port, message], raw)
          // If unknown, "North Tower Core:" may be a host and a tag as well.
          if (names.length > 0 || host !== "North Tower Core:") assert.equal(line.host, bare, raw)
          cases += 1
        }
      }
  assert.equal(cases, STAMPS.length * HOSTS.length * BODIES.length * 2)
})

test("a header without a host", () => {
  for (const stamp of STAMPS)
    for (const [body, port, message] of BODIES) {
      const { line, meaning } = read(`<30>${stamp} ${body}`, ["edge-1"])
      assert.deepEqual(
        [meaning?.interface ?? null, line.message, line.host],
        [port, message, null],
        `${stamp} ${body}`,
      )
    }
})

test("a known name ends where it ends, and the name of an interface may contain spaces", () => {
  const { line, meaning } = read("<30>Jun 23 12:13:10 North Tower Core uplink to hill link down", [
    "North Tower",
    "North Tower Core",
  ])
  assert.deepEqual(
    [line.host, line.hostIs, meaning?.interface],
    ["North Tower Core", "known", "uplink to hill"],
  )
  const ports = read(
    "<30>Jun 23 12:13:10 North Tower Core uplink to hill link down",
    ["d"],
    ["uplink to hill", "ether1"],
  )
  assert.deepEqual(
    [ports.meaning?.interface, ports.line.message],
    ["uplink to hill", "uplink to hill link down"],
  )
})

test("if host and interface cannot be separated, no interface is named", () => {
  const { meaning } = read("<30>Jun 23 12:13:10 North Tower Core uplink to hill link down", ["d"])
  assert.deepEqual([meaning?.name, meaning?.interface], ["link-down", null])
})

test("an interface with the name of another router is still an interface", () => {
  const { line, meaning } = read(
    "<30>Jun 23 12:13:10 hill link down",
    ["edge-1"],
    [],
    hostsOf(["edge-1"], ["edge-1", "hill"]),
  )
  assert.deepEqual([line.host, meaning?.interface], [null, "hill"])
})

test("a rule's prefix is not the name of the interface", () => {
  for (const raw of [
    "core: ether1 link down",
    "core router: ether1 link down",
    "<30>Jun 23 12:13:10 edge-1 core: ether1 link down",
  ])
    assert.equal(read(raw, ["edge-1"]).meaning?.interface, "ether1", raw)
})

test("changes that relays make to a line are undone", () => {
  const relayed: [string, string][] = [
    ["<30>2026-06-23T12:13:10.594792+02:00 192.0.2.7 interface,info ether1 link down", "192.0.2.7"],
    ["<13>Jun 23 12:13:10 192.0.2.7 interface,info ether1 link down", "192.0.2.7"],
    ["<30>1 2026-06-23T12:13:10.123456+02:00 edge-1 ether1 - - -  link down", "edge-1"],
    ["<30>1 2026-06-23T12:13:10+02:00 edge-1 ether1 - - - link down", "edge-1"],
    ["<30>1 2026-06-23T12:13:10+02:00 edge-1 interface,info - - -  ether1 link down", "edge-1"],
    [
      "<13>Jun 23 12:13:10 relay <30>Jun 23 12:13:09 North Tower Core ether1 link down",
      "North Tower Core",
    ],
    ["<13>Jun 23 12:13:10 relay Jun 23 12:13:09 edge-1 ether1 link down", "edge-1"],
  ]
  for (const [raw, host] of relayed) {
    const hosts = hostsOf([], ["edge-1", "North Tower Core", "192.0.2.7"], true)
    const { line, meaning } = read(raw, [], [], hosts)
    assert.deepEqual(
      [line.host, meaning?.name, meaning?.interface],
      [host, "link-down", "ether1"],
      raw,
    )
  }
})

test("CEF: fields before and after msg, escapes, hosts with spaces, severity as word and number", () => {
  const head = "CEF:0|MikroTik|RB4011|7.20.4 (stable)|16|interface,info|Low|"
  const cases: [string, string | null, string | null, string][] = [
    [
      `${head}dvchost=edge-1 dvc=192.0.2.3 msg=ether1 link down`,
      "edge-1",
      "192.0.2.3",
      "ether1 link down",
    ],
    [
      `${head}msg=ether1 link down dvchost=edge-1 dvc=192.0.2.3`,
      "edge-1",
      "192.0.2.3",
      "ether1 link down",
    ],
    [
      `${head}dvchost=North Tower Core dvc=192.0.2.3 msg=ether1 link down externalId=7`,
      "North Tower Core",
      "192.0.2.3",
      "ether1 link down",
    ],
    [`${head}msg=comment a\\=b \\\\ c dvchost=x`, "x", null, "comment a=b \\ c"],
    [
      `${head}msg=login dvchost\\=other from dvchost=mine`,
      "mine",
      null,
      "login dvchost=other from",
    ],
    [
      `<30>Jun 23 12:13:10 North Tower Core ${head}msg=ether1 link down rt=1 cs1Label=x cs1=y z`,
      "North Tower Core",
      null,
      "ether1 link down",
    ],
    [
      `<134>1 2026-06-23T12:13:10Z edge-1 - - - - ${head}msg=ether1 link down`,
      "edge-1",
      null,
      "ether1 link down",
    ],
    [
      `2026-06-23T12:13:10-0500 edge-1 ${head.replace("CEF:0", "CEF: 0")}msg=ether1 link down\r\n`,
      "edge-1",
      null,
      "ether1 link down",
    ],
  ]
  for (const [raw, host, address, message] of cases) {
    const line = parseLine(raw)
    assert.deepEqual(
      [line.format, line.host, line.address, line.message],
      ["cef", host, address, message],
      raw,
    )
  }
  assert.equal(parseLine("CEF:0|a|b|c|1|x|9|msg=y").severity, "error")
  assert.equal(parseLine("CEF:0|a|b|c|1|x|Very-High|msg=y").severity, "error")
})
