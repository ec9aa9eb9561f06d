/** What a support bundle has of the database: its schema and sizes, and no row of it. */
import { z } from "zod"
import type { Db } from "../platform/postgres/db.ts"

const Table = z.object({ name: z.string(), bytes: z.coerce.number(), rows: z.coerce.number() })
const Migration = z.object({ name: z.string(), at: z.string() })
const MAX_TABLES = 2_000

export type DatabaseFacts = {
  readonly version: string
  readonly tables: readonly z.infer<typeof Table>[]
  readonly migrations: readonly z.infer<typeof Migration>[]
}

/** `rows` is the server's estimate. */
export const readDatabaseFacts = async ({ sql }: Db): Promise<DatabaseFacts> => {
  const [server] = await sql<{ version: string }[]>`select version()`
  const tables = await sql`
    select n.nspname || '.' || c.relname as name, pg_total_relation_size(c.oid) as bytes,
      greatest(c.reltuples, 0)::bigint as rows
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    order by bytes desc, name limit ${MAX_TABLES}`
  const migrations = await sql`
    select name, applied_at::text as at from migrations.applied order by name`
  return {
    version: server?.version ?? "unknown",
    tables: z.array(Table).parse(tables),
    migrations: z.array(Migration).parse(migrations),
  }
}
