/** Collectors of the agents, and how often each reads every device. */
import { COLLECTION_INTERVAL } from "@ispvm/wire/collectors"
import { z } from "zod"

const { minMs, maxMs } = COLLECTION_INTERVAL

/** `<source>.<what it reads>`, such as `snmp.health`. */
export const CollectorId = z.strictObject({
  name: z.string().regex(/^[a-z-]{1,32}\.[a-z-]{1,32}$/, "expected a name such as snmp.health"),
})

export const Collector = z.object({
  name: z.string(),
  /** False: stored by another release. This one has no such collector. */
  isKnown: z.boolean(),
  /** The interval without an override; null if the collector is not known. */
  defaultMs: z.int().nullable(),
  /** What the organisation has set; null: the default. */
  overrideMs: z.int().nullable(),
  /** The interval in use; null: no agent of this release uses it. */
  everyMs: z.int().nullable(),
})
export type Collector = z.infer<typeof Collector>

export const CollectorChange = z.strictObject({
  everyMs: z
    .int(`expected whole milliseconds between ${minMs} and ${maxMs}, or null for the default`)
    .min(minMs, `must be at least ${minMs} ms (1 second)`)
    .max(maxMs, `must be at most ${maxMs} ms (1 day)`)
    .nullable(),
})
export type CollectorChange = z.infer<typeof CollectorChange>
