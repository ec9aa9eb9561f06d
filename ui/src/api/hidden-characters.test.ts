import assert from "node:assert/strict"
import { test } from "node:test"
import { escapeHidden } from "./hidden-characters.ts"

test("what turns a text around or hides in it is shown by its number", () => {
  assert.equal(escapeHidden('{"name":"core\u202Egnp"}'), '{"name":"core‹U+202E›gnp"}')
  assert.equal(escapeHidden("a\u200Bb\u{E0041}"), "a‹U+200B›b‹U+E0041›")
  assert.equal(escapeHidden("Ağrı می\u200Cخواهم שלום 📡"), "Ağrı می\u200Cخواهم שלום 📡")
})
