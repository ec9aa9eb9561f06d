/** Both drivers behind one interface. */

import { OrgId } from "@ispvm/appliance/platform/ids"
import type { Connection } from "@ispvm/appliance/platform/postgres/database-url"
import { openDbs, type Tx } from "@ispvm/appliance/platform/postgres/db"
import { tlsOptions } from "@ispvm/appliance/platform/postgres/postgres-tls"
import postgres from "postgres"

/** `ours` is `pg` as used by `platform/postgres`; `postgres` is the package with its defaults. */
export const DRIVERS = ["ours", "postgres"] as const
export type DriverName = (typeof DRIVERS)[number]
export type Face = {
  readonly query: Tx
  readonly begin: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  readonly close: () => Promise<void>
}
export type Unit = (sql: Face, round: number) => PromiseLike<unknown>
export type Limits = {
  readonly statementMs: number
  readonly unitMs: number
  readonly lifeMs: number
}

const ORG = OrgId.parse("00000000-0000-4000-8000-000000000001")
const LIMITS: Limits = { statementMs: 30_000, unitMs: 120_000, lifeMs: 1_800_000 }

/** Two connections each, like ingest. */
export const openDriver = (name: DriverName, connection: Connection, limits = LIMITS): Face => {
  if (name === "postgres") return openPostgres(connection, limits)
  const dbs = openDbs({ ...connection, limits })
  return {
    query: dbs.ingest.sql,
    begin: (work) => dbs.ingest.asOrg(ORG, work),
    close: dbs.close,
  }
}

const openPostgres = (
  { at, database, user, password }: Connection,
  { statementMs, lifeMs }: Limits,
): Face => {
  const path = at.kind === "socket" ? { path: `${at.directory}/.s.PGSQL.${at.port}` } : {}
  const tls = tlsOptions(at)
  const ssl = at.kind === "tcp" && at.tls === "prefer" ? "prefer" : tls
  const sql = postgres({
    host: at.kind === "socket" ? at.directory : at.host,
    port: at.port,
    ...path,
    database,
    user,
    password,
    ssl,
    max: 2,
    connect_timeout: 10,
    max_lifetime: lifeMs / 1_000,
    onnotice: () => undefined,
    connection: {
      application_name: "ispvm ingest",
      TimeZone: "UTC",
      statement_timeout: statementMs,
      synchronous_commit: "on",
    },
    types: { bigint: postgres.BigInt },
  })
  return {
    query: sql as unknown as Tx,
    begin: async (work) => {
      const done = await sql.begin(async (tx) => {
        await tx`select set_config('app.org_id', ${ORG}, true)`
        return { value: await work(tx as unknown as Tx) }
      })
      return done.value
    },
    close: () => sql.end({ timeout: 1 }),
  }
}
