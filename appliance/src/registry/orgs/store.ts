import { z } from "zod"
import { OrgId } from "../../platform/ids.ts"
import type { Sql, Tx } from "../../platform/postgres/db.ts"

const Row = z.object({ id: OrgId, name: z.string() })
const Id = Row.pick({ id: true })

/** Only the ids: names and everything else are protected by the policy of each organisation. */
export const readOrgIds = async (sql: Sql | Tx): Promise<z.infer<typeof Id>[]> =>
  z.array(Id).parse(await sql`select id from orgs.ids()`)

export const readOrg = async (tx: Tx, org: OrgId): Promise<z.infer<typeof Row> | null> => {
  const [row] = await tx`select id, name from orgs.org where id = ${org}`
  return row === undefined ? null : Row.parse(row)
}

export const insertOrg = async (tx: Tx, id: OrgId, name: string): Promise<z.infer<typeof Row>> => {
  await tx`select set_config('app.org_id', ${id}, true)`
  return Row.parse(
    (await tx`insert into orgs.org (id, name) values (${id}, ${name}) returning id, name`)[0],
  )
}
