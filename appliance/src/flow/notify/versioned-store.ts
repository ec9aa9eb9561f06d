/**
 * SQL of lists that are saved as a whole, in one row of an organisation: the version keeps two people
 * from overwriting each other's changes. What another release has stored, and this one cannot read,
 * is shown as unreadable and stays in its place when the list is saved.
 */
import { z } from "zod"
import type { Unreadable } from "../../api/notifications.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

/** Also the name of the table, in the schema `notify`, and of its column. */
type List = "policies" | "schedules"
const Row = z.object({ version: z.int(), items: z.array(z.unknown()) })
type Row = z.infer<typeof Row>

const NameOf = z.object({ name: z.string() })
const MAX_WHY = 200
/** Which fields are wrong, for people who look for the release that wrote it. */
const unreadableOf = (item: unknown, { issues }: z.ZodError): Unreadable => ({
  name: NameOf.safeParse(item).data?.name.slice(0, 120) ?? "?",
  why: issues
    .map(({ path, message }) => `${path.join(".")}: ${message}`)
    .join("; ")
    .slice(0, MAX_WHY),
})

const readRow = async (tx: Tx, org: OrgId, list: List): Promise<Row | null> => {
  const [row] = await tx`
    select version, ${tx(list)} as items from ${tx(`notify.${list}`)} where org_id = ${org}`
  return row === undefined ? null : Row.parse(row)
}

/** Version 0: none was ever stored. */
export const readList = async <T>(
  tx: Tx,
  org: OrgId,
  list: List,
  schema: z.ZodType<T>,
): Promise<{ version: number; items: T[]; unreadable: readonly Unreadable[] }> => {
  const row = await readRow(tx, org, list)
  const parsed = (row?.items ?? []).map((item) => ({ item, result: schema.safeParse(item) }))
  return {
    version: row?.version ?? 0,
    items: parsed.flatMap(({ result }) => (result.success ? [result.data] : [])),
    unreadable: parsed.flatMap(({ item, result }) =>
      result.success ? [] : [unreadableOf(item, result.error)],
    ),
  }
}

/** Those given, with what cannot be read where it was. */
const withUnreadable = (
  { items }: Row,
  schema: z.ZodType,
  given: readonly unknown[],
): readonly unknown[] => {
  const next = [...given]
  for (const [place, item] of items.entries())
    if (!schema.safeParse(item).success) next.splice(Math.min(place, next.length), 0, item)
  return next
}

/** False: somebody else has changed them since `version`. */
export const writeList = async (
  tx: Tx,
  org: OrgId,
  list: List,
  schema: z.ZodType,
  version: number,
  items: readonly unknown[],
): Promise<boolean> => {
  const table = tx(`notify.${list}`)
  const row = await readRow(tx, org, list)
  const json = (given: readonly unknown[]) => tx`${JSON.stringify(given)}::text::jsonb`
  if (row === null) {
    const added = await tx`
      insert into ${table} (org_id, ${tx(list)}) select ${org}, ${json(items)} where ${version} = 0
      on conflict (org_id) do nothing`
    return added.count === 1
  }
  // The version is that of the row that was read: nothing that was stored meanwhile is lost.
  const kept = json(withUnreadable(row, schema, items))
  const changed = await tx`
    update ${table} set ${tx(list)} = ${kept}, version = version + 1, changed_at = now()
    where org_id = ${org} and version = ${version} and version = ${row.version}`
  return changed.count === 1
}
