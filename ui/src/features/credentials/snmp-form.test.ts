import assert from "node:assert/strict"
import { test } from "node:test"
import { SnmpV3 } from "@ispvm/appliance/api/inventory"
import { keepsV3, NO_SNMP, type SnmpTyped, savedTyped, snmpChanges, snmpV3Of } from "./snmp-form.ts"

/** What the API's schema rejects of it. */
const rejected = (typed: SnmpTyped): readonly string[] =>
  SnmpV3.nullable()
    .safeParse(snmpV3Of(typed))
    .error?.issues.map(({ path }) => path.join(".")) ?? []

const v3 = {
  ...NO_SNMP,
  snmpVersion: "v3",
  snmpUser: " monitor ",
  authPassword: "12345678",
  privPassword: "abcdefgh",
} as const
const none = {
  hasSnmpCommunity: false,
  snmpVersion: null,
  snmpV3User: null,
  snmpV3AuthProtocol: null,
  snmpV3PrivProtocol: null,
} as const
const saved = {
  ...none,
  snmpV3User: "monitor",
  snmpV3AuthProtocol: "SHA1",
  snmpV3PrivProtocol: "AES128",
} as const
const sent = {
  user: "monitor",
  authPassword: "12345678",
  privPassword: "abcdefgh",
}

test("snmp: v3 wants a user and two passwords of eight characters", () => {
  assert.deepEqual(rejected(v3), [])
  assert.deepEqual(rejected({ ...v3, snmpUser: " ", authPassword: "1234567", privPassword: "" }), [
    "user",
    "authPassword",
    "privPassword",
  ])
  assert.deepEqual(rejected({ ...NO_SNMP, snmpVersion: "v2c" }), [])
})
test("snmp: what was typed for another version is not sent", () => {
  assert.deepEqual(snmpV3Of(v3), sent)
  assert.equal(snmpV3Of({ ...v3, snmpVersion: "v2c" }), null)
})
test("snmp: a saved v3 stays unless one of its three is touched", () => {
  const untouched = { ...v3, snmpUser: "monitor", authPassword: "", privPassword: "" }
  assert.equal(keepsV3(untouched, saved), true)
  assert.equal(keepsV3({ ...untouched, snmpUser: "other" }, saved), false)
  assert.equal(keepsV3({ ...untouched, privPassword: "abcdefgh" }, saved), false)
  assert.deepEqual(snmpChanges(untouched, saved), {})
})
test("snmp: another version takes out what was saved for the one before", () => {
  assert.deepEqual(snmpChanges({ ...NO_SNMP, snmpVersion: "v2c", community: "c" }, saved), {
    snmpV3: null,
    snmpCommunity: "c",
  })
  assert.deepEqual(snmpChanges(v3, { ...none, hasSnmpCommunity: true }), {
    snmpCommunity: null,
    snmpV3: sent,
  })
  assert.deepEqual(snmpChanges(NO_SNMP, { ...saved, hasSnmpCommunity: true }), {
    snmpV3: null,
    snmpCommunity: null,
  })
  assert.deepEqual(snmpChanges(NO_SNMP, none), {})
})
test("snmp: a level without encryption or authentication asks for no password of it, and sends none", () => {
  const authOnly = {
    ...v3,
    authProtocol: "SHA256",
    privProtocol: "none",
    privPassword: "",
  } as const
  assert.deepEqual(rejected(authOnly), [])
  assert.deepEqual(snmpV3Of(authOnly), {
    user: "monitor",
    authProtocol: "SHA256",
    authPassword: "12345678",
    privPassword: null,
  })
  const nothing = { ...v3, authProtocol: "none", authPassword: "", privPassword: "" } as const
  assert.deepEqual(rejected(nothing), [])
  assert.deepEqual(snmpV3Of(nothing), { user: "monitor", authPassword: null, privPassword: null })
})
test("snmp: a protocol that changes takes the passwords with it; what is saved is what the form begins with", () => {
  const typed = savedTyped({ ...saved, snmpV3AuthProtocol: "MD5", snmpV3PrivProtocol: "DES" })
  assert.deepEqual(
    [typed.snmpVersion, typed.authProtocol, typed.privProtocol],
    ["v3", "MD5", "DES"],
  )
  assert.equal(keepsV3(savedTyped(saved), saved), true)
  assert.equal(keepsV3({ ...savedTyped(saved), authProtocol: "SHA512" }, saved), false)
  assert.deepEqual(rejected({ ...savedTyped(saved), authProtocol: "SHA512" }), [
    "authPassword",
    "privPassword",
  ])
  assert.equal(savedTyped({ ...saved, snmpV3PrivProtocol: null }).privProtocol, "none")
})
test("snmp: v1 is sent as the version of its community, and taken back", () => {
  const community = { ...none, hasSnmpCommunity: true }
  assert.deepEqual(snmpChanges({ ...NO_SNMP, snmpVersion: "v1", community: "c" }, none), {
    snmpVersion: "v1",
    snmpCommunity: "c",
  })
  assert.equal(savedTyped({ ...community, snmpVersion: "v1" }).snmpVersion, "v1")
  assert.deepEqual(
    snmpChanges({ ...NO_SNMP, snmpVersion: "v2c" }, { ...community, snmpVersion: "v1" }),
    { snmpVersion: null },
  )
})
