import assert from "node:assert/strict"
import { test } from "node:test"
import { EventName, Source } from "@ispvm/wire"
import { t } from "../src/i18n/strings/strings.ts"
import { eventIcon } from "../src/state/event-icon.ts"

test("terms: every event an agent may tell has words of its own", () => {
  assert.deepEqual(
    EventName.options.filter((name) => t.terms.event(name, "snmp", "") === name),
    [],
  )
})
test("terms: every event has an icon of its own", () => {
  assert.deepEqual(
    EventName.options.filter((name) => eventIcon(name) === "circle-dashed"),
    [],
  )
})
test("terms: every source has a name for people", () =>
  assert.deepEqual(
    Source.options.filter((name) => name !== "agent" && t.terms.source(name) === name),
    [],
  ))
test("terms: a collection event has our text before the router's message; other events only the message", () => {
  assert.equal(
    t.terms.event("collect-ended", "routeros-api", ""),
    "RouterOS API collection was switched off",
  )
  assert.equal(
    t.terms.event("collect-failed", "snmp", "no answer"),
    "SNMP collection failed: no answer",
  )
  assert.equal(t.terms.event("link-down", "syslog", "ether1 link down"), "ether1 link down")
})
