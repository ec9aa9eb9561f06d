import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { matchPath } from "./router.ts"

const ROWS = ["/", "/devices", "/devices/new", "/devices/:id/connect", "/devices/:id"].map(
  (path) => ({ path }),
)
const matched = (pathname: string) => {
  const found = matchPath(ROWS, pathname)
  return found === null ? null : [found.row.path, found.params]
}

test("router: the first row that fits is taken, with its parameters", () => {
  assert.deepEqual(matched("/"), ["/", {}])
  assert.deepEqual(matched("/devices"), ["/devices", {}])
  assert.deepEqual(matched("/devices/"), ["/devices", {}])
  assert.deepEqual(matched("/Devices"), ["/devices", {}])
  assert.deepEqual(matched("/devices/new"), ["/devices/new", {}])
  assert.deepEqual(matched("/devices/7"), ["/devices/:id", { id: "7" }])
  assert.deepEqual(matched("/devices/7/connect"), ["/devices/:id/connect", { id: "7" }])
  for (const none of ["/device", "/devices/7/8", "/devices/7/connect/9", "/devices//connect"])
    assert.equal(matched(none), null, none)
})

test("router: a parameter is what was put in, whatever that is", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (id) => {
      assert.deepEqual(matched(`/devices/${encodeURIComponent(id)}/connect`), [
        "/devices/:id/connect",
        { id },
      ])
    }),
  )
  assert.deepEqual(matched("/devices/%E0%A4%A"), ["/devices/:id", { id: "%E0%A4%A" }])
})
