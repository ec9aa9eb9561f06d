import assert from "node:assert/strict"
import { test } from "node:test"
import { DESIRED_CONFIG, makeCompanion } from "../../../test/make-companion.ts"
import * as schemas from "../../api/body-schemas.ts"
import {
  type DesiredConfigForm,
  desiredConfigOf,
  desiredConfigOptions,
  formOf,
  heartbeatOf,
  NEW_HARDEN,
  NEW_NETWATCH,
  profileOf,
  reportedRelease,
} from "./desired-config-form.ts"

const NOBODY = { agentAddresses: [], applianceHost: "noc.example.net" }
const SOMEBODY = { ...NOBODY, agentAddresses: ["10.20.0.5"] }
/** What the API's schema and the form's rule reject, by path. */
const rejected = (form: DesiredConfigForm): readonly string[] => {
  const { body, schema, rules } = desiredConfigOptions(() => null)
  const issues = schema(schemas, form).safeParse(body(form)).error?.issues ?? []
  return [
    ...(rules?.(form) ?? []).map(({ path }) => path),
    ...issues.map(({ path }) => path.join(".")),
  ]
}
const fresh = formOf(makeCompanion({ release: "7.18.2", releaseFrom: "router" }), {
  roles: ["core"],
})

test("desired config: a new router begins with the defaults, and its release as reported", () => {
  assert.deepEqual(
    [fresh.release, fresh.profile, fresh.snmp, fresh.push, fresh.harden],
    ["7.18.2", "core", "v3", true, null],
  )
  assert.deepEqual(rejected(fresh), [])
})
test("desired config: where no agent is, nothing is opened for one", () => {
  const { api, snmp, syslog, push } = formOf(makeCompanion({ suggested: NOBODY }), { roles: [] })
  assert.deepEqual([api, snmp, syslog, push], [false, "off", false, true])
})
test("desired config: what was saved comes back the same", () => {
  const companion = makeCompanion({
    desired: DESIRED_CONFIG,
    release: "7.18.2",
    releaseFrom: "desired",
  })
  assert.deepEqual(
    desiredConfigOf(formOf(companion, { roles: [] }), reportedRelease(companion)),
    DESIRED_CONFIG,
  )
})
test("desired config: a release left as the router reported it follows the router; one that was typed stays", () => {
  assert.equal(desiredConfigOf(fresh, "7.18.2").release, null)
  assert.equal(desiredConfigOf({ ...fresh, release: " 7.20 " }, "7.18.2").release, "7.20")
})
test("desired config: without a release no script can be made, and a wrong one is named", () => {
  for (const release of [" ", "7.18 (stable)"])
    assert.deepEqual(rejected({ ...fresh, release }), ["release"], release)
  for (const release of ["6.49.17", "7.22rc2", "7.9"])
    assert.deepEqual(rejected({ ...fresh, release }), [], release)
})
test("desired config: each invalid field of a netwatch entry is named by its path", () => {
  const netwatch = [
    NEW_NETWATCH,
    { ...NEW_NETWATCH, name: "dns", host: "9.9.9.9", lossPercent: "101", rttMs: "x" },
  ]
  assert.deepEqual(
    [...new Set(rejected({ ...fresh, netwatch }))],
    ["netwatch.0.name", "netwatch.0.host", "netwatch.1.lossPercent", "netwatch.1.rttMs"],
  )
})
test("desired config: fields that a netwatch type does not have are neither checked nor sent", () => {
  const entry = {
    ...NEW_NETWATCH,
    name: "a",
    host: "b",
    type: "simple",
    port: "0",
    lossPercent: "999",
    measures: true,
  } as const
  const form: DesiredConfigForm = { ...fresh, netwatch: [entry] }
  assert.deepEqual(rejected(form), [])
  const [sent] = desiredConfigOf(form, null).netwatch
  assert.deepEqual([sent?.port, sent?.lossPercent, sent?.measures], [null, null, false])
})
test("desired config: hardening proposes nothing that an operator is logged in by", () =>
  assert.deepEqual(
    NEW_HARDEN.servicesOff.filter((each) => ["ssh", "winbox", "www-ssl"].includes(each)),
    [],
  ))
test("desired config: a heartbeat by itself goes by whether an agent reads the router", () => {
  const desired = desiredConfigOf(fresh, null)
  assert.equal(heartbeatOf({ desired, suggested: SOMEBODY }), 0)
  assert.equal(heartbeatOf({ desired, suggested: NOBODY }), 60)
  assert.equal(
    heartbeatOf({ desired: { ...desired, agentAddresses: ["10.0.0.1"] }, suggested: NOBODY }),
    0,
  )
  assert.equal(heartbeatOf({ desired: { ...desired, push: false }, suggested: NOBODY }), 0)
  assert.equal(heartbeatOf({ desired: { ...desired, heartbeatS: 15 }, suggested: SOMEBODY }), 15)
  assert.equal(heartbeatOf({ desired: null, suggested: NOBODY }), 0)
})
test("desired config: agents' addresses are a list with commas, and one that is none is said", () => {
  assert.deepEqual(
    desiredConfigOf({ ...fresh, agentAddresses: "10.0.0.1, 2001:db8::/64 " }, null).agentAddresses,
    ["10.0.0.1", "2001:db8::/64"],
  )
  assert.deepEqual(rejected({ ...fresh, agentAddresses: "10.0.0.1, noc" }), ["agentAddresses.1"])
  assert.deepEqual(
    [...new Set(rejected({ ...fresh, applianceHost: "https://noc" }))],
    ["applianceHost"],
  )
})
test("desired config: the profile follows the role", () => {
  assert.equal(profileOf(["pppoe-server"]), "access")
  assert.equal(profileOf(["cpe", "wireless"]), "cpe")
  assert.equal(profileOf(["border"]), "edge")
})
