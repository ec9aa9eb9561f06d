/**
 * A batch as bytes: its identity, then sections one after another. The agent sends sections as its
 * buffer has stored them.
 */
import { z } from "zod"
import { PROTOCOL } from "../api.ts"
import type { Batch } from "../batch.ts"
import { EpochMs } from "../values.ts"
import { ByteReader, ByteWriter, CompactError } from "./bytes.ts"
import { checkSection } from "./check.ts"
import {
  COMPACT_VERSION,
  type CompactBounds,
  itemsOf,
  readSection,
  type Section,
  sectionHead,
} from "./section.ts"

/** The media type of a request with a compact batch; a batch of version 1 is JSON. */
export const COMPACT_TYPE = "application/vnd.ispvm.batch"

export type BatchHead = Pick<Batch, "buffer" | "number" | "sentAtMs">
export type CompactBatch = Batch & {
  /** For each item: valid for certain, so that its schema needs not be asked. */
  readonly isValid: readonly boolean[]
  /** Bytes of each item: its share of its section, inflated. */
  readonly bytesOf: readonly number[]
  /** Of all sections as sent. It identifies the content of the batch. */
  readonly content: Uint8Array
}

export const isCompact = <B extends Pick<Batch, "items">>(batch: B): batch is B & CompactBatch =>
  "content" in batch

const MAGIC = Buffer.from("ispvmB")

export const encodeBatch = (
  { buffer, number, sentAtMs }: BatchHead,
  sections: readonly Uint8Array[],
): Buffer => {
  const writer = new ByteWriter()
  writer.raw(MAGIC)
  writer.byte(COMPACT_VERSION)
  writer.raw(Buffer.from(buffer.replaceAll("-", ""), "hex"))
  writer.uint(number)
  writer.uint(sentAtMs)
  for (const section of sections) {
    writer.uint(section.length)
    writer.raw(section)
  }
  return writer.done()
}

const Head = z.object({
  buffer: z.uuid(),
  number: z.int().positive(),
  sentAtMs: EpochMs,
})
const readHead = (reader: ByteReader): BatchHead => {
  if (reader.left < MAGIC.length || !reader.raw(MAGIC.length).equals(MAGIC))
    throw new CompactError("it is no compact batch")
  const version = reader.byte()
  if (version !== COMPACT_VERSION)
    throw new CompactError(`it is of version ${version}, and this release reads ${COMPACT_VERSION}`)
  const hex = reader.raw(16).toString("hex")
  const buffer = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
  const head = Head.safeParse({ buffer, number: reader.uint(), sentAtMs: reader.uint() })
  if (!head.success) throw new CompactError("its buffer, number or time is not possible")
  return head.data
}

/** Throws `CompactError` whatever else the bytes are. Takes time and memory in proportion to them. */
export const decodeBatch = (bytes: Uint8Array, bounds: CompactBounds): CompactBatch => {
  const reader = new ByteReader(bytes)
  const head = readHead(reader)
  const start = bytes.length - reader.left
  const budget = { ...bounds }
  const sections: Section[] = []
  while (reader.left > 0) {
    const section = reader.raw(reader.uint())
    if (sectionHead(section).items === 0) throw new CompactError("a section is empty")
    sections.push(readSection(section, budget, bounds.checkJson))
  }
  return {
    protocol: PROTOCOL,
    ...head,
    items: sections.flatMap(itemsOf),
    isValid: sections.flatMap(checkSection),
    bytesOf: sections.flatMap(({ items, inflatedBytes }) =>
      new Array<number>(items).fill(Math.ceil(inflatedBytes / items)),
    ),
    content: bytes.subarray(start),
  }
}
