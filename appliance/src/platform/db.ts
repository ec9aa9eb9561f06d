/** Connections. Three pools, so that a slow screen never delays an agent's batch; every one logs in as a role that owns nothing. */
import type postgres from "postgres"
import type { OrgId } from "./ids.ts"

// int8 comes back as a JS number by the pools' `types` (ids, byte counts and bit/s stay far below 2^53); numeric is cast in SQL.
export type Sql = postgres.Sql<{ bigint: number }>
/** What store functions take first: a transaction that already works for one organisation. */
export type Tx = postgres.TransactionSql<{ bigint: number }>

export type Db = {
  /** Outside any organisation: sees only tables without row-level security. */
  readonly sql: Sql
  /** One transaction that works for `org` alone: sets `app.org_id` for its length. Retried once where the connection was lost before it began. */
  readonly asOrg: <T>(org: OrgId, work: (tx: Tx) => Promise<T>) => Promise<T>
}
/** `ui` has a statement timeout of 15 s, `ingest` keeps synchronous_commit on, `jobs` is for ticks and clean-up. */
export type Dbs = { readonly ui: Db; readonly ingest: Db; readonly jobs: Db; readonly close: () => Promise<void> }
