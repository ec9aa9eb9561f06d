import assert from "node:assert/strict"
import { test } from "node:test"
import type { TestAnswer } from "@ispvm/appliance/api/access-test"
import { makeAgent, makeDevice, uuid } from "../../../test/make.ts"
import * as schemas from "../../api/body-schemas.ts"
import {
  accessKey,
  byLiveness,
  chooseApi,
  credentialBody,
  type Draft,
  type DraftWarning,
  deviceBody,
  draftOf,
  draftWarnings,
  EMPTY,
  expectedSteps,
  type Goal,
  methodsOf,
  NEW,
  nextDraft,
  ROUTER_PATHS,
  routerForm,
  siteBody,
  testRequest,
} from "./draft.ts"

const full: Draft = {
  ...EMPTY,
  address: " 10.0.0.1 ",
  agentId: uuid(1),
  credentialId: uuid(2),
  pin: "ab".repeat(32),
}
const good: TestAnswer = { ok: true, steps: [], fingerprint: null, facts: null }

test("draft: TLS is where one begins, and its port follows the kind of API", () => {
  assert.equal(methodsOf(EMPTY).routerosApi?.port, 8_729)
  assert.equal(chooseApi(EMPTY, "plain").apiPort, "8728")
  assert.equal(chooseApi({ ...EMPTY, apiPort: "9000" }, "plain").apiPort, "9000")
})
test("draft: a pin belongs to TLS alone", () =>
  assert.equal(methodsOf(chooseApi(full, "plain")).routerosApi?.fingerprint, null))
const options = routerForm(() => null)
/** The paths of what the schemas of the API and the form's rule reject. */
const rejected = (draft: Draft, goal: Goal): readonly string[] => {
  const filled = { ...draft, goal }
  const parts = [
    { at: "", schema: options.schema(schemas, filled), body: options.body(filled) },
    ...(options.parts?.(schemas, filled) ?? []),
  ]
  return [
    ...(options.rules?.(filled) ?? []).map(({ path }) => path),
    ...parts.flatMap(({ at, schema, body }) =>
      (schema.safeParse(body).error?.issues ?? []).map(({ path }) =>
        [at, ...path].filter(Boolean).join("."),
      ),
    ),
  ]
}
const rejectedOnce = (draft: Draft, goal: Goal): readonly string[] => [
  ...new Set(rejected(draft, goal)),
]
test("draft: what stops a test, and what stops a saving", () => {
  assert.deepEqual(rejectedOnce(EMPTY, "test"), ["agentId", "address"])
  assert.deepEqual(rejectedOnce(EMPTY, "save"), ["address"])
  for (const goal of ["test", "save"] as const) {
    assert.deepEqual(rejected(full, goal), [])
    assert.deepEqual(rejected({ ...full, api: "off", icmp: false }, goal), ["methods"])
    assert.deepEqual(rejected({ ...full, apiPort: "0", snmp: true, snmpPort: "x" }, goal), [
      "methods.routerosApi.port",
      "methods.snmp.port",
    ])
    assert.deepEqual(
      rejected({ ...full, siteId: NEW, siteName: "a", latitude: "91", longitude: "x" }, goal),
      ["site.latitude", "site.longitude"],
    )
  }
})
test("draft: a decimal comma is read as a point", () =>
  assert.equal(siteBody({ ...full, latitude: "39,93" }).latitude, 39.93))
