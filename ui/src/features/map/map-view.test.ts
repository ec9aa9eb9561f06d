import assert from "node:assert/strict"
import { test } from "node:test"
import { readView, viewText } from "./map-view.ts"

test("map view: what was written is read back", () => {
  const view = { latitude: 39.12, longitude: 32.86, zoom: 6.5 }
  assert.deepEqual(readView(viewText({ ...view, latitude: 39.12 })), {
    latitude: 39.12,
    longitude: 32.86,
    zoom: 6.5,
  })
})
for (const text of [null, "", "1,2", "a,b,c", "91,0,5", "0,181,5", "0,0,99"])
  test(`map view: ${JSON.stringify(text)} is no view`, () => assert.equal(readView(text), null))
