import assert from "node:assert/strict"
import { test } from "node:test"
import { hasAddress } from "../../i18n/format/address.ts"
import { EMPTY_SELF_REPORTING, selfReportingBody } from "./self-reporting-draft.ts"

test("self: a router with a name alone is asked by nobody", () => {
  const body = selfReportingBody({ ...EMPTY_SELF_REPORTING, name: " van-cpe-1 " })
  assert.deepEqual(
    [body.name, body.agentId, body.methods.icmp, body.methods.routerosApi],
    ["van-cpe-1", null, false, null],
  )
  assert.equal(hasAddress(body.address), false)
})
test("self: an address that was typed is kept for people", () =>
  assert.equal(
    hasAddress(
      selfReportingBody({ ...EMPTY_SELF_REPORTING, name: "a", address: " 10.0.0.9 " }).address,
    ),
    true,
  ))
