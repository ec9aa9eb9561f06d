import assert from "node:assert/strict"
import { test } from "node:test"
import { makeDevice, makeIncident, makeLink, sentence } from "../../../test/make.ts"
import { busiestLinks, changesOf, figuresOf } from "./figures.ts"

const status = (word: "ok" | "down" | "degraded") => ({
  status: word,
  reason: word,
  message: { code: "status.no-recent-data", params: {} } as const,
  sinceMs: 0,
})
const one = makeDevice(1, { rttMs: 10 })
const two = makeDevice(2, { rttMs: 30, status: status("degraded") })
const three = makeDevice(3, { rttMs: 99, status: status("down") })
const link = makeLink(1, one, two, { aToBBps: 5, bToABps: null })
const fleet = {
  devices: new Map([one, two, three].map((each) => [each.id, each])),
  links: new Map([[link.id, link]]),
}

test("overview: a degraded device still answers, a down one does not", () => {
  const { devices } = figuresOf(fleet)
  assert.deepEqual([devices.all, devices.up], [3, 2])
})
test("overview: a self-reporting router is up, and counted apart from those that answer", () => {
  const self = makeDevice(4, {
    agentId: null,
    rttMs: null,
    status: { ...status("ok"), reason: "reports" },
  })
  const { devices } = figuresOf({ ...fleet, devices: new Map([[self.id, self]]) })
  assert.deepEqual([devices.up, devices.reportOnly], [1, 1])
})
test("overview: the median round trip leaves out who does not answer", () =>
  assert.equal(figuresOf(fleet).rttMs, 10))
test("overview: traffic is null where nothing is measured, never zero", () => {
  assert.equal(figuresOf(fleet).trafficBps, 5)
  assert.equal(figuresOf({ ...fleet, links: new Map() }).trafficBps, null)
})
test("overview: a closed incident is two changes, and old ones are left out", () => {
  const incident = makeIncident(1, { openedAtMs: 10, closedAtMs: 20 })
  assert.deepEqual(
    changesOf([incident], [], 0).map((change) => change.status),
    ["ok", "down"],
  )
  assert.equal(changesOf([incident], [], 15).length, 1)
})

test("overview: routine events are no change, a link that went down is", () => {
  const row = {
    receivedAtMs: 5,
    deviceId: one.id,
    deviceName: one.name,
    severity: "info",
    interface: null,
  }
  const events = [
    {
      ...row,
      id: "a",
      atMs: 5,
      name: "login",
      source: "syslog",
      message: "user monitor logged in",
    },
    { ...row, id: "b", atMs: 6, name: "link-down", source: "syslog", message: "ether1 link down" },
    { ...row, id: "c", atMs: 7, name: "collect-failed", source: "snmp", message: "" },
  ]
  assert.deepEqual(
    changesOf([], events, 0).map((change) => change.text),
    ["SNMP collection failed", "ether1 link down"],
  )
})
test("overview: an unreachable link is not up, nor is it down itself; its last load is not counted", () => {
  const downstream = { ...link, id: "l2", status: status("down") }
  const { links, trafficBps } = figuresOf({
    ...fleet,
    links: new Map([
      [link.id, link],
      [downstream.id, downstream],
    ]),
  })
  assert.deepEqual([links.all, links.up, links.by.get("down"), trafficBps], [2, 1, 1, 5])
})

test("overview: devices that are not evaluated count as neither up nor down", () => {
  const unprobed = makeDevice(7, {
    status: {
      status: "unknown",
      reason: "agent-offline",
      message: { code: "status.no-recent-data", params: {} } as const,
      sinceMs: 0,
    },
    agentId: null,
  })
  const { devices, links } = figuresOf({
    devices: new Map([[unprobed.id, unprobed]]),
    links: new Map(),
  })
  assert.deepEqual([devices.up, devices.withoutAgent, links.up], [null, 1, 0])
})
test("overview: one story is one line: a method that fails on many, the ports of a reboot, a port that flaps", () => {
  const row = { receivedAtMs: 0, severity: "info", message: "", source: "snmp" }
  const names = { "1": "one", "2": "two", "3": "three", "4": "four" }
  const event = (atS: number, deviceId: keyof typeof names, name: string, port?: string) => ({
    ...row,
    ...{ id: String(atS), atMs: atS * 1_000, name, deviceId, deviceName: names[deviceId] },
    interface: port ?? null,
  })
  const events = [
    event(60, "1", "collect-failed"),
    event(61, "2", "collect-failed"),
    event(62, "3", "link-down", "ether1"),
    event(63, "3", "link-up", "ether2"),
    event(64, "4", "link-down", "ether1"),
    event(65, "4", "link-up", "ether1"),
    event(900, "4", "link-up", "ether1"),
  ]
  assert.deepEqual(
    changesOf([], events, 0).map((change) => `${change.deviceName}: ${change.text}`),
    [
      "four: Link up",
      "four: Link up (after 1 earlier change)",
      "three: 2 ports changed state, 2 times in total",
      ": SNMP collection failed on 2 devices",
    ],
  )
})

test("overview: a method that fails because of an open incident is shown with it", () => {
  const incident = makeIncident(1, { openedAtMs: 100_000, title: sentence("r-1 is down") })
  const row = {
    receivedAtMs: 0,
    name: "collect-failed",
    severity: "info",
    message: "",
    source: "snmp",
    deviceName: "r",
    interface: null,
  }
  const events = [
    { ...row, id: "a", atMs: 101_000, deviceId: "1" },
    { ...row, id: "b", atMs: 20_000, deviceId: "1" },
    { ...row, id: "c", atMs: 500_000, deviceId: "2" },
  ]
  assert.deepEqual(
    changesOf([incident], events, 0, (id) => (id === "1" ? incident.id : null)).map(
      (change) => change.text,
    ),
    [
      "SNMP collection failed",
      "r-1 is down. 1 other method failed at the same time",
      "SNMP collection failed",
    ],
  )
})

test("overview: the link nearest to its limit comes first, one of unknown capacity last", () => {
  const full = makeLink(2, one, two, { capacityBps: 10, aToBBps: 1, bToABps: 9 })
  const wide = makeLink(3, one, two, { capacityBps: 1_000, aToBBps: 100, bToABps: 0 })
  const unknown = makeLink(4, one, two, { capacityBps: null, aToBBps: 5_000 })
  const cut = makeLink(5, one, two, { status: status("down") })
  const found = busiestLinks([wide, unknown, cut, full])
  assert.deepEqual(
    found.map((each) => each.ratio),
    [0.9, 0.1, null],
  )
})
test("overview: a self-reporting router is monitored without an agent", () => {
  const own = makeDevice(1, {
    agentId: null,
    sources: [{ source: "push", lastAtMs: 1, problem: null }],
  })
  const nobodys = makeDevice(2, { agentId: null })
  const devices = new Map([own, nobodys].map((each) => [each.id, each]))
  assert.equal(figuresOf({ devices, links: new Map() }).devices.withoutAgent, 1)
})
