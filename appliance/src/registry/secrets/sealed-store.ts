import { z } from "zod"
import type { Tx } from "../../platform/postgres/db.ts"

const Row = z.object({ id: z.string(), sealed: z.instanceof(Buffer) })
export type SealedRow = z.infer<typeof Row>

/** Rows of the organisation of `tx`. Tables and columns are names of ours, not input. */
export const readSealed = async (
  tx: Tx,
  from: { readonly table: string; readonly column: string; readonly id: "id" | null },
): Promise<readonly SealedRow[]> => {
  const id = from.id === null ? tx`''` : tx`${tx(from.id)}::text`
  return Row.array().parse(
    await tx`
      select ${id} as id, ${tx(from.column)} as sealed from ${tx(from.table)}
      where ${tx(from.column)} is not null`,
  )
}
