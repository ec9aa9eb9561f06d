/** A batch: the unit in which an agent sends items, and its acknowledgement. */
import { z } from "zod"
import { Event } from "./events.ts"
import { Facts } from "./facts.ts"
import { FAMILIES } from "./families/families.ts"
import type { Family } from "./families/family.ts"
import { Rows } from "./rows.ts"
import { count, EpochMs, LIMITS, Protocol, Text } from "./values.ts"

export const Item = z.discriminatedUnion("kind", [
  Event,
  Facts,
  Rows,
  ...FAMILIES.map(({ schema }) => schema),
])
export type Item = z.infer<typeof Item>
/** The schema of each kind of item: events, facts, rows of tables, and the samples of each family. */
export const itemSchemas = (families: readonly Family[]): ReadonlyMap<string, z.ZodType> =>
  new Map<string, z.ZodType>([
    ["event", Event],
    ["facts", Facts],
    ["rows", Rows],
    ...families.map(({ name, schema }) => [name, schema] as const),
  ])

/**
 * Items of an agent's buffer. Its identity is (agent, buffer, number): `buffer` is random for each
 * buffer file, `number` counts from 1 without gaps. A copied or restored buffer file can give one
 * identity to two contents, so the receiver also compares the content. The receiver parses `items`
 * one by one: an invalid item does not affect the others.
 */
export const Batch = z.strictObject({
  protocol: Protocol,
  buffer: z.uuid(),
  number: z.int().positive(),
  sentAtMs: EpochMs,
  items: z.array(z.unknown()).max(LIMITS.batchItems),
})
export type Batch = z.infer<typeof Batch>

export const RejectReason = z.enum([
  "malformed",
  "unknown-device",
  "not-yours",
  "too-old",
  "in-the-future",
  "conflict",
])
export type RejectReason = z.infer<typeof RejectReason>
/**
 * Sent only after the commit. The same batch sent again gets the same bytes. The agent does not
 * send rejected items again.
 */
export const Ack = z.strictObject({
  protocol: Protocol,
  buffer: z.uuid(),
  number: z.int().positive(),
  accepted: count,
  rejected: z.array(z.strictObject({ index: count, reason: RejectReason, message: Text })),
})
export type Ack = z.infer<typeof Ack>
