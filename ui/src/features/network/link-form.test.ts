import assert from "node:assert/strict"
import { test } from "node:test"
import { makeDevice, makeLink } from "../../../test/make.ts"
import { degrees, emptyLink, linkBody, linkForm } from "./link-form.ts"

const link = makeLink(1, makeDevice(1), makeDevice(2))

test("link form: an unchanged link is sent as it was", () => {
  const input = linkBody(linkForm(link))
  assert.deepEqual(input, {
    body: {
      name: link.name,
      a: { deviceId: link.a.deviceId, interface: link.a.interface },
      b: { deviceId: link.b.deviceId, interface: link.b.interface },
      capacityBps: link.capacityBps,
      medium: link.medium,
    },
  })
})
test("link form: without ends it names both", () => {
  assert.deepEqual(Object.keys("fieldErrors" in linkBody(emptyLink()) ? { a: 0, b: 0 } : {}), [
    "a",
    "b",
  ])
})
test("link form: a device is not joined to itself", () => {
  const input = linkBody(emptyLink("x", "x"))
  assert.ok(
    "fieldErrors" in input &&
      input.fieldErrors.b !== undefined &&
      input.fieldErrors.a === undefined,
  )
})
for (const capacity of ["-1", "0", "fast"])
  test(`link form: ${capacity} is no capacity`, () => {
    const input = linkBody({ ...emptyLink("x", "y"), capacityMbps: capacity })
    assert.ok("fieldErrors" in input && input.fieldErrors.capacityBps !== undefined)
  })
test("link form: a decimal comma is read", () => {
  assert.equal(degrees("39,93", 90), 39.93)
  assert.equal(degrees("", 90), null)
  assert.ok(Number.isNaN(degrees("91", 90)))
  assert.ok(Number.isNaN(degrees("north", 90)))
})
