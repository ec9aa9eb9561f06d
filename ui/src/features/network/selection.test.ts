import assert from "node:assert/strict"
import { test } from "node:test"
import { readSelection, selectionQuery } from "./selection.ts"

test("selection: what the address says is read, an empty word is nothing", () => {
  assert.deepEqual(readSelection(new URLSearchParams("site=s1&at=1,2,3")), {
    kind: "site",
    id: "s1",
  })
  assert.deepEqual(readSelection(new URLSearchParams("link=")), { kind: "none" })
})
test("selection: choosing one thing lets go of the others", () => {
  assert.deepEqual(selectionQuery({ kind: "link", id: "l1" }), {
    link: "l1",
    device: "",
    site: "",
    agent: "",
  })
  assert.deepEqual(Object.values(selectionQuery({ kind: "none" })).join(""), "")
})
