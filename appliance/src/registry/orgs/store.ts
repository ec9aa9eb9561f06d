import { z } from "zod"
import type { Sql, Tx } from "../../platform/db.ts"
import { OrgId } from "../../platform/ids.ts"

const Row = z.object({ id: OrgId, name: z.string() })

export const readOrgs = async (sql: Sql | Tx): Promise<z.infer<typeof Row>[]> =>
  z.array(Row).parse(await sql`select id, name from orgs.org order by created_at`)

export const insertOrg = async (sql: Sql | Tx, name: string): Promise<z.infer<typeof Row>> =>
  Row.parse((await sql`insert into orgs.org (name) values (${name}) returning id, name`)[0])
