import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type Line, linesOf } from "./lines.ts"

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (let turn = 0; from < bytes.length; turn += 1) {
    const to = from + (sizes[turn % sizes.length] ?? bytes.length)
    yield bytes.subarray(from, to)
    from = to
  }
}
const read = async (
  text: string | Uint8Array,
  sizes: readonly number[] = [1 << 16],
  maxBytes?: number,
): Promise<Line[]> => {
  const lines: Line[] = []
  for await (const line of linesOf(pieces(Buffer.from(text), sizes), maxBytes)) lines.push(line)
  return lines
}

test("lines: however the bytes are split, the lines and their numbers are the same", async () => {
  const line = fc
    .string({ unit: "binary" })
    .map((text) => text.replaceAll("\n", " ").replaceAll("\uFEFF", ""))
  await fc.assert(
    fc.asyncProperty(
      fc.array(line),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (texts, sizes) => {
        const expected = texts.map((text, index) =>
          text.trim() === ""
            ? { number: index + 1, error: "the line is empty" }
            : { number: index + 1, text },
        )
        // An empty last line without a line end is no line.
        assert.deepEqual(
          await read(texts.join("\n"), sizes),
          texts.at(-1) === "" ? expected.slice(0, -1) : expected,
        )
        assert.deepEqual(await read(texts.map((text) => `${text}\n`).join(""), sizes), expected)
      },
    ),
    { numRuns: 200 },
  )
})

test("lines: empty ones are reported, a byte order mark is skipped", async () => {
  assert.deepEqual(await read("\uFEFF1\r\n\r\n  \n\n2"), [
    { number: 1, text: "1\r" },
    { number: 2, error: "the line is empty" },
    { number: 3, error: "the line is empty" },
    { number: 4, error: "the line is empty" },
    { number: 5, text: "2" },
  ])
})

test("lines: one that is not UTF-8 is reported, and the next is read", async () => {
  const bytes = Buffer.concat([Buffer.from([0xc3, 0x28, 0x0a, 0xff]), Buffer.from("\nçok\n")])
  assert.deepEqual(await read(bytes), [
    { number: 1, error: "the line is not UTF-8" },
    { number: 2, error: "the line is not UTF-8" },
    { number: 3, text: "çok" },
  ])
})

test("lines: one that is too long is rejected and not buffered, the next is read", async () => {
  assert.deepEqual(await read("12345\n123456\n1", [2], 5), [
    { number: 1, text: "12345" },
    { number: 2, error: "the line is longer than 5 bytes" },
    { number: 3, text: "1" },
  ])
})