test("draft: typed secrets are tried only where a new credential is typed", () => {
  assert.equal(testRequest({ ...full, username: "left over" }).credential, null)
  const typed = testRequest({ ...full, credentialId: NEW, username: "monitor", password: "p" })
  assert.deepEqual(typed.credential, {
    username: "monitor",
    password: "p",
    snmpCommunity: null,
    snmpV3: null,
  })
  assert.equal(typed.credentialId, null)
})
test("draft: SNMP is v3 unless somebody asks for v2c, and only the chosen one is sent", () => {
  const snmp: Draft = {
    ...full,
    credentialId: NEW,
    snmp: true,
    snmpUser: "m",
    authPassword: "12345678",
    privPassword: "abcdefgh",
  }
  assert.deepEqual(testRequest(snmp).credential?.snmpV3, {
    user: "m",
    authPassword: "12345678",
    privPassword: "abcdefgh",
  })
  const old = testRequest({ ...snmp, snmpVersion: "v2c", community: "c" }).credential
  assert.deepEqual([old?.snmpV3, old?.snmpCommunity], [null, "c"])
  for (const goal of ["test", "save"] as const) {
    assert.deepEqual(rejected({ ...snmp, snmpUser: "", authPassword: "short" }, goal), [
      ROUTER_PATHS.snmpUser,
      ROUTER_PATHS.authPassword,
    ])
    assert.deepEqual(rejected({ ...snmp, snmpUser: "", credentialId: uuid(2) }, goal), [])
  }
})
test("draft: confirming the certificate does not make the test old, another port does", () => {
  assert.equal(accessKey(full), accessKey({ ...full, pin: null }))
  assert.notEqual(accessKey(full), accessKey({ ...full, apiPort: "8730" }))
  assert.notEqual(accessKey(full), accessKey({ ...full, apiPort: "no port" }))
})
const lacks: [string, Draft, TestAnswer | null, DraftWarning[]][] = [
  ["tested and pinned lacks nothing", full, good, []],
  ["no agent, nobody looks", { ...full, agentId: "" }, null, ["agent"]],
  ["ping alone needs no test", { ...full, api: "off" }, null, ["pingOnly"]],
  ["without a pin no password is sent", { ...full, pin: null }, good, ["pin"]],
  [
    "held back for the certificate, only that is said",
    { ...full, pin: null },
    { ...good, ok: false, fingerprint: "ab".repeat(32) },
    ["pin"],
  ],
  ["without TLS there is nothing to pin", chooseApi({ ...full, pin: null }, "plain"), good, []],
  [
    "without a credential and a test",
    { ...full, credentialId: "" },
    null,
    ["credential", "untested"],
  ],
  ["a failed test is said", full, { ...good, ok: false }, ["failed"]],
]
for (const [name, draft, tested, expected] of lacks)
  test(`draft: ${name}`, () => assert.deepEqual(draftWarnings(draft, tested), expected))
test("draft: steps are known before they are taken", () => {
  assert.deepEqual(expectedSteps(full), ["resolve", "ping", "tcp", "tls", "login", "read"])
  assert.deepEqual(expectedSteps({ ...full, api: "off", snmp: true, icmp: false }), [
    "resolve",
    "snmp",
  ])
})
test("draft: a router without a name is called by its address", () => {
  assert.equal(deviceBody(full).name, "10.0.0.1")
  assert.equal(credentialBody({ ...full, username: "monitor" }).name, "monitor for 10.0.0.1")
})
test("draft: a device and back is the same access", () => {
  const device = makeDevice(3, {
    methods: { routerosApi: null, snmp: { port: 1_161 }, icmp: false, tcpPort: 22 },
  })
  assert.deepEqual(methodsOf(draftOf(device)), device.methods)
})
test("draft: of a saved router nothing but its agent is left for the next one", () => {
  const typed = {
    name: "a",
    roles: ["core" as const],
    credentialId: NEW,
    username: "u",
    password: "p",
    community: "c",
    siteId: "s",
  }
  assert.deepEqual(nextDraft({ ...full, ...typed, snmp: true, api: "plain" }), {
    ...EMPTY,
    agentId: full.agentId,
  })
})
test("draft: live agents come first", () =>
  assert.deepEqual(
    byLiveness([makeAgent(1, { name: "a", status: "unknown" }), makeAgent(2, { name: "b" })]).map(
      (each) => each.name,
    ),
    ["b", "a"],
  ))
