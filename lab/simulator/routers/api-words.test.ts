import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { matches } from "./api-query.ts"
import { encodeSentence, MAX_WORD_BYTES, SentenceReader } from "./api-words.ts"

test("a sentence is length, bytes, and a zero at its end", () => {
  assert.equal(
    encodeSentence(["/login", "=name=é"]).toString("hex"),
    "062f6c6f67696e083d6e616d653dc3a900",
  )
})

const lengths: [number, string][] = [
  [0x7f, "7f"],
  [0x80, "8080"],
  [0x3fff, "bfff"],
  [0x4000, "c04000"],
]
for (const [length, prefix] of lengths)
  test(`a word of ${length} bytes begins with ${prefix}`, () => {
    const bytes = encodeSentence(["x".repeat(length)])
    assert.equal(bytes.subarray(0, prefix.length / 2).toString("hex"), prefix)
    assert.deepEqual(new SentenceReader().push(bytes), [["x".repeat(length)]])
  })

test("any split of the bytes gives the same sentences", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.array(fc.string({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 6 }),
        { maxLength: 6 },
      ),
      fc.integer({ min: 1, max: 9 }),
      (sentences, step) => {
        const bytes = Buffer.concat(sentences.map(encodeSentence))
        const reader = new SentenceReader()
        const got: string[][] = []
        for (let at = 0; at < bytes.length; at += step)
          got.push(...reader.push(bytes.subarray(at, at + step)))
        assert.deepEqual(
          got,
          sentences.map((words) => words.map((word) => Buffer.from(word).toString("utf8"))),
        )
      },
    ),
  ))

test("empty sentences are skipped", () => {
  assert.deepEqual(new SentenceReader().push(Buffer.from([0, 0, 2, 0x2f, 0x61, 0])), [["/a"]])
})

test("a control byte and an endless word end the connection", () => {
  assert.throws(() => new SentenceReader().push(Buffer.from([0xf8])), /control byte/)
  const length = Buffer.alloc(5)
  length[0] = 0xf0
  length.writeUInt32BE(MAX_WORD_BYTES + 1, 1)
  assert.throws(() => new SentenceReader().push(length), /too long/)
})

const row = { name: "ether1", running: "true", "rx-byte": "900", comment: "to core" }
const queries: [string[], boolean][] = [
  [[], true],
  [["name"], true],
  [["=running=yes"], true],
  [["running=no"], false],
  [["mtu"], false],
  [["-mtu"], true],
  [["name=ether1"], true],
  [["=name=ether2"], false],
  [[">rx-byte=1000"], false],
  [["<rx-byte=1000"], true],
  [["name=ether1", "running=false"], false],
  [["name=ether2", "running=true", "#|"], true],
  [["name=ether2", "#!"], true],
  [["name=ether1", "running=true", "#&!"], false],
  [["name=ether1", "#.&"], true],
  [["comment=to core"], true],
]
for (const [words, want] of queries)
  test(`the query ${words.join(" ") || "(none)"} is ${want}`, () =>
    assert.equal(matches(words, row), want))
