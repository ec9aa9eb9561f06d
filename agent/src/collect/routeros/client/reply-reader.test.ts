import assert from "node:assert/strict"
import { isAscii } from "node:buffer"
import { test } from "node:test"
import fc from "fast-check"
import { sentence } from "../../../../test/fake-router.ts"
import type { DecodeText } from "../../text/decoder.ts"
import { parseReply, type Reply } from "./reply.ts"
import { ReplyReader } from "./reply-reader.ts"
import { KnownNames, slotsOf } from "./row-names.ts"
import { SENTENCE_LIMITS, type SentenceLimits, SentenceReader } from "./sentences.ts"
import { encodeSentence } from "./words.ts"

type Read = { readonly replies: readonly unknown[]; readonly error: string | null }
const plain = (reply: Reply): unknown =>
  reply.kind === "row" ? { ...reply, row: [...reply.row] } : reply

const cutAt = (bytes: Buffer, cuts: readonly number[]): readonly Buffer[] => {
  const inside = cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b)
  const edges = [0, ...inside, bytes.length]
  return edges.slice(1).map((edge, at) => bytes.subarray(edges[at], edge))
}

/** `read` gets a function that takes replies; what it threw is part of the result. */
const reading = (read: (take: (reply: Reply) => boolean) => void): Read => {
  const replies: Reply[] = []
  let error: string | null = null
  try {
    read((reply) => replies.push(reply) > 0)
  } catch (thrown) {
    error = String(thrown)
  }
  // Only now: a row has to be readable after others were.
  return { replies: replies.map(plain), error }
}
/** Numbers the texts beyond ASCII in the order in which it gets them. */
const numberingDecoder = (): DecodeText => {
  let texts = 0
  return (bytes) => {
    const text = Buffer.from(bytes).toString("latin1")
    texts += isAscii(bytes) ? 0 : 1
    return isAscii(bytes) ? text : `${texts}. ${text}`
  }
}
const byReplyReader = (chunks: readonly Buffer[], limits: SentenceLimits = SENTENCE_LIMITS) => {
  const reader = new ReplyReader(limits, numberingDecoder())
  return reading((take) => {
    for (const chunk of chunks) reader.read(chunk, take)
  })
}
/** Word by word, which is what the other one has to equal. */
const bySentences = (chunks: readonly Buffer[], limits: SentenceLimits = SENTENCE_LIMITS) => {
  const [reader, decode] = [new SentenceReader(limits), numberingDecoder()]
  return reading((take) => {
    for (const chunk of chunks)
      for (const words of reader.push(chunk)) take(parseReply(words, decode))
  })
}
const assertSame = (bytes: Buffer, cuts: readonly number[], limits?: SentenceLimits): void => {
  const chunks = cutAt(bytes, cuts)
  assert.deepEqual(byReplyReader(chunks, limits), bySentences(chunks, limits))
}
const evenly = (bytes: Buffer, size: number): number[] =>
  Array.from({ length: Math.floor(bytes.length / size) }, (_, at) => (at + 1) * size)

const many = Array.from({ length: 300 }, (_, at) => `=p${at}=${at}`)
const sentences: [string, Buffer][] = [
  ["a row", sentence("!re", ".tag=1", "=.id=*1", "=name=ether1", "=comment=a=b\nc", "=empty=")],
  ["another tag, at the end", sentence("!re", "=.id=*2", "=name=ether2", ".tag=2z")],
  ["other properties", sentence("!re", "=.id=*3", "=disabled=true", "=name=ether3")],
  ["names that begin alike", sentence("!re", "=.id=*3", "=named=true", "=nam=b", "=name")],
  ["a name without a value", sentence("!re", "=flag", "=other=x", "==nameless", "=")],
  ["a property twice", sentence("!re", "=name=first", "=mtu=1500", "=name=second")],
  ["words that are no properties", sentence("!re", "bare", ".other=1", ".", "=a=b")],
  ["no property", sentence("!re")],
  ["a long text", sentence("!re", `=comment=${"x".repeat(200)}`, "=b=1")],
  ["another code page", sentence("!re", Buffer.from("=comment=M\xfcnchen", "latin1"), "=n=1")],
  ["UTF-8", sentence("!re", "=comment=Łódź 中", "=n=1")],
  ["a name beyond ASCII", sentence("!re", "=größe=1", "=n=1")],
  ["the same in another code page", sentence("!re", Buffer.from("=gr\xf6\xdfe=1", "latin1"))],
  ["names of objects", sentence("!re", "=__proto__=1", "=constructor=2")],
  ["a text longer than a short row", encodeSentence(["!re", `=c=${"y".repeat(5_000)}`, "=a=b"])],
  ["a text of 20,000 bytes", encodeSentence(["!re", `=c=${"z".repeat(20_000)}`])],
  ["more properties than a short row", sentence("!re", ...many)],
  ["an empty sentence", Buffer.of(0)],
  ["done", sentence("!done", ".tag=1", "=ret=5")],
  ["a trap", sentence("!trap", ".tag=1", "=category=0", "=message=no such command")],
  ["fatal", sentence("!fatal", "session terminated")],
  ["an unknown reply", sentence("!new", "=a=b")],
]
const stream = Buffer.concat(sentences.map(([, bytes]) => bytes))
for (const [name, bytes] of sentences)
  test(`${name}: the reply is that of its words, wherever it is cut`, () => {
    assertSame(bytes, [])
    for (let cut = 1; cut < Math.min(bytes.length, 200); cut++) assertSame(bytes, [cut])
    assertSame(Buffer.concat([stream, bytes]), [stream.length + 1])
  })

