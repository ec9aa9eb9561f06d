import assert from "node:assert/strict"
import { test } from "node:test"
import { listKindOf } from "./list-kind.ts"

const CASES = [
  ["", "devices"],
  ["name,address\na,192.0.2.1", "devices"],
  ["name,site\n", "devices"],
  ["name\nHill", "devices"],
  ["Name;Latitude;Longitude\nHill;1;2", "sites"],
  ["\uFEFFsep=;\r\n\r\nname;region;latitude;longitude;tags;text_encoding;note\r\n", "sites"],
  ['"name","a_device","a_interface"', "links"],
  ["A device\tB device", "links"],
] as const
for (const [csv, kind] of CASES)
  test(`a list that begins with ${JSON.stringify(csv.slice(0, 24))} is one of ${kind}`, () =>
    assert.equal(listKindOf(csv), kind))
