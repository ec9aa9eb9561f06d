/** Params that name things, in messages. */
import { z } from "zod"

/** `id` null: not known. `name` null: no longer in the inventory. */
export const Named = z.object({ id: z.string().nullable(), name: z.string().nullable() })
export type Named = z.infer<typeof Named>
/** The first few by name, and how many more there are. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), more: z.int().min(0) })
export const NamedList = listOf(Named)
export type NamedList = z.infer<typeof NamedList>

/** A maintenance window, and what it is about of what has failed. */
export const PlannedWork = z.object({
  work: Named,
  on: NamedList,
  /** How long it had ended when the fault began; null: it was under way. */
  endedMs: z.number().min(0).nullable(),
  /** That the work is why it has failed; null: not calculated. */
  probability: z.number().min(0).max(1).nullable(),
})
