import assert from "node:assert/strict"
import { test } from "node:test"
import { fieldErrorsOf } from "./field-messages.ts"
import { hiddenCharacter } from "./hidden-characters.ts"
import { Line, Note } from "./shared.ts"

const CASES: readonly (readonly [string, string, string | null])[] = [
  ["a plain name", "core-1", null],
  ["letters of many scripts", "Ağrı Çekirdek Łódź 東京 Москва", null],
  ["Persian with its joiner", "می\u200Cخواهم", null],
  ["Hindi with its joiner", "क्\u200Dष", null],
  ["right-to-left letters", "שלום", null],
  ["an emoji", "tower 📡", null],
  ["an override", "core\u202Egnp.1", "U+202E"],
  ["an isolate", "a\u2066b", "U+2066"],
  ["a mark", "a\u200Eb", "U+200E"],
  ["a zero-width space", "co\u200Bre", "U+200B"],
  ["a joiner between Latin letters", "co\u200Dre", "U+200D"],
  ["a byte order mark", "\uFEFFcore", "U+FEFF"],
  ["a soft hyphen", "co\u00ADre", "U+00AD"],
  ["a word joiner", "co\u2060re", "U+2060"],
  ["a tag", "core\u{E0041}", "U+E0041"],
  ["a line separator", "a\u2028b", "U+2028"],
]
for (const [name, text, found] of CASES)
  test(`${name}: ${found ?? "is allowed in a name"}`, () => {
    assert.equal(hiddenCharacter(text), found)
    const given = text.replace(/^\uFEFF/, "x\uFEFF")
    const { success, error } = Line(120).safeParse(given)
    assert.equal(success, found === null)
    if (error !== undefined)
      assert.deepEqual(fieldErrorsOf(error, given), [
        { path: "", code: "field.hidden-character", params: { character: found } },
      ])
  })

test("a note keeps its lines, and is checked in the same way", () => {
  assert.equal(Note.safeParse("one\ntwo\tthree").success, true)
  assert.equal(Note.safeParse("a\u202Eb").success, false)
})
