import assert from "node:assert/strict"
import { test } from "node:test"
import { CompanionInput } from "../../api/companion.ts"
import {
  agentAddresses,
  desiredConfigOf,
  MASKED,
  type RouterAgent,
  releaseIn,
  type ScriptContext,
} from "./desired-config.ts"

const RELEASES: readonly (readonly [version: string | null, release: string | null])[] = [
  ["7.20.4 (stable)", "7.20.4"],
  ["RouterOS 6.49.17", "6.49.17"],
  ["7.22rc1 (testing)", "7.22rc1"],
  ["7.18", "7.18"],
  ["17.20.4", null],
  ["12.4(24)T3", null],
  ["", null],
  [null, null],
]
for (const [version, release] of RELEASES)
  test(`a router that reports "${version}" runs ${release ?? "no known release"}`, () =>
    assert.equal(releaseIn(version), release))

const agent = (address: string | null, syslogPort: number | null = 514): RouterAgent => ({
  name: "pop",
  address,
  syslogPort,
})
const makeContext = (
  over: Partial<ScriptContext> = {},
  address = "198.51.100.1",
): ScriptContext => ({
  device: { id: "d", name: "edge", address, version: null },
  authority: { pem: "", fingerprint: "" },
  agent: agent("192.0.2.9"),
  ownAddresses: ["203.0.113.5"],
  applianceHost: "noc.example.net",
  certificateNames: ["noc.example.net", "127.0.0.1"],
  pushPort: 8445,
  ...over,
})
const ADDRESSES: readonly (readonly [
  from: string | null,
  router: string,
  expected: readonly string[],
])[] = [
  ["192.0.2.9", "198.51.100.1", ["192.0.2.9"]],
  ["::ffff:192.0.2.9", "198.51.100.1", ["192.0.2.9"]],
  ["2001:db8::9", "198.51.100.1", ["2001:db8::9"]],
  ["127.0.0.1", "198.51.100.1", ["203.0.113.5"]],
  ["127.0.0.1", "127.0.3.1", ["127.0.0.1"]],
  ["fe80::1%eth0", "198.51.100.1", []],
  [null, "198.51.100.1", []],
]
for (const [from, router, expected] of ADDRESSES)
  test(`an agent that connects from ${from} reaches ${router} from ${expected.join() || "an unknown address"}`, () =>
    assert.deepEqual(agentAddresses(makeContext({ agent: agent(from) }, router)), expected))

const desiredFor = (input: object, where: ScriptContext = makeContext()) => {
  const { desired, remarks } = desiredConfigOf(CompanionInput.parse(input), "7.18.2", where, {
    account: MASKED,
    key: MASKED.key,
  })
  return { desired, remarkIds: remarks.map(({ id }) => id) }
}

test("a router that an agent reaches sends no heartbeat, others send one every minute, unless configured", () => {
  const alone = makeContext({ agent: null })
  const configs = [
    desiredFor({}),
    desiredFor({}, alone),
    desiredFor({ heartbeatS: 30 }),
    desiredFor({ heartbeatS: 0 }, alone),
  ]
  assert.deepEqual(
    configs.map(({ desired }) => desired.push?.heartbeatS),
    [0, 60, 30, 0],
  )
})

test("without an agent nothing is set up for one, and the notes say so", () => {
  const { desired, remarkIds } = desiredFor({}, makeContext({ agent: null }))
  assert.deepEqual(
    [desired.api, desired.snmp, desired.syslogTo, remarkIds],
    [null, null, null, ["no-agent"]],
  )
  const unseen = desiredFor({}, makeContext({ agent: agent(null) }))
  assert.deepEqual([unseen.desired.api, unseen.remarkIds], [null, ["no-agent"]])
})

test("the log goes to the agent's first address, and obstacles are in the notes", () => {
  const typed = { agentAddresses: ["192.0.2.0/24", "192.0.2.77"] }
  assert.deepEqual(desiredFor(typed).desired.syslogTo, { address: "192.0.2.77", port: 514 })
  assert.deepEqual(desiredFor({ agentAddresses: ["192.0.2.0/24"] }).remarkIds, ["no-syslog"])
  assert.deepEqual(desiredFor(typed, makeContext({ agent: agent("192.0.2.9", null) })).remarkIds, [
    "no-syslog",
  ])
  assert.deepEqual(
    desiredFor({ ...typed, syslog: false }, makeContext({ agent: agent("192.0.2.9", null) }))
      .remarkIds,
    [],
  )
})

test("a host that the router cannot use, or that the certificate does not name, is in the notes", () => {
  const typed = { agentAddresses: ["192.0.2.77"] }
  assert.deepEqual(desiredFor({ ...typed, applianceHost: "127.0.0.1" }).remarkIds, [
    "appliance-loopback",
  ])
  assert.deepEqual(
    desiredFor({ ...typed, applianceHost: "127.0.0.1" }, makeContext({}, "127.0.3.1")).remarkIds,
    [],
  )
  assert.deepEqual(desiredFor({ ...typed, applianceHost: "other.example.net" }).remarkIds, [
    "appliance-name",
  ])
  assert.deepEqual(
    desiredFor({ ...typed, push: false, applianceHost: "other.example.net" }).remarkIds,
    [],
  )
  assert.equal(
    desiredFor({ ...typed, applianceHost: "2001:db8::1" }).desired.push?.url,
    "https://[2001:db8::1]:8445/push/v1",
  )
})

test("a host that no URL can contain is rejected in the form, not when the link is created", () => {
  for (const applianceHost of ["256.1.1.1", ":::", "::1:::", "xn--"])
    assert.equal(CompanionInput.safeParse({ applianceHost }).success, false, applianceHost)
  for (const applianceHost of ["noc.example.net", "192.0.2.1", "2001:db8::1"])
    assert.equal(CompanionInput.safeParse({ applianceHost }).success, true, applianceHost)
})

test("a prefix of agents that contains the whole Internet is rejected", () => {
  const parsed = (prefix: string) => CompanionInput.safeParse({ agentAddresses: [prefix] }).success
  assert.deepEqual(["0.0.0.0/0", "128.0.0.0/1", "::/0", "2000::/3"].map(parsed), [
    false,
    false,
    false,
    false,
  ])
  assert.deepEqual(
    ["10.0.0.0/8", "192.0.2.1", "192.0.2.1/32", "2001:db8::/32", "fc00::/16"].map(parsed),
    Array(5).fill(true),
  )
})
