import assert from "node:assert/strict"
import { test } from "node:test"
import { makeCompanion, WISH } from "../../../test/make-companion.ts"
import {
  dutyOf,
  formOf,
  heartbeatOf,
  NEW_HARDEN,
  NEW_WATCH,
  toldRelease,
  type WishForm,
  wishOf,
  wishProblems,
} from "./wish-form.ts"

const NOBODY = { agentAddresses: [], applianceHost: "noc.example.net" }
const SOMEBODY = { ...NOBODY, agentAddresses: ["10.20.0.5"] }
const fresh = formOf(makeCompanion({ release: "7.18.2", releaseFrom: "router" }), { roles: ["core"] })

test("wish: a new router begins with what most want, and its release as it told it", () => {
  assert.deepEqual([fresh.release, fresh.duty, fresh.snmp, fresh.push, fresh.harden], ["7.18.2", "core", "v3", true, null])
  assert.deepEqual([...wishProblems(fresh)], [])
})
test("wish: where no agent is, nothing is opened for one", () => {
  const { api, snmp, syslog, push } = formOf(makeCompanion({ suggested: NOBODY }), { roles: [] })
  assert.deepEqual([api, snmp, syslog, push], [false, "off", false, true])
})
test("wish: what was saved comes back the same", () => {
  const companion = makeCompanion({ wish: WISH, release: "7.18.2", releaseFrom: "wish" })
  assert.deepEqual(wishOf(formOf(companion, { roles: [] }), toldRelease(companion)), WISH)
})
test("wish: a release left as the router told it follows the router; one that was typed stays", () => {
  assert.equal(wishOf(fresh, "7.18.2").release, null)
  assert.equal(wishOf({ ...fresh, release: " 7.20 " }, "7.18.2").release, "7.20")
})
test("wish: without a release no script can be made, and a wrong one is named", () => {
  assert.equal(wishProblems({ ...fresh, release: " " }).get("release"), "noRelease")
  assert.equal(wishProblems({ ...fresh, release: "7.18 (stable)" }).get("release"), "release")
  for (const release of ["6.49.17", "7.22rc2", "7.9"]) assert.equal(wishProblems({ ...fresh, release }).size, 0, release)
})
test("wish: each wrong field of a watch is named by its path", () => {
  const watches = [NEW_WATCH, { ...NEW_WATCH, name: "dns", host: "9.9.9.9", lossPercent: "101", rttMs: "x" }]
  assert.deepEqual(
    [...wishProblems({ ...fresh, watches }).keys()],
    ["watches.0.name", "watches.0.host", "watches.1.lossPercent", "watches.1.rttMs"],
  )
})
test("wish: what a kind of watch has not is neither judged nor sent", () => {
  const watch = { ...NEW_WATCH, name: "a", host: "b", type: "simple", port: "0", lossPercent: "999", measures: true } as const
  const form: WishForm = { ...fresh, watches: [watch] }
  assert.equal(wishProblems(form).size, 0)
  const [sent] = wishOf(form, null).watches
  assert.deepEqual([sent?.port, sent?.lossPercent, sent?.measures], [null, null, false])
})
test("wish: hardening proposes nothing that an operator is logged in by", () =>
  assert.deepEqual(
    NEW_HARDEN.servicesOff.filter((each) => ["ssh", "winbox", "www-ssl"].includes(each)),
    [],
  ))
test("wish: a heartbeat by itself goes by whether an agent reads the router", () => {
  const wish = wishOf(fresh, null)
  assert.equal(heartbeatOf({ wish, suggested: SOMEBODY }), 0)
  assert.equal(heartbeatOf({ wish, suggested: NOBODY }), 60)
  assert.equal(heartbeatOf({ wish: { ...wish, agentAddresses: ["10.0.0.1"] }, suggested: NOBODY }), 0)
  assert.equal(heartbeatOf({ wish: { ...wish, push: false }, suggested: NOBODY }), 0)
  assert.equal(heartbeatOf({ wish: { ...wish, heartbeatS: 15 }, suggested: SOMEBODY }), 15)
  assert.equal(heartbeatOf({ wish: null, suggested: NOBODY }), 0)
})
test("wish: agents' addresses are a list with commas, and one that is none is said", () => {
  assert.deepEqual(wishOf({ ...fresh, agentAddresses: "10.0.0.1, 2001:db8::/64 " }, null).agentAddresses, [
    "10.0.0.1",
    "2001:db8::/64",
  ])
  assert.deepEqual([...wishProblems({ ...fresh, agentAddresses: "10.0.0.1, noc" }).keys()], ["agentAddresses"])
  assert.deepEqual([...wishProblems({ ...fresh, applianceHost: "https://noc" }).keys()], ["applianceHost"])
})
test("wish: the duty follows the role", () => {
  assert.equal(dutyOf(["pppoe-server"]), "access")
  assert.equal(dutyOf(["cpe", "wireless"]), "cpe")
  assert.equal(dutyOf(["border"]), "edge")
})
