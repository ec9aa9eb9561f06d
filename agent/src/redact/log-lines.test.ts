import assert from "node:assert/strict"
import { test } from "node:test"
import { type Event, Item } from "@ispvm/wire"
import { pseudonymOf } from "./pseudonyms.ts"
import { createRedactor } from "./redact.ts"

const KEY = Buffer.from("an organisation's key")
const event = (value: object): Item =>
  Item.parse({
    ...{ kind: "event", device: "00000000-0000-4000-8000-000000000001", atMs: 1, name: "log" },
    ...{ id: "00000000-0000-4000-8000-00000000000a", source: "syslog", severity: "info" },
    ...{ interface: null, message: "", attributes: {}, ...value },
  })
const redacted = (value: object, more: object = {}): Event => {
  const redactor = createRedactor({ users: true, addresses: true, key: KEY, ...more })
  redactor.keep(["192.0.2.20"])
  const [shown] = redactor.items([event(value)])
  assert.ok(shown?.kind === "event")
  Item.parse(shown)
  return shown
}

test("the most frequent values of many lines are pseudonyms each, with their counts", () => {
  const { message, attributes } = redacted({
    message: "12 more in 60 s, the last: ayse logged in, 100.64.7.9",
    attributes: {
      ...{ topics: "ppp,info", meaning: "session-up", lines: "12" },
      ...{ user: "ayse (7), mehmet (5)", client: "100.64.7.9 (7), 192.0.2.20 (5)" },
    },
  })
  const [a, b] = ["ayse", "mehmet"].map((name) => pseudonymOf(KEY, name))
  assert.equal(attributes.user, `${a} (7), ${b} (5)`)
  assert.equal(attributes.client, "100.64.7.0 (7), 192.0.2.20 (5)")
  assert.equal(message, `12 more in 60 s, the last: ${a} logged in, 100.64.7.0`)
})

test("values of a notification that may be anything are left out, those of a link stay", () => {
  const unknown = redacted({
    ...{ source: "snmp", message: "SNMP trap 1.3.6.1.4.1.9999.1 1.3.6.1.4.1.9999.2=ayse" },
    attributes: { "1.3.6.1.4.1.9999.2": "ayse", oid: "1.3.6.1.4.1.9999.1" },
  })
  assert.deepEqual(unknown.attributes, { oid: "1.3.6.1.4.1.9999.1" })
  assert.ok(!unknown.message.includes("ayse"))
  const start = redacted({
    ...{ source: "snmp", name: "rebooted", message: "cold start: ayse" },
    attributes: { oid: "1.3.6.1.6.3.1.1.5.1" },
  })
  assert.equal(start.message, "cold start")
  const link = {
    ...{ source: "snmp", name: "link-down", interface: "ether1", message: "ether1 link down" },
    attributes: { ifIndex: "1", "1.3.6.1.2.1.31.1.1.1.1.1": "ether1" },
  }
  assert.deepEqual(redacted(link), event(link))
})

test("a neighbour is known by its address, and the agent's own events are as they were", () => {
  for (const value of [
    {
      ...{ name: "peer-down", message: "peer 192.0.2.21: session closed" },
      attributes: { topics: "bgp,info", protocol: "bgp", address: "192.0.2.21" },
    },
    { source: "snmp", name: "collect-failed", message: "192.0.2.33 does not answer" },
    { message: "neighbor 192.0.2.21 is slow", attributes: { topics: "ospf,warning" } },
  ])
    assert.deepEqual(redacted(value, { users: true }), event(value))
})

test("with addresses alone, names stay and no address of a customer does", () => {
  const { message, attributes } = redacted(
    {
      message: "ayse logged in, 100.64.7.9 from 02:AB:CD:11:22:33.",
      attributes: { topics: "ppp,info", user: "ayse", client: "100.64.7.9" },
    },
    { users: false },
  )
  assert.equal(message, "ayse logged in, 100.64.7.0 from 02:AB:CD:00:00:00.")
  assert.deepEqual(attributes, { topics: "ppp,info", user: "ayse", client: "100.64.7.0" })
})

test("a line of the log menu names as little as the same line by syslog", () => {
  const line = {
    ...{ message: "ayse logged in, 100.64.7.9" },
    attributes: { topics: "ppp,info,account", meaning: "session-up", user: "ayse" },
  }
  const bySyslog = redacted(line)
  const byMenu = redacted({
    ...{ ...line, source: "routeros-api" },
    attributes: { ...line.attributes, menu: "/log" },
  })
  assert.equal(byMenu.message, bySyslog.message)
  assert.ok(!byMenu.message.includes("ayse"))
  assert.equal(byMenu.attributes.user, bySyslog.attributes.user)
  assert.equal(byMenu.attributes.menu, "/log")
})
