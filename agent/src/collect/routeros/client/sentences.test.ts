import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { sentence } from "../../../../test/fake-router.ts"
import { SENTENCE_LIMITS, SentenceError, SentenceReader } from "./sentences.ts"
import { encodeSentence } from "./words.ts"

const textsOf = (reader: SentenceReader, chunk: Buffer): string[][] =>
  [...reader.push(chunk)].map((words) => words.map((each) => each.toString("utf8")))

const chunksOf = (bytes: Buffer, size: number): Buffer[] => {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}

const longWord = `=comment=${"x".repeat(20_000)}`
const stream = Buffer.concat([
  sentence("!re", "=name=ether1", "=comment=a=b\nc", "=empty="),
  Buffer.of(0), // An empty sentence.
  sentence("!re", `=comment=${"ä".repeat(200)}`),
  encodeSentence(["!re", longWord]),
  sentence("!done"),
])
const whole = textsOf(new SentenceReader(), stream)

test("sentences are read as they were written, without the empty ones", () => {
  assert.equal(whole.length, 4)
  assert.deepEqual(whole[0], ["!re", "=name=ether1", "=comment=a=b\nc", "=empty="])
  assert.equal(whole[2]?.[1], longWord)
})

for (const size of [1, 2, 3, 7, 1_460])
  test(`pieces of ${size} bytes give the same sentences`, () => {
    const reader = new SentenceReader()
    assert.deepEqual(
      chunksOf(stream, size).flatMap((chunk) => textsOf(reader, chunk)),
      whole,
    )
    assert.equal(reader.isAtBoundary, true)
  })

test("any split gives the same sentences", () => {
  const words = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), {
    minLength: 0,
    maxLength: 6,
  })
  fc.assert(
    fc.property(
      fc.array(words, { maxLength: 6 }),
      fc.array(fc.nat({ max: 4_000 }), { maxLength: 30 }),
      (sentences, cuts) => {
        const expected = sentences.map((each) => [
          Buffer.from("!re"),
          ...each.map((bytes) => Buffer.from(bytes)),
        ])
        const bytes = Buffer.concat(expected.map((each) => sentence(...each)))
        const reader = new SentenceReader()
        const edges = [
          0,
          ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b),
          bytes.length,
        ]
        const got = edges
          .slice(1)
          .flatMap((edge, index) => [...reader.push(bytes.subarray(edges[index], edge))])
        assert.deepEqual(
          got.map((each) => each.map((part) => part.toString("hex"))),
          expected.map((each) => each.map((part) => part.toString("hex"))),
        )
      },
    ),
    { numRuns: 200 },
  )
})

test("words of 1, 2 and 20 MB arrive complete, in pieces as TCP delivers them", () => {
  for (const megabytes of [1, 2, 20]) {
    const value = Buffer.alloc(megabytes * 1024 * 1024, "v")
    const reader = new SentenceReader()
    const [got] = chunksOf(encodeSentence(["!re", `=f=${value}`]), 65_536).flatMap((chunk) => [
      ...reader.push(chunk),
    ])
    assert.equal(got?.[1]?.length, value.length + 3)
  }
})

test("the longest form of the length is read", () => {
  const reader = new SentenceReader()
  const bytes = Buffer.concat([Buffer.of(0xf0, 0, 0, 0, 5), Buffer.from("!done"), Buffer.of(0)])
  assert.deepEqual(textsOf(reader, bytes), [["!done"]])
})

const rejected: [string, Buffer][] = [
  ["a control byte", Buffer.of(0xf8)],
  ["a control byte after a good word", Buffer.of(3, 0x21, 0x72, 0x65, 0xff)],
  ["a word announced beyond 64 MB", Buffer.of(3, 0x21, 0x72, 0x65, 0xe4, 0x00, 0x00, 0x01)],
  ["a word announced at 4 GB", Buffer.of(0xf0, 0xff, 0xff, 0xff, 0xff)],
  ["an SSH banner", Buffer.from("SSH-2.0-ROSSSH\r\n")],
  ["an HTTP answer", Buffer.from("HTTP/1.1 400 Bad Request\r\n")],
  ["a TLS alert", Buffer.of(0x15, 3, 1, 0, 2, 2, 70)],
]
for (const [name, bytes] of rejected)
  test(`${name} is rejected`, () => {
    assert.throws(() => [...new SentenceReader().push(bytes)], SentenceError)
  })

test("sentences have a limit of words and of bytes", () => {
  const few = new SentenceReader({ ...SENTENCE_LIMITS, sentenceWords: 3 })
  assert.throws(() => [...few.push(sentence("!re", "=a=", "=b=", "=c="))], SentenceError)
  const small = new SentenceReader({ ...SENTENCE_LIMITS, sentenceBytes: 10 })
  assert.throws(() => [...small.push(sentence("!re", "=abcdef=", "=c="))], SentenceError)
})

test("any bytes either give sentences or one named error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      try {
        return [...new SentenceReader().push(Buffer.from(bytes))].length >= 0
      } catch (error) {
        return error instanceof SentenceError
      }
    }),
  )
})
