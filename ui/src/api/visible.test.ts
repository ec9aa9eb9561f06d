import assert from "node:assert/strict"
import { test } from "node:test"
import { visible } from "./visible.ts"

test("what turns a text around or hides in it is shown by its number", () => {
  assert.equal(visible('{"name":"core\u202Egnp"}'), '{"name":"core‹U+202E›gnp"}')
  assert.equal(visible("a\u200Bb\u{E0041}"), "a‹U+200B›b‹U+E0041›")
  assert.equal(visible("Ağrı می\u200Cخواهم שלום 📡"), "Ağrı می\u200Cخواهم שלום 📡")
})
