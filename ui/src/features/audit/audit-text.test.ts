import assert from "node:assert/strict"
import { test } from "node:test"
import { AUDIT_ACTIONS } from "@ispvm/appliance/api/audit-actions"
import { makeDevice } from "../../../test/make.ts"
import { englishPages } from "../../i18n/strings/english-pages.ts"
import { turkishPages } from "../../i18n/strings/tr/turkish.ts"
import { NO_FLEET } from "../../state/fleet.ts"
import { actionText, detailLines, originText, subjectOf } from "./audit-text.ts"

test("an action is said in words, by its verb, or as it is called", () => {
  assert.equal(actionText({ action: "permission.denied" }), "was rejected: no permission")
  assert.equal(actionText({ action: "device.changed" }), "changed a device")
  assert.equal(actionText({ action: "device.frobnicated" }), "device.frobnicated")
})

test("every action of the API has a text in every language", () => {
  for (const catalogue of [englishPages.audit, turkishPages.audit])
    assert.deepEqual(Object.keys(catalogue.actions).toSorted(), AUDIT_ACTIONS.toSorted())
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

test("a component of the system is named in the language of the reader", () => {
  const { actor } = turkishPages.audit
  assert.equal(actor("agent ankara"), "ajan ankara")
  assert.equal(actor("companion"), "yönlendirici betiği")
  assert.equal(actor("agent@example.net"), "agent@example.net")
})

test("a row names what it is about and leads there; what is gone keeps its name of that time, or its id", () => {
  const device = makeDevice(1, { name: "ank-core-1" })
  const fleet = { ...NO_FLEET, devices: new Map([[device.id, device]]) }
  const more = new Map([["u-1", "Mehmet Kaya"]])
  const of = (subject: string, subjectId: string, detail: Record<string, unknown> = {}) =>
    subjectOf({ subject, subjectId, detail }, fleet, more)
  assert.deepEqual(of("device", device.id), { name: "ank-core-1", href: `/devices/${device.id}` })
  assert.deepEqual(of("incident", "i-1", { number: 12 }), { name: "#12", href: "/incidents/i-1" })
  assert.deepEqual(of("account", "u-1"), { name: "Mehmet Kaya", href: null })
  assert.deepEqual(of("link", "gone", { name: "a–b" }), { name: "a–b", href: null })
  assert.deepEqual(of("collector", "snmp.health"), {
    name: "CPU, memory and sensors, SNMP",
    href: "/settings",
  })
  assert.equal(of("device", "gone"), null)
  assert.equal(of("route", "POST /devices"), null)
})

test("a refused login says from where it was tried", () => {
  assert.equal(
    originText({ address: null, detail: { address: "192.0.2.7", reason: "wrong-password" } }),
    "from 192.0.2.7",
  )
  assert.equal(originText({ address: "192.0.2.8", detail: {} }), "from 192.0.2.8")
  assert.equal(originText({ address: null, detail: {} }), "by the system")
})
