import assert from "node:assert/strict"
import { test } from "node:test"
import { makeDevice } from "../../../test/make.ts"
import { applyFilter, readFilter } from "./filter.ts"

const devices = [
  makeDevice(1, { name: "ank-core-1", siteId: null, siteName: null, roles: ["core"] }),
  makeDevice(2, {
    name: "izm-edge-1",
    siteId: "s2",
    siteName: "Izmir",
    roles: ["edge", "border"],
    status: {
      status: "down",
      reason: "x",
      message: { code: "status.no-recent-data", params: {} },
      sinceMs: 0,
    },
  }),
]
const seen = (query: string): string[] =>
  applyFilter(devices, readFilter(new URLSearchParams(query))).rows.map((row) => row.name)

test("devices: without a filter all are seen", () => assert.equal(seen("").length, 2))
test("devices: several statuses add up", () => {
  assert.deepEqual(seen("status=down"), ["izm-edge-1"])
  assert.equal(seen("status=down,ok").length, 2)
})
test("devices: any of a device's roles fits", () =>
  assert.deepEqual(seen("role=border"), ["izm-edge-1"]))
test("devices: those without a site can be asked for", () =>
  assert.deepEqual(seen("site=none"), ["ank-core-1"]))
test("devices: those nobody watches can be asked for", () => {
  assert.deepEqual(seen("agent=none"), [])
  assert.equal(seen("agent=00000000-0000-4000-8000-000000001f40").length, 2)
})
test("devices: words are looked for in name, address and site", () =>
  assert.deepEqual(seen("q=izmir+edge"), ["izm-edge-1"]))
test("devices: chips count what they would show", () => {
  const { counts } = applyFilter(devices, readFilter(new URLSearchParams("status=down")))
  assert.equal(counts.get("ok"), 1)
})
