import assert from "node:assert/strict"
import { test } from "node:test"
import { makeDevice } from "../../../test/make.ts"
import { devicesCsv } from "./devices-csv.ts"

test("devices CSV: a header, a line a device, nothing where nothing was measured", () => {
  const tagged = { siteId: "s1", tags: ["customer:acme", "tower"] }
  const sites = new Map([["s1", { tags: ["pop", "north"] }]])
  const [header, line, end] = devicesCsv(
    [makeDevice(1, { rttMs: null, roles: ["core", "edge"], lastSeenAtMs: 0, ...tagged })],
    sites,
  ).split("\r\n")
  const cells = line?.split(",") ?? []
  const at = (name: string) => cells[header?.split(",").indexOf(name) ?? -1]
  assert.equal(at("roles"), "core;edge")
  assert.equal(at("tags"), "customer:acme;tower")
  assert.equal(at("site_tags"), "pop;north")
  assert.equal(at("ping.rtt_ms"), "")
  assert.notEqual(at("address"), "")
  assert.equal(at("last_seen"), "1970-01-01T00:00:00.000Z")
  assert.equal(end, "")
})

test("devices CSV: a router that only reports has no address, and none is made up", () =>
  assert.doesNotMatch(devicesCsv([makeDevice(1, { address: "0.0.0.0" })], new Map()), /0\.0\.0\.0/))

test("devices CSV: the import knows its columns, and what would be a formula is guarded", () => {
  const device = makeDevice(1, { name: "=cmd|' /C calc'!A0", siteName: "-Hill" })
  const [header, line] = devicesCsv([device], new Map()).split("\r\n")
  // As in appliance/src/registry/inventory/import-csv.test.ts.
  assert.equal(
    header,
    "name,address,status,reason,site,roles,tags,site_tags,board,release,device.uptime_s,device.cpu_pct,device.memory_pct,ping.loss_pct,ping.rtt_ms,rx_bps,tx_bps,last_seen",
  )
  assert.ok(line?.startsWith("'=cmd|' /C calc'!A0,"), line)
  assert.ok(line?.includes(",'-Hill,"), line)
})
