/**
 * A screenshot with at most 256 colours: a fraction of the size, and the eye sees no difference in a
 * UI of flat colours. Reads what Chromium writes: 8 bits a channel, RGB or RGBA, not interlaced.
 */
import { crc32, deflateSync, inflateSync } from "node:zlib"

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const MAX_COLOURS = 256
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 6: 4 }

type Chunk = { readonly type: string; readonly data: Buffer }
type Pixels = {
  readonly width: number
  readonly height: number
  /** A number of 24 bits for each pixel, row by row. */
  readonly colours: Uint32Array
}

export const smallPng = (png: Buffer): Buffer => {
  const { width, height, colours } = pixelsOf(chunksOf(png))
  const palette = paletteOf(colours)
  const indexes = indexesOf(colours, palette)
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y += 1)
    rows.set(indexes.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ])
}

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

const chunksOf = (png: Buffer): readonly Chunk[] => {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error("not a PNG")
  const chunks: Chunk[] = []
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    chunks.push({
      type: png.toString("latin1", at + 4, at + 8),
      data: png.subarray(at + 8, at + 8 + length),
    })
    at += length + 12
  }
  return chunks
}

const pixelsOf = (chunks: readonly Chunk[]): Pixels => {
  const header = chunks.find(({ type }) => type === "IHDR")?.data
  const channels = CHANNELS[header?.[9] ?? 0]
  if (header === undefined || header[8] !== 8 || channels === undefined || header[12] !== 0)
    throw new Error("expected a PNG with 8 bits a channel, RGB or RGBA, not interlaced")
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const packed = chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data)
  const bytes = unfiltered(inflateSync(Buffer.concat(packed)), width * channels, channels)
  const colours = new Uint32Array(width * height)
  for (let n = 0; n < colours.length; n += 1) {
    const at = n * channels
    colours[n] = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
  }
  return { width, height, colours }
}

/** The filters of PNG, row by row: none, left, above, mean of both, Paeth. */
const unfiltered = (rows: Buffer, stride: number, channels: number): Uint8Array => {
  const height = rows.length / (stride + 1)
  const out = new Uint8Array(stride * height)
  for (let y = 0; y < height; y += 1) {
    const filter = rows[y * (stride + 1)] ?? 0
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x
      const left = x < channels ? 0 : (out[at - channels] ?? 0)
      const above = y === 0 ? 0 : (out[at - stride] ?? 0)
      const corner = x < channels || y === 0 ? 0 : (out[at - stride - channels] ?? 0)
      out[at] = (rows[y * (stride + 1) + 1 + x] ?? 0) + predicted(filter, left, above, corner)
    }
  }
  return out
}
const predicted = (filter: number, left: number, above: number, corner: number): number => {
  if (filter === 0) return 0
  if (filter === 1) return left
  if (filter === 2) return above
  if (filter === 3) return (left + above) >> 1
  const [byLeft, byAbove] = [Math.abs(above - corner), Math.abs(left - corner)]
  const byCorner = Math.abs(left + above - 2 * corner)
  if (byLeft <= byAbove && byLeft <= byCorner) return left
  return byAbove <= byCorner ? above : corner
}

/** How far a colour is from grey. The few colours of a status mean more than many shades of grey. */
const chroma = (colour: number): number => {
  const parts = [colour >> 16, (colour >> 8) & 255, colour & 255]
  return Math.max(...parts) - Math.min(...parts)
}
/** The most frequent colours, those that are no grey before the others. */
const paletteOf = (colours: Uint32Array): readonly number[] => {
  const counts = new Map<number, number>()
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  return [...counts]
    .map(([colour, count]) => [colour, count * (1 + chroma(colour))] as const)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_COLOURS)
    .map(([colour]) => colour)
}
const indexesOf = (colours: Uint32Array, palette: readonly number[]): Uint8Array => {
  const known = new Map(palette.map((colour, index) => [colour, index]))
  return Uint8Array.from(colours, (colour) => {
    const index = known.get(colour) ?? nearest(colour, palette)
    known.set(colour, index)
    return index
  })
}
const nearest = (colour: number, palette: readonly number[]): number => {
  const far = (other: number): number =>
    ((colour >> 16) - (other >> 16)) ** 2 +
    (((colour >> 8) & 255) - ((other >> 8) & 255)) ** 2 +
    ((colour & 255) - (other & 255)) ** 2
  return palette.reduce((best, each, index) => {
    return far(each) < far(palette[best] ?? 0) ? index : best
  }, 0)
}
