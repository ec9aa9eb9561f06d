import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { zstdCompressSync, zstdDecompressSync } from "node:zlib"
import fc from "fast-check"
import { Item, itemSchemas } from "../batch.ts"
import { FAMILIES } from "../families/families.ts"
import type { Family } from "../families/family.ts"
import type { Field } from "../families/field.ts"
import { Source } from "../values.ts"
import { ByteReader, ByteWriter, CompactError } from "./bytes.ts"
import { decodeBatch, encodeBatch } from "./compact-batch.ts"
import { type CompactBounds, decodeSection, encodeSection, itemsOf } from "./section.ts"

const BOUNDS: CompactBounds = { items: 5_000, values: 500_000, inflatedBytes: 8 * 1024 * 1024 }
const HEAD = { buffer: randomUUID(), number: 42, sentAtMs: 1_795_348_800_223 }
const SCHEMAS = itemSchemas(FAMILIES)

/** Values next to what a schema allows. */
const odd = fc.constantFrom<unknown>(
  ...[null, -1, -0, 0.5, 1.5, 40, 2 ** 53, 2 ** 52, 8.64e15, 8.64e15 + 1, 1e300, true, false],
  ...["", "x", "ICMP", "\0", "a\ud800", "é".repeat(257), "b".repeat(4_097), [], {}, { a: "b" }],
  ...[{ a: 1 }, { sent: 1, received: 2, rttUs: null, jitterUs: null }],
)
type Nearly = (usual: fc.Arbitrary<unknown>) => fc.Arbitrary<unknown>
/** Mostly `usual`; once in a while something else. */
const withOdds: Nearly = (usual) =>
  fc.oneof({ weight: 60, arbitrary: usual }, { weight: 1, arbitrary: odd })
const withoutOdds: Nearly = (usual) => usual

const uuid = fc.oneof(
  fc.constantFrom(...Array.from({ length: 5 }, () => randomUUID() as string)),
  fc.uuid(),
)
const text = (maxLength: number) =>
  fc.oneof(
    fc.constantFrom("ether1", "sfp-sfpplus1 Łódź"),
    fc.string({ unit: "grapheme", maxLength }),
  )
const name = text(40).filter((each) => each.length > 0)
const atMs = fc.oneof(
  fc.integer({ min: 1_795_348_800_000, max: 1_795_348_900_000 }),
  fc.maxSafeNat(),
)
const number = fc.oneof(
  ...[fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 0.1, 12.25, 0.001, 1e9 / 7)],
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
)
const usualOf = (field: Field): fc.Arbitrary<unknown> => {
  if (field.kind === "bool") return fc.boolean()
  if (field.kind === "state") return fc.constantFrom(...Object.keys(field.states))
  const { isWhole, isSigned, max } = field
  const size = isWhole === true ? fc.nat() : number
  const within = max === undefined ? size : size.map((value) => value % max)
  return isSigned === true ? fc.tuple(within, fc.boolean()).map(([v, n]) => (n ? -v : v)) : within
}
const source = fc.constantFrom(...Source.options)
const familyItem = ({ name: kind, key, fields }: Family, nearly: Nearly): fc.Arbitrary<unknown> =>
  fc.record({
    kind: nearly(fc.constant(kind)),
    device: nearly(uuid),
    ...(key.by === "interface" ? { interface: nearly(name) } : {}),
    ...(key.by === "name" ? { [key.field]: nearly(name) } : {}),
    ...(key.by === "name" && key.units !== undefined
      ? { unit: nearly(fc.constantFrom(...key.units)) }
      : {}),
    atMs: nearly(atMs),
    source: nearly(source),
    ...Object.fromEntries(
      fields.map(({ name: field, field: row }) => [
        field,
        nearly(row.isRequired === true ? usualOf(row) : fc.option(usualOf(row))),
      ]),
    ),
  })
const pingItem = (nearly: Nearly): fc.Arbitrary<unknown> =>
  fc.record({
    kind: fc.constant("ping"),
    device: nearly(uuid),
    atMs: nearly(atMs),
    answers: nearly(fc.boolean()),
    icmp: nearly(
      fc.option(
        fc.record({
          sent: nearly(fc.constantFrom(1, 7)),
          received: nearly(fc.constantFrom(0, 1)),
          rttUs: nearly(fc.option(number)),
          jitterUs: nearly(fc.option(fc.nat(5_000))),
        }),
      ),
    ),
    tcp: nearly(fc.constantFrom(null, "accepted", "refused", "silent")),
    because: nearly(fc.constantFrom("round", "missed", "confirm")),
  })
