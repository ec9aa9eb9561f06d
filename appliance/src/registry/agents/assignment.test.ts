import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { Assignment, SnmpV3Access } from "@ispvm/wire"
import fc from "fast-check"
import { MethodsInput, SNMP_AUTH_PROTOCOLS, SNMP_PRIV_PROTOCOLS } from "../../api/inventory.ts"
import { DeviceId } from "../../platform/ids.ts"
import { accessOf, assignmentOf, type DeviceRow, revisionOf, type Secret } from "./assignment.ts"

const methods = MethodsInput.parse({ routerosApi: {}, snmp: {}, icmp: true })
const secret: Secret = {
  username: "monitor",
  password: "hunter2",
  snmpCommunity: "public",
  snmpV3: null,
}
const row = (fields: Partial<DeviceRow> = {}): DeviceRow => ({
  id: DeviceId.parse(randomUUID()),
  name: "r1",
  address: "192.0.2.1",
  methods,
  textEncoding: null,
  credentialId: "c1",
  credentialChangedAt: "2026-01-01T00:00:00.000001",
  reads: true,
  ...fields,
})

test("the assignment has the form of the contract", () => {
  const assignment = assignmentOf([row(), row({ name: "r2", credentialId: null })], () => secret)
  assert.ok(Assignment.safeParse(assignment).success)
  assert.deepEqual(assignment.devices[0]?.access, {
    address: "192.0.2.1",
    routerosApi: {
      port: 8729,
      tls: true,
      fingerprint: null,
      username: "monitor",
      password: "hunter2",
    },
    snmp: { port: 161, community: "public" },
    icmp: true,
    tcpPort: null,
  })
  assert.equal(assignment.devices[1]?.access.routerosApi, null)
  assert.deepEqual(assignment.devices[0]?.intervals, {
    pingMs: 1_000,
    interfaceMs: 10_000,
    healthMs: 10_000,
    factsMs: 300_000,
  })
})

test("a text encoding is assigned and changes the revision; the default is omitted for older agents", () => {
  const set = row({ textEncoding: "windows-1250" })
  const [first, second] = assignmentOf([set, row({ textEncoding: "auto" })], () => secret).devices
  assert.equal(first?.textEncoding, "windows-1250")
  assert.equal(second !== undefined && "textEncoding" in second, false)
  assert.notEqual(revisionOf([set]), revisionOf([{ ...set, textEncoding: null }]))
})

test("intervals of single collectors are sent only if there are any, and change the revision", () => {
  const [plain] = assignmentOf([row()], () => secret).devices
  assert.equal(plain !== undefined && "collectorIntervals" in plain, false)
  const own = { "snmp.health": 60_000 }
  const assignment = assignmentOf([row()], () => secret, [], own)
  assert.ok(Assignment.safeParse(assignment).success)
  assert.deepEqual(assignment.devices[0]?.collectorIntervals, own)
  assert.equal(
    Assignment.safeParse(assignmentOf([row()], () => secret, [], { x: 1 })).success,
    false,
  )
  const one = row()
  assert.notEqual(revisionOf([one]), revisionOf([one], [], own))
})

test("the same devices have the same revision in any order", () => {
  const rows = [row(), row({ name: "r2" }), row({ name: "r3" })]
  assert.equal(revisionOf(rows), revisionOf([...rows].reverse()))
  assert.ok(revisionOf(rows).length <= 64)
})

const one = row()
const changes: [string, Partial<DeviceRow>][] = [
  ["its name", { name: "other" }],
  ["its address", { address: "192.0.2.2" }],
  ["its methods", { methods: MethodsInput.parse({}) }],
  ["its credential", { credentialId: "c2" }],
  ["what is in its credential", { credentialChangedAt: "2026-01-01T00:00:00.000002" }],
]
for (const [name, change] of changes)
  test(`the revision changes with ${name}`, () =>
    assert.notEqual(revisionOf([{ ...one, ...change }]), revisionOf([one])))

test("two devices never have the same revision as one device with their texts joined", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      const joined = revisionOf([{ ...one, name: a + b, address: "" }])
      if (b !== "") assert.notEqual(revisionOf([{ ...one, name: a, address: b }]), joined)
    }),
  )
})

