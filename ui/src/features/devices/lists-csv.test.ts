import assert from "node:assert/strict"
import { test } from "node:test"
import type { Site } from "@ispvm/appliance/api/inventory"
import { makeDevice, makeLink } from "../../../test/make.ts"
import { linksCsv, sitesCsv } from "./lists-csv.ts"

test("sites CSV: in the columns of the import, with the region by name", () => {
  const site: Site = {
    ...{ id: "s1", name: "=Hill", regionId: "r1", latitude: 46.5, longitude: -7.25 },
    ...{ note: 'by the lake, "east"', textEncoding: "windows-1250", tags: ["pop", "tower"] },
  }
  const bare = { ...site, name: "Valley", regionId: null, latitude: null, longitude: null }
  const plain: Site = { ...bare, note: "", textEncoding: null, tags: [] }
  // As in appliance/src/registry/inventory/import-lists.test.ts.
  assert.equal(
    sitesCsv([plain, site], [{ id: "r1", name: "North" }]),
    [
      "name,region,latitude,longitude,tags,text_encoding,note",
      '\'=Hill,North,46.5,-7.25,pop;tower,windows-1250,"by the lake, ""east"""',
      "Valley,,,,,,",
      "",
    ].join("\r\n"),
  )
})

test("links CSV: in the columns of the import, and what was measured beside", () => {
  const link = {
    ...makeLink(1, makeDevice(1), makeDevice(2)),
    a: { deviceId: "a", deviceName: "a1", interfaceId: 1, interface: "-uplink" },
    ...{ tags: ["core", "ring"], capacityBps: 1e9, medium: "fibre" as const, bToABps: null },
  }
  const [header, line, end] = linksCsv([link]).split("\r\n")
  assert.equal(
    header,
    "name,a_device,a_interface,b_device,b_interface,capacity_bps,medium,tags,status,a_to_b_bps,b_to_a_bps",
  )
  const cells = line?.split(",") ?? []
  assert.deepEqual([cells[1], cells[2]], ["a1", "'-uplink"])
  assert.deepEqual(cells.slice(5, 8), ["1000000000", "fibre", "core;ring"])
  assert.deepEqual([cells[10], end], ["", ""])
})