const eventItem = (nearly: Nearly): fc.Arbitrary<unknown> =>
  fc.record({
    kind: fc.constant("event"),
    id: nearly(fc.uuid()),
    device: nearly(uuid),
    name: nearly(fc.constantFrom("log", "link-down")),
    atMs: nearly(atMs),
    source: nearly(source),
    severity: nearly(fc.constantFrom("info", "error")),
    interface: nearly(fc.option(name)),
    message: nearly(text(200)),
    attributes: nearly(fc.dictionary(text(10), text(20), { maxKeys: 3 })),
  })
/** With a property too few or too many now and then. */
const reshaped = (item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(item, fc.nat(400)).map(([each, n]) => {
    const entries = Object.entries(each as object)
    if (n === 0) return Object.fromEntries(entries.slice(1))
    if (n === 1) return Object.fromEntries([...entries, ["extra", 1]])
    return n === 2 ? Object.fromEntries(entries.toReversed()) : each
  })
const families = FAMILIES.filter((family) => family.name !== "ping")
const anyItem = fc.oneof(
  { weight: 20, arbitrary: reshaped(pingItem(withOdds)) },
  { weight: 20, arbitrary: reshaped(eventItem(withOdds)) },
  ...families.map((family) => ({ weight: 3, arbitrary: reshaped(familyItem(family, withOdds)) })),
  { weight: 1, arbitrary: fc.jsonValue() },
)
const items = fc.array(anyItem, { maxLength: 60 })
const usualItem = fc.oneof(
  ...[pingItem(withoutOdds), eventItem(withoutOdds)],
  ...families.map((family) => familyItem(family, withoutOdds)),
)
const asJson = (value: unknown): string => JSON.stringify(value)

test("whatever JSON carries comes back as JSON would bring it back", () => {
  const lists = fc.oneof(items, fc.array(fc.jsonValue(), { maxLength: 20 }))
  fc.assert(
    fc.property(lists, (list) => {
      assert.equal(asJson(itemsOf(decodeSection(encodeSection(list), BOUNDS))), asJson(list))
    }),
    { numRuns: 150 },
  )
})

const schemaOf = (item: unknown) => {
  const kind: unknown = Reflect.get(Object(item), "kind")
  return (typeof kind === "string" ? SCHEMAS.get(kind) : undefined) ?? Item
}
const checked = (list: readonly unknown[]) =>
  decodeBatch(encodeBatch(HEAD, [encodeSection(list)]), BOUNDS)

test("what passes the checks of columns is what its schema accepts", () => {
  let [passed, rejected] = [0, 0]
  fc.assert(
    fc.property(items, (list) => {
      const batch = checked([...list, null])
      for (const [index, item] of batch.items.entries()) {
        const { success, data } = schemaOf(item).safeParse(item)
        if (batch.isValid[index] === true) assert.deepEqual(data, item)
        if (batch.isValid[index] === true) passed += 1
        else if (!success) rejected += 1
      }
    }),
    { numRuns: 150 },
  )
  assert.ok(passed > 0 && rejected > 0, `${passed} passed, ${rejected} rejected`)
})

test("what its schema accepts passes the checks, unless something odd is beside it", () => {
  const list = fc.array(usualItem, { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(list, (each) => {
      const { isValid, items: read } = checked(each)
      for (const [index, item] of read.entries())
        assert.equal(isValid[index], schemaOf(item).safeParse(item).success, asJson(item))
    }),
    { numRuns: 80 },
  )
})

test("equal items give equal bytes, and several sections one batch in order", () => {
  const lists = fc.array(
    items.filter((list) => list.length > 0),
    { minLength: 1, maxLength: 4 },
  )
  fc.assert(
    fc.property(lists, (all) => {
      const bytes = encodeBatch(HEAD, all.map(encodeSection))
      assert.deepEqual(bytes, encodeBatch(HEAD, structuredClone(all).map(encodeSection)))
      const { buffer, number: n, sentAtMs, items: read } = decodeBatch(bytes, BOUNDS)
      assert.deepEqual({ buffer, number: n, sentAtMs }, HEAD)
      assert.equal(asJson(read), asJson(all.flat()))
    }),
    { numRuns: 60 },
  )
})

/** The same section without compression, so that a change of its bytes reaches its columns. */
const uncompressed = (section: Uint8Array): Buffer => {
  const reader = new ByteReader(section)
  const writer = new ByteWriter()
  writer.byte(reader.byte())
  writer.uint(reader.uint())
  writer.uint(reader.uint())
  const compression = reader.byte()
  writer.byte(0)
  writer.uint(reader.uint())
  const rest = reader.raw(reader.left)
  writer.raw(compression === 0 ? rest : zstdDecompressSync(rest))
  return writer.done()
}

const Change = fc.tuple(fc.constantFrom("set", "insert", "remove", "cut"), fc.nat(), fc.nat(255))
test("changed bytes are an error with a sentence, or items within the bounds", () => {
  let [failed, read] = [0, 0]
  const small: CompactBounds = { items: 100, values: 3_000, inflatedBytes: 100_000 }
  fc.assert(
    fc.property(
      items,
      fc.array(Change, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (...given) => {
        const [list, changes, isPlain] = given
        const section = encodeSection([...list, { kind: "x" }])
        const bytes = [...encodeBatch(HEAD, [isPlain ? uncompressed(section) : section])]
        for (const [how, where, value] of changes) {
          const at = where % (bytes.length + 1)
          if (how === "set") bytes[at % bytes.length] = value
          else if (how === "insert") bytes.splice(at, 0, value)
          else if (how === "remove") bytes.splice(at, 1 + (value % 9))
          else bytes.length = at
        }
        try {
          const batch = decodeBatch(Uint8Array.from(bytes), small)
          assert.ok(batch.items.length <= small.items)
          assert.equal(batch.items.length, batch.isValid.length)
          for (const [index, item] of batch.items.entries())
            if (batch.isValid[index] === true) Item.parse(item)
          read += 1
        } catch (error) {
          assert.ok(error instanceof CompactError, String(error))
          assert.match(error.message, /^[ -~]{5,120}$/)
          failed += 1
        }
      },
    ),
    { numRuns: 1_200 },
  )
  assert.ok(failed > 0 && read > 0, `${failed} errors, ${read} read`)
})

const isRejected = (bytes: Uint8Array, message: RegExp, bounds = BOUNDS): void =>
  assert.throws(
    () => decodeBatch(bytes, bounds),
    (error) => error instanceof CompactError && message.test(error.message),
  )
const batchOf = (...sections: Uint8Array[]): Buffer => encodeBatch(HEAD, sections)

test("a small body cannot ask for more than a batch may hold", () => {
  const same = Array.from({ length: 5_000 }, () => ({ kind: "x", a: 1, b: 1, c: 1 }))
  const section = encodeSection(same)
  assert.ok(section.length < 200)
  assert.equal(decodeBatch(batchOf(section), BOUNDS).items.length, 5_000)
  isRejected(batchOf(section, section), /5000 items, at most 0/)
  isRejected(batchOf(section), /more values/, { ...BOUNDS, values: 19_999 })
  const long = encodeSection([{ kind: "x", message: "y".repeat(60_000) }])
  isRejected(batchOf(long, long), /larger than a batch/, { ...BOUNDS, inflatedBytes: 100_000 })
  isRejected(batchOf(encodeSection([])), /a section is empty/)
})

test("a body that inflates to more than it says is rejected before it does", () => {
  const writer = new ByteWriter()
  for (const value of [2, 1, 0, 1, 1_000]) writer.uint(value)
  writer.raw(zstdCompressSync(Buffer.alloc(64 * 1024 * 1024)))
  isRejected(batchOf(writer.done()), /cannot be inflated/)
})

test("a frame that asks for a window of 128 MiB is rejected", () => {
  // Magic number, frame header without a size, window, and one block of one byte (RFC 8878, 3.1.1).
  const frameOf = (window: number): Buffer =>
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, window, 9, 0, 0, 1])
  const sectionOf = (window: number): Buffer => {
    const writer = new ByteWriter()
    for (const value of [2, 1, 0, 1, 1]) writer.uint(value)
    writer.raw(frameOf(window))
    return writer.done()
  }
  isRejected(batchOf(sectionOf(11 << 3)), /ends too early/)
  isRejected(batchOf(sectionOf(17 << 3)), /cannot be inflated/)
})

test("the JSON in a batch is checked before it is parsed", () => {
  const section = encodeSection([{ kind: "rows", rows: [[[[1]]]] }])
  const seen: string[] = []
  const checkJson = (json: Buffer): void => {
    seen.push(json.toString())
    throw new CompactError("nested too deep")
  }
  isRejected(batchOf(section), /nested too deep/, { ...BOUNDS, checkJson })
  assert.deepEqual(seen, ["[[[[[1]]]]]"])
})

const fixtures = new URL("../fixtures/", import.meta.url)
test("version 2, recorded: has the items of the recorded batch of version 1", () => {
  const recorded: unknown = JSON.parse(readFileSync(new URL("v1/batch.json", fixtures), "utf8"))
  const bytes = readFileSync(new URL("compact-v2/batch.bin", fixtures))
  const { protocol, buffer, number: n, sentAtMs, items: read, isValid } = decodeBatch(bytes, BOUNDS)
  assert.deepEqual({ protocol, buffer, number: n, sentAtMs, items: read }, recorded)
  // Facts are left to their schema.
  assert.deepEqual(isValid, [true, true, true, true, true, true, false])
})

test("a batch of another version is rejected by its number", () => {
  const bytes = batchOf(encodeSection([{ kind: "x" }]))
  const other = Buffer.from(bytes)
  other[6] = 3
  isRejected(other, /version 3, and this release reads 2/)
  isRejected(Buffer.from('{"protocol":1}'), /no compact batch/)
})
