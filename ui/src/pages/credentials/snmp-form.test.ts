import assert from "node:assert/strict"
import { test } from "node:test"
import { keepsV3, NO_SNMP, snmpChanges, snmpProblems, snmpV3Of } from "./snmp-form.ts"

const v3 = { ...NO_SNMP, snmpVersion: "v3", snmpUser: " monitor ", authPassword: "12345678", privPassword: "abcdefgh" } as const
const none = { snmpV3User: null, hasSnmpCommunity: false }

test("snmp: v3 wants a user and two passwords of eight characters", () => {
  assert.deepEqual(snmpProblems(v3), [])
  assert.deepEqual(snmpProblems({ ...v3, snmpUser: " ", authPassword: "1234567", privPassword: "" }), [
    "snmpUser",
    "authPassword",
    "privPassword",
  ])
  assert.deepEqual(snmpProblems({ ...NO_SNMP, snmpVersion: "v2c" }), [])
})
test("snmp: what was typed for another version is not sent", () => {
  assert.deepEqual(snmpV3Of(v3), { user: "monitor", authPassword: "12345678", privPassword: "abcdefgh" })
  assert.equal(snmpV3Of({ ...v3, snmpVersion: "v2c" }), null)
})
test("snmp: a saved v3 stays unless one of its three is touched", () => {
  const untouched = { ...v3, snmpUser: "monitor", authPassword: "", privPassword: "" }
  assert.equal(keepsV3(untouched, "monitor"), true)
  assert.equal(keepsV3({ ...untouched, snmpUser: "other" }, "monitor"), false)
  assert.equal(keepsV3({ ...untouched, privPassword: "abcdefgh" }, "monitor"), false)
  assert.deepEqual(snmpChanges(untouched, { ...none, snmpV3User: "monitor" }), {})
})
test("snmp: another version takes out what was saved for the one before", () => {
  assert.deepEqual(snmpChanges({ ...NO_SNMP, snmpVersion: "v2c", community: "c" }, { ...none, snmpV3User: "monitor" }), {
    snmpV3: null,
    snmpCommunity: "c",
  })
  assert.deepEqual(snmpChanges(v3, { snmpV3User: null, hasSnmpCommunity: true }), {
    snmpCommunity: null,
    snmpV3: { user: "monitor", authPassword: "12345678", privPassword: "abcdefgh" },
  })
  assert.deepEqual(snmpChanges(NO_SNMP, { snmpV3User: "monitor", hasSnmpCommunity: true }), { snmpV3: null, snmpCommunity: null })
  assert.deepEqual(snmpChanges(NO_SNMP, none), {})
})
