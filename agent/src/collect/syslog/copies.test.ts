import assert from "node:assert/strict"
import { test } from "node:test"
import { DeviceId } from "@ispvm/wire"
import { createCopies } from "./copies.ts"

const device = DeviceId.parse("0b7f6a57-3c3f-4d0c-9a43-5d3a3c7b1f10")
const other = DeviceId.parse("0b7f6a57-3c3f-4d0c-9a43-5d3a3c7b1f11")

test("one line by two paths is one, whichever is first", () => {
  const isCopy = createCopies()
  assert.equal(isCopy(device, "ether1 link down", "menu", 0), false)
  assert.equal(isCopy(device, "ether1 link down", "syslog", 5), true)
  assert.equal(isCopy(device, "ether1 link up", "syslog", 10), false)
  assert.equal(isCopy(device, "ether1 link up", "menu", 20), true)
})

test("two equal lines by each path are two, and a lost one is still one", () => {
  const isCopy = createCopies()
  const seen = [
    ["menu", false],
    ["menu", false],
    ["syslog", true],
    ["syslog", true],
    ["menu", false],
  ] as const
  for (const [path, expected] of seen) assert.equal(isCopy(device, "x", path, 0), expected)
})

test("a prefix of a logging rule is not part of the line", () => {
  const isCopy = createCopies()
  isCopy(device, "router rebooted", "menu", 0)
  assert.equal(isCopy(device, "edge: router rebooted", "syslog", 0), true)
})

test("an old line, and one of another device, is no copy", () => {
  const isCopy = createCopies()
  isCopy(device, "x", "menu", 0)
  isCopy(other, "y", "menu", 0)
  assert.equal(isCopy(other, "x", "syslog", 0), false)
  assert.equal(isCopy(device, "x", "syslog", 10_001), false)
})

test("lines of a device whose log is not read are not kept", () => {
  const isCopy = createCopies()
  assert.equal(isCopy(device, "x", "syslog", 0), false)
  assert.equal(isCopy(device, "x", "menu", 0), false)
})
