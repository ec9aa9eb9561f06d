import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { decodeText } from "../../text/decoder.ts"
import { encodeLength, encodeSentence, prefixBytes } from "./words.ts"

/** Written by hand from the manual's table. */
const lengths: [number, number[]][] = [
  [0, [0x00]],
  [1, [0x01]],
  [0x7f, [0x7f]],
  [0x80, [0x80, 0x80]],
  [0x3fff, [0xbf, 0xff]],
  [0x4000, [0xc0, 0x40, 0x00]],
  [0x1f_ffff, [0xdf, 0xff, 0xff]],
  [0x20_0000, [0xe0, 0x20, 0x00, 0x00]],
  [0xfff_ffff, [0xef, 0xff, 0xff, 0xff]],
  [0x1000_0000, [0xf0, 0x10, 0x00, 0x00, 0x00]],
  [0xffff_ffff, [0xf0, 0xff, 0xff, 0xff, 0xff]],
]
for (const [length, bytes] of lengths)
  test(`a length of ${length} takes ${bytes.length} bytes`, () => {
    assert.deepEqual([...encodeLength(length)], bytes)
    assert.equal(prefixBytes(bytes[0] ?? 0), bytes.length)
  })

test("0xF8 and above are control bytes, not lengths", () => {
  for (let first = 0xf8; first <= 0xff; first++) assert.equal(prefixBytes(first), null)
})

test("a sentence is one buffer that ends with a zero", () => {
  assert.deepEqual([...encodeSentence(["/a", "=b="])], [2, 0x2f, 0x61, 3, 0x3d, 0x62, 0x3d, 0])
})

test("an empty word is rejected, because it would end the sentence", () => {
  assert.throws(() => encodeSentence(["/login", ""]), RangeError)
})

test("text is UTF-8 if it is valid, else windows-1252", () => {
  assert.equal(decodeText(Buffer.from("Łódź 中")), "Łódź 中")
  assert.equal(decodeText(Buffer.from([0x4d, 0xfc, 0x6e, 0x63, 0x68, 0x65, 0x6e])), "München")
  assert.equal(decodeText(Buffer.from([0x80, 0x93, 0x94])), "€“”")
})

test("no bytes make it throw, and UTF-8 is unchanged", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof decodeText(bytes) === "string"))
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => decodeText(Buffer.from(text)) === text),
  )
})