test("the revision does not depend on the secrets", () => {
  const withSecret = assignmentOf([one], () => secret).revision
  assert.equal(assignmentOf([one], () => ({ ...secret, password: "other" })).revision, withSecret)
})

const accesses: [string, Secret | null, boolean, boolean][] = [
  ["all secrets", secret, true, true],
  ["no credential", null, false, false],
  ["no user name", { ...secret, username: null }, false, true],
  ["an empty user name", { ...secret, username: "" }, false, true],
  ["no community", { ...secret, snmpCommunity: null, snmpV3: null }, true, false],
  ["no password, as routers fresh from the box", { ...secret, password: null }, true, true],
]
for (const [name, input, api, snmp] of accesses)
  test(`with ${name}: API ${api ? "tried" : "omitted"}, SNMP ${snmp ? "tried" : "omitted"}`, () => {
    const access = accessOf("192.0.2.1", methods, input)
    assert.deepEqual([access.routerosApi !== null, access.snmp !== null], [api, snmp])
  })

test("a device whose methods cannot be parsed is pinged at least", () => {
  const [device] = assignmentOf([row({ methods: "junk" })], () => secret).devices
  assert.deepEqual(device?.access, {
    address: "192.0.2.1",
    routerosApi: null,
    snmp: null,
    icmp: true,
    tcpPort: null,
  })
})

test("SNMPv3 takes precedence over a community; without either, SNMP is omitted", () => {
  const methods = MethodsInput.parse({ snmp: { port: 1161 } })
  const snmpV3 = { user: "watch", authPassword: "authentication", privPassword: "privacy-word" }
  const none = { username: null, password: null, snmpCommunity: null, snmpV3: null }
  assert.deepEqual(accessOf("192.0.2.1", methods, { ...none, snmpCommunity: "c", snmpV3 }).snmp, {
    port: 1161,
    v3: snmpV3,
  })
  assert.deepEqual(accessOf("192.0.2.1", methods, { ...none, snmpCommunity: "c" }).snmp, {
    port: 1161,
    community: "c",
  })
  assert.equal(accessOf("192.0.2.1", methods, none).snmp, null)
})

test("SNMP protocols are named as on the wire, and omitted for the ones that older agents use", () => {
  const of = (secret: Omit<Secret, "username" | "password">) =>
    accessOf("192.0.2.1", MethodsInput.parse({ snmp: { port: 161 } }), {
      username: null,
      password: null,
      ...secret,
    }).snmp
  const user = { user: "m", authPassword: "auth-word-1", privPassword: "priv-word-1" }
  assert.deepEqual(
    of({ snmpCommunity: null, snmpV3: { ...user, authProtocol: "SHA1", privProtocol: "AES128" } }),
    {
      port: 161,
      v3: user,
    },
  )
  assert.deepEqual(of({ snmpCommunity: "c", snmpVersion: "v1", snmpV3: null }), {
    port: 161,
    community: "c",
    version: "v1",
  })
  assert.deepEqual(of({ snmpCommunity: "c", snmpV3: null }), { port: 161, community: "c" })
  for (const authProtocol of SNMP_AUTH_PROTOCOLS)
    for (const privProtocol of SNMP_PRIV_PROTOCOLS) {
      const access = of({ snmpCommunity: null, snmpV3: { ...user, authProtocol, privProtocol } })
      assert.equal(SnmpV3Access.parse(access).v3.user, "m")
    }
  const authOnly = of({
    snmpCommunity: null,
    snmpV3: { ...user, privPassword: null, privProtocol: "DES" },
  })
  assert.deepEqual(authOnly, { port: 161, v3: { ...user, privPassword: null } })
})

test("an agent that may take over probes as the one that reads, and gets no secret", () => {
  const [device] = assignmentOf([row({ reads: false })], () => assert.fail("no secret")).devices
  assert.deepEqual(device?.access, {
    address: "192.0.2.1",
    routerosApi: null,
    snmp: null,
    icmp: true,
    tcpPort: 8729,
  })
  assert.notEqual(revisionOf([row({ reads: false })]), revisionOf([row()]))
})
