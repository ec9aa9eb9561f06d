/** A part of `npm run recordings` that takes seconds. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { recordingsFolder } from "../config.ts"
import { KINDS } from "./kinds.ts"
import { type Finding, tableOf, tallyBy } from "./result.ts"

const FAST = [
  "mikrotik/routeros_crs317",
  "mikrotik/routeros_ltap-mini",
  "mikrotik/routeros_wifi",
  "mikrotik/swos",
  "other-vendors/airos",
  "other-vendors/aviat-wtm",
  "other-vendors/iosxe_isr4321",
  "other-vendors/junos_mx",
  "other-vendors/vrp_ne8000",
  "other-vendors/zxa10_c320",
]
const folder = recordingsFolder()

for (const name of FAST)
  test(`recorded: ${name}`, {
    skip: folder === undefined && "ISPVM_RECORDINGS is not set",
  }, async () => {
    const kind = KINDS.find((each) => each.name === "snmp")
    const findings = (await kind?.compare(folder ?? "", name)) ?? []
    assert.notEqual(findings.length, 0)
    assert.deepEqual(
      findings.filter(({ cause }) => cause === "ours"),
      [],
    )
    assert.ok(findings.some(({ cause }) => cause === null))
  })

test("a table counts each cause, and a difference that is ours stays visible", () => {
  const base = { device: "d", vendor: "V", family: "sensor", what: "w" }
  const findings: Finding[] = [
    { ...base, cause: null },
    { ...base, cause: "ours" },
  ]
  const [head, line] = tableOf(
    "family",
    tallyBy(findings, ({ family }) => family),
  ).split("\n")
  assert.match(head ?? "", /^family +expected +right +unit +on purpose +masked +ours$/)
  assert.match(line ?? "", /^sensor +2 +1 +0 +0 +0 +1$/)
})
