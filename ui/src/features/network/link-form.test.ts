import assert from "node:assert/strict"
import { test } from "node:test"
import { LinkInput } from "@ispvm/appliance/api/inventory"
import { makeDevice, makeLink } from "../../../test/make.ts"
import { emptyLink, linkBody, linkForm } from "./link-form.ts"

const link = makeLink(1, makeDevice(1), makeDevice(2))

test("link form: an unchanged link is sent as it was", () => {
  assert.deepEqual(linkBody(linkForm(link)), {
    name: link.name,
    a: { deviceId: link.a.deviceId, interface: link.a.interface },
    b: { deviceId: link.b.deviceId, interface: link.b.interface },
    capacityBps: link.capacityBps,
    medium: link.medium,
    tags: [],
  })
})
test("link form: the API's schema rejects a link without ends, at both", () => {
  const { error } = LinkInput.safeParse(linkBody(emptyLink()))
  assert.deepEqual(
    [...new Set(error?.issues.map(({ path }) => path.join(".")))],
    ["a.deviceId", "b.deviceId"],
  )
})
test("link form: a device is not linked to itself", () => {
  const { a } = linkForm(link)
  const { error } = LinkInput.safeParse(linkBody(emptyLink(a.deviceId, a.deviceId)))
  assert.deepEqual(
    error?.issues.map(({ path }) => path.join(".")),
    ["b.deviceId"],
  )
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
