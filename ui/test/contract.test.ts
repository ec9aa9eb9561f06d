/** What the forms send is what the appliance's own schemas take: the screens know their types alone. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { CompanionInput, PreviewInput } from "@ispvm/appliance/api/companion"
import { DeviceInput } from "@ispvm/appliance/api/inventory"
import { NO_SELF, selfBody } from "../src/pages/add-router/self-draft.ts"
import { formOf, NEW_HARDEN, NEW_WATCH, wishOf } from "../src/pages/companion/wish-form.ts"
import { uuid } from "./make.ts"
import { makeCompanion } from "./make-companion.ts"

test("contract: what is wished of a router may be looked at and kept", () => {
  const form = formOf(makeCompanion({ release: "7.18.2", releaseFrom: "router" }), { roles: [] })
  const wish = wishOf({ ...form, harden: NEW_HARDEN, watches: [{ ...NEW_WATCH, name: "a", host: "b" }] }, null)
  assert.deepEqual(CompanionInput.parse(wish), wish)
  assert.equal(PreviewInput.safeParse({ ...wish, deviceId: uuid(3) }).success, true)
})
test("contract: a router that only reports is one that may be added", () => {
  const body = selfBody({ ...NO_SELF, name: "van-cpe-1" }, null)
  assert.deepEqual(DeviceInput.parse(body), body)
})
