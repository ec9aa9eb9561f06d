/**
 * The format of a backup: a line that names it, then frames of a type, a length and a content.
 *
 *   H header   T table  D rows …  E end of the table   F file  D bytes …  E end of the file   Z trailer
 *
 * Rows are the text of Postgres's COPY, which every version reads. The trailer has the SHA-256 of
 * all before it. docs/backup.md describes it for people.
 */
import { createHash } from "node:crypto"
import { z } from "zod"
import { BackupError } from "./backup-error.ts"

export const FORMAT = 1
const MAGIC = Buffer.from(`ISPVM-BACKUP ${FORMAT}\n`)
/** Of a frame: rows come in pieces, so that neither side holds more than this. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024
const PIECE_BYTES = 1024 * 1024
const HEAD_BYTES = 5
const MAX_COUNT = Number.MAX_SAFE_INTEGER

const Name = z.string().min(1).max(63)
const Count = z.int().min(0).max(MAX_COUNT)
const Timestamp = z.string().max(64)

export const Header = z.strictObject({
  format: z.literal(FORMAT),
  product: z.string().max(100),
  madeAtMs: z.int(),
  /** All that had run, in order. */
  migrations: z
    .array(z.strictObject({ name: z.string().max(200), sha256: z.string().length(64) }))
    .max(10_000),
  postgresMajor: z.int().min(1).max(999),
  /** What stores each series: it need not be the same where the backup is restored. */
  engines: z.record(z.string(), z.string()),
  /** Estimated bytes of rows, for the progress. */
  estimatedBytes: Count,
})
export type Header = z.infer<typeof Header>

const Range = z.strictObject({ from: Timestamp, to: Timestamp })
export const TableStart = z.strictObject({
  schema: Name,
  name: Name,
  columns: z.array(Name).min(1).max(1_600),
  /** Of a series: the times whose rows follow, `to` excluded. Null: no series. */
  ranges: z.array(Range).max(100_000).nullable(),
})
export type TableStart = z.infer<typeof TableStart>

/** `checksum`: the sum of 64-bit hashes of the rows, so that their order does not matter. */
export const TableEnd = z.strictObject({ rows: Count, checksum: z.string().max(64) })
export type TableEnd = z.infer<typeof TableEnd>

/** `path` is below the data folder. */
export const FileStart = z.strictObject({
  path: z
    .string()
    .max(500)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/),
  mode: z.int().min(0).max(0o777),
})
export type FileStart = z.infer<typeof FileStart>

export const State = z.strictObject({
  sequences: z
    .array(
      z.strictObject({ schema: Name, name: Name, value: z.string().max(32), called: z.boolean() }),
    )
    .max(100_000),
  series: z.array(z.strictObject({ name: Name, droppedUntil: Timestamp })).max(10_000),
  rollups: z
    .array(z.strictObject({ name: Name, storedUntil: Timestamp, closedUntil: Timestamp }))
    .max(10_000),
})
export type State = z.infer<typeof State>

export const Trailer = z.strictObject({
  tables: Count,
  rows: Count,
  files: Count,
  sha256: z.string().length(64),
})
export type Trailer = z.infer<typeof Trailer>

export type Frame =
  | { readonly type: "H"; readonly header: Header }
  | { readonly type: "T"; readonly table: TableStart }
  | { readonly type: "F"; readonly file: FileStart }
  | { readonly type: "D"; readonly bytes: Uint8Array }
  | { readonly type: "E"; readonly end: TableEnd }
  | { readonly type: "S"; readonly state: State }
  | { readonly type: "Z"; readonly trailer: Omit<Trailer, "sha256"> }

const contentOf = (frame: Frame): unknown => {
  switch (frame.type) {
    case "H":
      return frame.header
    case "T":
      return frame.table
    case "F":
      return frame.file
    case "E":
      return frame.end
    case "S":
      return frame.state
    case "Z":
      return frame.trailer
    case "D":
      return null
  }
}

