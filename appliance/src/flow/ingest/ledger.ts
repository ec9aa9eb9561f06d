/**
 * Whether a batch was stored before. Its name, (agent, buffer, number), is not unique: an agent
 * restored from a snapshot, or a copy of its disk, gives old names to new items. So a batch is
 * identified by name and content together. Pure.
 */
import { createHash } from "node:crypto"
import type { Batch } from "@ispvm/wire"
import { isCompact } from "@ispvm/wire/compact"

/** A stored batch of this number. `content` is null where an earlier release stored it. */
export type LedgerRow = {
  readonly buffer: string
  readonly content: Buffer | null
  readonly ack: unknown
}

/**
 * `known`: the stored acknowledgement is the answer. `new`: to be stored under the ledger name
 * `buffer`. `conflict`: the sender has to choose a new buffer id.
 */
export type LedgerDecision =
  | {
      readonly kind: "known"
      readonly ack: unknown
      readonly reason: "same-content" | "empty-batch"
    }
  | { readonly kind: "new"; readonly buffer: string; readonly reason: "new-name" | "copy" }
  | {
      readonly kind: "conflict"
      readonly reason: "other-content" | "no-content-on-record" | "too-many-copies"
    }

/**
 * Copies of one agent of a release without buffer conflicts: the batches of each are stored under a
 * name of its own.
 */
const MAX_COPIES = 8

const sha256 = (content: string | Uint8Array): Buffer =>
  createHash("sha256").update(content).digest()

/**
 * SHA-256 of the items, as JSON or as the sections of a compact batch; the time of sending differs
 * with each attempt. `sizes`: bytes of each item.
 */
export const contentOf = (
  batch: Pick<Batch, "items">,
): { readonly content: Buffer; readonly sizes: readonly number[] } => {
  if (isCompact(batch)) return { content: sha256(batch.content), sizes: batch.bytesOf }
  const texts = batch.items.map((item) => JSON.stringify(item))
  return {
    content: sha256(`[${texts.join(",")}]`),
    sizes: texts.map((text) => Buffer.byteLength(text)),
  }
}

/**
 * The buffer's own id, and the ids under which batches of its copies are stored. Always the same
 * for one buffer.
 */
export const ledgerNames = (buffer: string): readonly string[] => [
  buffer,
  ...Array.from({ length: MAX_COPIES - 1 }, (_, copy) =>
    uuidOf(createHash("sha256").update(`${buffer} ${copy}`).digest("hex")),
  ),
]

/** Version 8 of RFC 9562: the other bits are free. */
const uuidOf = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`

/**
 * `rows`: what is stored under any of `ledgerNames` with this number. `canRename`: the sender
 * understands a conflict. An older sender would put the batch into quarantine, so its batch is
 * stored beside the other instead.
 */
export const checkLedger = (
  batch: Pick<Batch, "buffer" | "items">,
  content: Buffer,
  rows: readonly LedgerRow[],
  canRename: boolean,
): LedgerDecision => {
  const same = rows.find((row) => row.content?.equals(content) === true)
  if (same !== undefined) return { kind: "known", ack: same.ack, reason: "same-content" }
  const own = rows.find(({ buffer }) => buffer === batch.buffer)
  if (own === undefined) return { kind: "new", buffer: batch.buffer, reason: "new-name" }
  // Sent when the full batch could not be stored. It was stored, and only its answer was lost.
  if (batch.items.length === 0) return { kind: "known", ack: own.ack, reason: "empty-batch" }
  if (canRename)
    return {
      kind: "conflict",
      reason: own.content === null ? "no-content-on-record" : "other-content",
    }
  const taken = new Set(rows.map(({ buffer }) => buffer))
  const free = ledgerNames(batch.buffer).find((name) => !taken.has(name))
  return free === undefined
    ? { kind: "conflict", reason: "too-many-copies" }
    : { kind: "new", buffer: free, reason: "copy" }
}
