import assert from "node:assert/strict"
import { test } from "node:test"
import { makeDevice } from "../../../test/make.ts"
import { applyFilter, readFilter, shownTags } from "./filter.ts"

const devices = [
  makeDevice(1, {
    name: "ank-core-1",
    siteId: null,
    siteName: null,
    roles: ["core"],
    tags: ["radio", "pop"],
  }),
  makeDevice(2, {
    name: "izm-edge-1",
    siteId: "s2",
    siteName: "Izmir",
    roles: ["edge", "border"],
    tags: ["radio"],
    status: {
      status: "down",
      reason: "x",
      message: { code: "status.no-recent-data", params: {} },
      sinceMs: 0,
    },
  }),
]
const sites = new Map([["s2", { tags: ["coast"] }]])
const seen = (query: string): string[] =>
  applyFilter(devices, readFilter(new URLSearchParams(query)), sites).rows.map((row) => row.name)

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
  const { counts } = applyFilter(devices, readFilter(new URLSearchParams("status=down")), sites)
  assert.equal(counts.get("ok"), 1)
})
test("devices: any of the tags fits, of the device or of its site, and words find them", () => {
  assert.deepEqual(seen("tag=pop"), ["ank-core-1"])
  assert.deepEqual(seen("tag=coast"), ["izm-edge-1"])
  assert.equal(seen("tag=pop,coast").length, 2)
  assert.deepEqual(seen("tag=fibre"), [])
  assert.deepEqual(seen("q=coast"), ["izm-edge-1"])
})
test("devices: tag chips count what they would show beside the chosen ones", () => {
  const countsOf = (query: string) =>
    Object.fromEntries(
      applyFilter(devices, readFilter(new URLSearchParams(query)), sites).tagCounts,
    )
  assert.deepEqual(countsOf("tag=pop"), { radio: 2, pop: 1, coast: 1 })
  assert.deepEqual(countsOf("status=down"), { radio: 1, coast: 1 })
})
test("devices: the tags of most devices have chips, the chosen ones always", () => {
  const many = new Map(Array.from({ length: 20 }, (_, n) => [`t${n}`, 20 - n]))
  assert.deepEqual(shownTags(new Set(), many), ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7"])
  assert.deepEqual(shownTags(new Set(["t15", "gone"]), many).slice(0, 3), ["gone", "t15", "t0"])
  assert.deepEqual(shownTags(new Set(), new Map()), [])
})