const encode = (type: string, content: Uint8Array): Buffer => {
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(type, 0, "latin1")
  head.writeUInt32BE(content.length, 1)
  return Buffer.concat([head, content])
}

/** Frames as bytes; the last one gets the SHA-256. */
export async function* writeFrames(frames: AsyncIterable<Frame>): AsyncGenerator<Buffer> {
  const digest = createHash("sha256").update(MAGIC)
  yield MAGIC
  for await (const frame of frames) {
    if (frame.type === "D") {
      for (let at = 0; at < frame.bytes.length; at += PIECE_BYTES) {
        const piece = encode("D", frame.bytes.subarray(at, at + PIECE_BYTES))
        digest.update(piece)
        yield piece
      }
      continue
    }
    const content =
      frame.type === "Z"
        ? { ...frame.trailer, sha256: digest.copy().digest("hex") }
        : contentOf(frame)
    const written = encode(frame.type, Buffer.from(JSON.stringify(content)))
    digest.update(written)
    yield written
  }
}

const damaged = (what: string, cause?: unknown): BackupError =>
  new BackupError({ code: "backup.damaged", params: { what } }, cause)

const parse = <T>(schema: z.ZodType<T>, content: Buffer, what: string): T => {
  try {
    return schema.parse(JSON.parse(content.toString("utf8")))
  } catch (cause) {
    throw damaged(what, cause)
  }
}

const decode = (type: string, content: Buffer, sha256: string): Frame => {
  switch (type) {
    case "H":
      return { type, header: parse(Header, content, "header") }
    case "T":
      return { type, table: parse(TableStart, content, "table") }
    case "F":
      return { type, file: parse(FileStart, content, "file") }
    case "D":
      return { type, bytes: content }
    case "E":
      return { type, end: parse(TableEnd, content, "end") }
    case "S":
      return { type, state: parse(State, content, "state") }
    case "Z": {
      const { sha256: expected, ...trailer } = parse(Trailer, content, "trailer")
      if (expected !== sha256) throw damaged("checksum")
      return { type, trailer }
    }
    default:
      throw damaged("frame")
  }
}

/** Reads exactly `size` bytes, or null at the very end. */
const createReader = (chunks: AsyncIterable<Uint8Array>) => {
  const iterator = chunks[Symbol.asyncIterator]()
  let held: Buffer[] = []
  let length = 0
  return {
    read: async (size: number): Promise<Buffer | null> => {
      while (length < size) {
        const { value, done } = await iterator.next()
        if (done === true) {
          if (length === 0) return null
          throw new BackupError({ code: "backup.cut-short", params: {} })
        }
        held.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength))
        length += value.length
      }
      const all = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held)
      held = all.length > size ? [all.subarray(size)] : []
      length -= size
      return all.subarray(0, size)
    },
    close: async () => void (await iterator.return?.()),
  }
}

/** Ends with the trailer, whose checksum has been compared by then; throws BackupError. */
export async function* readFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const reader = createReader(chunks)
  const cutShort = () => new BackupError({ code: "backup.cut-short", params: {} })
  try {
    const magic = await reader.read(MAGIC.length)
    if (magic === null || !magic.equals(MAGIC))
      throw new BackupError({ code: "backup.not-a-backup", params: {} })
    const digest = createHash("sha256").update(magic)
    for (;;) {
      const head = await reader.read(HEAD_BYTES)
      if (head === null) throw cutShort()
      const size = head.readUInt32BE(1)
      if (size > MAX_FRAME_BYTES) throw damaged("frame")
      const content = size === 0 ? Buffer.alloc(0) : await reader.read(size)
      if (content === null) throw cutShort()
      const type = head.toString("latin1", 0, 1)
      const frame = decode(type, content, type === "Z" ? digest.copy().digest("hex") : "")
      digest.update(head).update(content)
      yield frame
      if (frame.type === "Z") break
    }
    if ((await reader.read(1)) !== null) throw damaged("after the end")
  } finally {
    await reader.close()
  }
}
