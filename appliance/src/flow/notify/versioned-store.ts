/**
 * SQL of lists that are saved as a whole, in one row of an organisation: the version keeps two people
 * from overwriting each other's changes.
 */
import { z } from "zod"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

/** Also the name of the table, in the schema `notify`, and of its column. */
type List = "policies" | "schedules"
const Row = z.object({ version: z.int(), items: z.array(z.unknown()) })

/** Version 0: none was ever stored. An item that this release cannot read is left out. */
export const readList = async <T>(
  tx: Tx,
  org: OrgId,
  list: List,
  schema: z.ZodType<T>,
): Promise<{ version: number; items: T[] }> => {
  const [row] = await tx`
    select version, ${tx(list)} as items from ${tx(`notify.${list}`)} where org_id = ${org}`
  if (row === undefined) return { version: 0, items: [] }
  const { version, items } = Row.parse(row)
  return { version, items: items.flatMap((one) => schema.safeParse(one).data ?? []) }
}

/** False: somebody else has changed them since `version`. */
export const writeList = async (
  tx: Tx,
  org: OrgId,
  list: List,
  version: number,
  items: readonly unknown[],
): Promise<boolean> => {
  const json = tx`${JSON.stringify(items)}::text::jsonb`
  const table = tx(`notify.${list}`)
  const added = await tx`
    insert into ${table} (org_id, ${tx(list)}) select ${org}, ${json} where ${version} = 0
    on conflict (org_id) do nothing`
  if (added.count === 1) return true
  const changed = await tx`
    update ${table} set ${tx(list)} = ${json}, version = version + 1, changed_at = now()
    where org_id = ${org} and version = ${version}`
  return changed.count === 1
}