for (const size of [1, 2, 7, 100, 1_460, 4_096, 65_536])
  test(`pieces of ${size} bytes give the same replies`, () => {
    assertSame(Buffer.concat([stream, stream]), evenly(Buffer.concat([stream, stream]), size))
  })

test("values are those that were written", () => {
  const { replies } = byReplyReader([sentences[0]?.[1] ?? Buffer.alloc(0)])
  const row = [
    [".id", "*1"],
    ["name", "ether1"],
    ["comment", "a=b\nc"],
    ["empty", ""],
  ]
  assert.deepEqual(replies, [{ kind: "row", tag: "1", row }])
})

test("any words, cut anywhere, give the same replies", () => {
  const text = fc.oneof(
    fc.constantFrom("name", ".id", "comment", "a=b", "=", "", ".tag=7", "x".repeat(130)),
    fc.string({ maxLength: 20 }),
    fc.string({ unit: "binary", maxLength: 20 }),
  )
  const word = fc
    .tuple(fc.constantFrom("=", "", ".tag=", "="), text, text)
    .map(([head, first, value]) => Buffer.from(`${head}${first}=${value}`))
  const reply = fc
    .tuple(fc.constantFrom("!re", "!re", "!re", "!done"), fc.array(word, { maxLength: 8 }))
    .map(([head, words]) => sentence(head, ...words))
  fc.assert(
    fc.property(
      fc.array(reply, { maxLength: 8 }),
      fc.array(fc.nat({ max: 1_500 }), { maxLength: 12 }),
      (replies, cuts) => assertSame(Buffer.concat(replies), cuts),
    ),
    { numRuns: 150 },
  )
})

test("damaged bytes give the same replies and the same error", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 2_000 }), fc.nat({ max: 255 })), { maxLength: 4 }),
      fc.array(fc.nat({ max: 2_000 }), { maxLength: 6 }),
      (changes, cuts) => {
        const bytes = Buffer.from(stream.subarray(0, 2_000))
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        assertSame(bytes, cuts)
      },
    ),
    { numRuns: 150 },
  )
})

const small: [string, SentenceLimits][] = [
  ["words", { ...SENTENCE_LIMITS, wordBytes: 40 }],
  ["sentences", { ...SENTENCE_LIMITS, sentenceBytes: 60 }],
  ["numbers of words", { ...SENTENCE_LIMITS, sentenceWords: 4 }],
]
for (const [name, limits] of small)
  test(`limits of ${name} give the same error`, () => {
    const { error } = byReplyReader([stream], limits)
    assert.match(error ?? "", /SentenceError/)
    for (const size of [3, 50, 65_536]) assertSame(stream, evenly(stream, size), limits)
  })

test("only the begin of a row is kept, not the bytes it came with", () => {
  const reader = new ReplyReader()
  const row = sentence("!re", "=name=ether1")
  reader.read(Buffer.concat([...Array<Buffer>(5_000).fill(row), row.subarray(0, 9)]), () => true)
  assert.equal(reader.bufferedBytes, 9)
  reader.read(row.subarray(9), () => true)
  assert.equal(reader.bufferedBytes, 0)
})

test("no reply is given after one that ends the reading", () => {
  const replies: Reply[] = []
  new ReplyReader().read(Buffer.concat([sentence("!re", "=a=b"), sentence("!done")]), (reply) => {
    replies.push(reply)
    return false
  })
  assert.equal(replies.length, 1)
})

test("known names have a limit, and rows with names from before keep theirs", () => {
  const known = new KnownNames(20_000)
  const first = known.next(known.next(known.root, "name"), "type")
  for (let at = 0; at < 500; at++) {
    known.next(known.root, `invented-${at}`)
    assert.ok(known.bytes <= 20_000)
  }
  assert.deepEqual(
    [...slotsOf(first)],
    [
      ["name", 0],
      ["type", 1],
    ],
  )
  assert.notEqual(known.next(known.next(known.root, "name"), "type"), first)
})
