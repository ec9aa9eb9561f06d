import assert from "node:assert/strict"
import { test } from "node:test"
import { LinkInput } from "@ispvm/appliance/api/inventory"
import { makeDevice, makeLink } from "../../../test/make.ts"
import { degrees, emptyLink, linkBody, linkForm, linkRules } from "./link-form.ts"

const link = makeLink(1, makeDevice(1), makeDevice(2))

test("link form: an unchanged link is sent as it was", () => {
  assert.deepEqual(linkBody(linkForm(link)), {
    name: link.name,
    a: { deviceId: link.a.deviceId, interface: link.a.interface },
    b: { deviceId: link.b.deviceId, interface: link.b.interface },
    capacityBps: link.capacityBps,
    medium: link.medium,
  })
})
test("link form: the API's schema rejects a link without ends, at both", () => {
  const { error } = LinkInput.safeParse(linkBody(emptyLink()))
  assert.deepEqual(
    error?.issues.map(({ path }) => path.join(".")),
    ["a.deviceId", "b.deviceId"],
  )
})
test("link form: a device is not linked to itself", () => {
  assert.deepEqual(
    linkRules(emptyLink("x", "x")).map(({ path }) => path),
    ["b"],
  )
  assert.deepEqual(linkRules(emptyLink("x", "y")), [])
})
for (const capacity of ["-1", "0", "fast"])
  test(`link form: ${capacity} is no capacity`, () => {
    const { a, b } = linkForm(link)
    const body = linkBody({ ...emptyLink(a.deviceId, b.deviceId), capacityMbps: capacity })
    const { error } = LinkInput.safeParse(body)
    assert.deepEqual(
      error?.issues.map(({ path }) => path.join(".")),
      ["capacityBps"],
    )
  })
test("link form: a decimal comma is read", () => {
  assert.equal(degrees("39,93", 90), 39.93)
  assert.equal(degrees("", 90), null)
  assert.ok(Number.isNaN(degrees("91", 90)))
  assert.ok(Number.isNaN(degrees("north", 90)))
})
