import assert from "node:assert/strict"
import { test } from "node:test"
import { makeDevice } from "../../../test/make.ts"
import { NO_FLEET } from "../../state/fleet.ts"
import { actionText, detailLines, originText, spanMs, subjectOf } from "./audit-text.ts"

test("an action is said in words, by its verb, or as it is called", () => {
  assert.equal(
    actionText({ action: "permission.denied", subject: "route" }),
    "was rejected: no permission",
  )
  assert.equal(actionText({ action: "device.changed", subject: "device" }), "changed device")
  assert.equal(
    actionText({ action: "device.frobnicated", subject: "device" }),
    "device.frobnicated",
  )
})

test("a change shows both sides, and what is empty is left out", () => {
  const lines = detailLines({
    name: { before: "a", after: "b" },
    note: "",
    roles: [],
    count: 3,
    site: null,
  })
  assert.deepEqual(lines, [
    ["name", "a → b"],
    ["count", "3"],
  ])
})

test("a span is a number of days, or all there is", () => {
  assert.equal(spanMs("day"), 86_400_000)
  assert.equal(spanMs(""), null)
})

test("a row names what it is about and leads there; what is gone keeps its id", () => {
  const device = makeDevice(1, { name: "ank-core-1" })
  const fleet = { ...NO_FLEET, devices: new Map([[device.id, device]]) }
  assert.deepEqual(subjectOf({ subject: "device", subjectId: device.id }, fleet), {
    name: "ank-core-1",
    href: `/devices/${device.id}`,
  })
  assert.equal(subjectOf({ subject: "device", subjectId: "gone" }, fleet), null)
  assert.equal(subjectOf({ subject: "route", subjectId: "POST /devices" }, fleet), null)
})

test("a refused login says from where it was tried", () => {
  assert.equal(
    originText({ address: null, detail: { address: "192.0.2.7", reason: "wrong-password" } }),
    "from 192.0.2.7",
  )
  assert.equal(originText({ address: "192.0.2.8", detail: {} }), "from 192.0.2.8")
  assert.equal(originText({ address: null, detail: {} }), "by the system")
})
