import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { BerError, BerReader, integerTlv, oidText, oidTlv, readTlv, signedOf, tlv } from "./ber.ts"
import { OidTexts } from "./oid-texts.ts"

const arcs = fc.tuple(
  fc.constantFrom("1.3", "0.0", "2.5", "1.39", "2.999"),
  fc.array(fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 2 ** 31 - 1 })), { maxLength: 12 }),
)
const oid = arcs.map(([first, rest]) => [first, ...rest].join("."))

test("an identifier is read as it was written, in whatever order they come", () => {
  const texts = new OidTexts()
  fc.assert(
    fc.property(fc.array(oid, { maxLength: 8 }), (oids) => {
      for (const each of [...oids, ...oids]) {
        const bytes = oidTlv(each)
        const { prefix, last } = texts.read(bytes, 2, bytes.length)
        assert.equal(prefix + last, each)
        assert.equal(oidText(bytes.subarray(2)), each)
      }
    }),
  )
})

test("any bytes are the text that they are alone, or the same error", () => {
  const texts = new OidTexts()
  const attempt = (work: () => string): string => {
    try {
      return work()
    } catch (error) {
      assert.ok(error instanceof BerError)
      return error.message
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (some) => {
      const bytes = Buffer.from(some)
      const read = () => {
        const { prefix, last } = texts.read(bytes, 0, bytes.length)
        return prefix + last
      }
      const alone = attempt(() => oidText(bytes))
      assert.equal(attempt(read), alone)
      assert.equal(attempt(read), alone)
    }),
  )
})

test("the last arc is apart, so that rows of a column share the rest", () => {
  const bytes = oidTlv("1.3.6.1.2.1.2.2.1.10.70000")
  assert.deepEqual(new OidTexts().read(bytes, 2, bytes.length), {
    prefix: "1.3.6.1.2.1.2.2.1.10.",
    last: "70000",
  })
})

test("values are read in place as they are alone", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), fc.nat({ max: 4 }), (some, at) => {
      const bytes = Buffer.from(some)
      const reader = new BerReader(bytes)
      const read = (work: () => unknown): unknown => {
        try {
          return work()
        } catch (error) {
          return error instanceof BerError ? error.message : error
        }
      }
      const inPlace = read(() => {
        reader.next(at, bytes.length)
        return { tag: reader.tag, body: reader.body(), end: reader.end }
      })
      assert.deepEqual(
        inPlace,
        read(() => ({ ...readTlv(bytes, at) })),
      )
    }),
  )
})

const bodies: readonly (readonly number[])[] = [
  [],
  [0],
  [0x7f],
  [0xff],
  [0, 0xff, 0xff, 0xff, 0xff],
  [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff],
  [1, 2, 3, 4, 5, 6, 7],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [1, 0, 0, 0, 0, 0, 0, 0, 1],
]
for (const body of bodies)
  test(`${body.length} bytes (${body.join(" ")}) as a number`, () => {
    const bytes = tlv(0x46, Buffer.from(body))
    const reader = new BerReader(bytes)
    reader.next(0, bytes.length)
    assert.equal(reader.signed(), signedOf(Buffer.from(body)))
    const hex = Buffer.from(body).toString("hex")
    assert.equal(reader.unsigned64(), hex === "" ? 0n : BigInt.asUintN(64, BigInt(`0x${hex}`)))
  })

test("integers have the fewest bytes, with a zero before a set top bit", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "020100"],
    [127, "02017f"],
    [128, "02020080"],
    [255, "020200ff"],
    [32_768, "0203008000"],
    [2 ** 31 - 1, "02047fffffff"],
    [2 ** 47 - 1, "02067fffffffffff"],
  ]
  for (const [value, hex] of cases) assert.equal(integerTlv(value).toString("hex"), hex)
})
