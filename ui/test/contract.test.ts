/**
 * The request bodies of forms match the schemas of the appliance; the UI itself uses only their
 * types.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { CompanionInput, PreviewInput } from "@ispvm/appliance/api/companion"
import { DeviceInput } from "@ispvm/appliance/api/inventory"
import {
  EMPTY_SELF_REPORTING,
  selfReportingBody,
} from "../src/features/add-router/self-reporting-draft.ts"
import {
  desiredConfigOf,
  formOf,
  NEW_HARDEN,
  NEW_NETWATCH,
} from "../src/features/companion/desired-config-form.ts"
import { uuid } from "./make.ts"
import { makeCompanion } from "./make-companion.ts"

test("contract: the desired configuration of a router is previewed and saved", () => {
  const form = formOf(makeCompanion({ release: "7.18.2", releaseFrom: "router" }), { roles: [] })
  const desired = desiredConfigOf(
    { ...form, harden: NEW_HARDEN, netwatch: [{ ...NEW_NETWATCH, name: "a", host: "b" }] },
    null,
  )
  assert.deepEqual(CompanionInput.parse(desired), desired)
  assert.equal(PreviewInput.safeParse({ ...desired, deviceId: uuid(3) }).success, true)
})
test("contract: a router that only reports is one that may be added", () => {
  const body = selfReportingBody({ ...EMPTY_SELF_REPORTING, name: "van-cpe-1" })
  assert.deepEqual(DeviceInput.parse(body), body)
})
