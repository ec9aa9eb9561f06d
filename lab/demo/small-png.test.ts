import assert from "node:assert/strict"
import { test } from "node:test"
import { crc32, deflateSync } from "node:zlib"
import { smallPng } from "./small-png.ts"

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
/** Rows of RGB pixels, each row with its filter. */
const rgbPng = (width: number, rows: readonly (readonly number[])[]): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(rows.length, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from(rows.flat()))),
    chunk("IEND", Buffer.alloc(0)),
  ])
}

test("a picture keeps its colours, whichever filter its rows have", () => {
  // Red, then blue; each row says the same in another way.
  const rows = [
    [0, 255, 0, 0, 0, 0, 255],
    [1, 255, 0, 0, 1, 0, 255],
    [2, 0, 0, 0, 0, 0, 0],
    [3, 128, 0, 0, 129, 0, 128],
    [4, 0, 0, 0, 0, 0, 0],
  ]
  const small = smallPng(rgbPng(2, rows))
  assert.equal(small[25], 3, "indexed")
  // A small picture again: its own reader does not read indexed ones, so the palette is compared.
  const at = small.indexOf("PLTE")
  assert.equal(small.readUInt32BE(at - 4), 6, "two colours and no other")
  assert.deepEqual([...small.subarray(at + 4, at + 10)], [255, 0, 0, 0, 0, 255])
})

test("what is no such picture is rejected", () => {
  assert.throws(() => smallPng(Buffer.from("no picture")), /not a PNG/)
  assert.throws(() => smallPng(smallPng(rgbPng(1, [[0, 1, 2, 3]]))), /expected a PNG with 8 bits/)
})
