/**
 * The data folder of an appliance of the first release (fixtures/data-0021): the rows of every
 * table, the master key and the authority. They are restored into a database with only the
 * migrations of that release, and into a temporary folder.
 */
import { randomUUID } from "node:crypto"
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { z } from "zod"
import { type Connection, databaseUrl } from "../src/platform/postgres/database-url.ts"
import { openSql, type Sql, type Tx } from "../src/platform/postgres/db.ts"
import { migrate } from "../src/platform/postgres/migrate.ts"
import { prepareDatabase } from "../src/platform/postgres/roles.ts"
import { MIGRATIONS, testServer } from "./database.ts"

const FIXTURE = join(import.meta.dirname, "fixtures", "data-0021")
const TABLES = join(FIXTURE, "tables")

/** With schemas of its own, so that it does not change when fields of the API are renamed. */
const Recorded = z.strictObject({
  login: z.strictObject({ email: z.string(), password: z.string() }),
  applianceStoppedAtMs: z.int(),
  agentStoppedAtMs: z.int(),
  /** Of the routers' account and community, encrypted in the tables. */
  routerPassword: z.string(),
  routerCommunity: z.string(),
  incidents: z.array(
    z.strictObject({
      id: z.string(),
      number: z.int(),
      isOpen: z.boolean(),
      title: z.string(),
      openedAtMs: z.int(),
      closedAtMs: z.int().nullable(),
      acknowledgedBy: z.string().nullable(),
      confidence: z.number().nullable(),
      causes: z.array(z.string()),
      because: z.array(z.string()),
      timeline: z.array(z.strictObject({ atMs: z.int(), who: z.string(), text: z.string() })),
      evidence: z.array(z.string()),
      history: z.array(z.strictObject({ atMs: z.int(), text: z.string() })),
    }),
  ),
  /** Of the open incident. */
  symptoms: z.array(
    z.strictObject({
      deviceName: z.string(),
      interface: z.string().nullable(),
      isDown: z.boolean(),
      sinceMs: z.int(),
    }),
  ),
  /** The key of the router sam-agg-1. */
  routerKey: z.string(),
  devices: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      address: z.string(),
      siteName: z.string().nullable(),
      version: z.string().nullable(),
      board: z.string().nullable(),
      serial: z.string().nullable(),
      isMonitored: z.boolean(),
    }),
  ),
  companions: z.array(
    z.strictObject({
      deviceId: z.string(),
      lastPushFrom: z.string(),
      taken: z.int(),
      version: z.string(),
      done: z.array(z.string()),
      keys: z.array(z.string()),
      watched: z.array(z.tuple([z.string(), z.string()])),
      applianceHost: z.string(),
    }),
  ),
  audit: z.array(
    z.strictObject({
      id: z.string(),
      atMs: z.int(),
      actor: z.string(),
      action: z.string(),
      subjectId: z.string().nullable(),
    }),
  ),
  accounts: z.array(z.strictObject({ email: z.string(), name: z.string(), role: z.string() })),
  credentials: z.array(
    z.strictObject({ id: z.string(), name: z.string(), username: z.string().nullable() }),
  ),
})
export type Recorded = z.infer<typeof Recorded>
export const recorded: Recorded = Recorded.parse(
  JSON.parse(readFileSync(join(FIXTURE, "recorded.json"), "utf8")),
)

const DAY_MS = 86_400_000
const isOfRecording = (ms: number): boolean => Math.abs(ms - recorded.agentStoppedAtMs) < DAY_MS

/**
 * Moves the recording's times, written as epoch milliseconds or as Postgres writes them in JSON, by
 * `byMs`: so that the recording is always a minute old, and no retention deletes it. Microseconds
 * stay.
 */
export const shiftTimes = (text: string, byMs: number): string =>
  text
    .replaceAll(/\b\d{13}\b/g, (digits) =>
      isOfRecording(Number(digits)) ? String(Number(digits) + byMs) : digits,
    )
    .replaceAll(
      /\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?\+00:00/g,
      (whole, seconds: string, fraction = ".000") => {
        const digits = fraction.slice(1).padEnd(6, "0")
        const ms = Date.parse(`${seconds}.${digits.slice(0, 3)}Z`)
        if (!isOfRecording(ms)) return whole
        return new Date(ms + byMs).toISOString().replace("Z", `${digits.slice(3)}+00:00`)
      },
    )

export type OldData = {
  readonly dataDir: string
  /** As the tables' owner, and as the server's superuser. */
  readonly owner: Connection
  readonly superuser: Connection
  /** As the superuser. */
  readonly url: string
  readonly sql: Sql
  /** The offset of the recorded times. */
  readonly byMs: number
  readonly remove: () => Promise<void>
}
/** `edit`: applied to the text of a table's rows before they are stored. */
export const restoreFirstRelease = async (
  edit = (_table: string, text: string): string => text,
): Promise<OldData> => {
  const byMs = Date.now() - recorded.agentStoppedAtMs
  const dataDir = mkdtempSync(join(tmpdir(), "ispvm-first-release-"))
  cpSync(join(FIXTURE, "files"), dataDir, { recursive: true })
  const server = await testServer()
  writeFileSync(join(dataDir, "database.json"), JSON.stringify(server.passwords), { mode: 0o600 })
  const name = `t_${process.pid}_${randomUUID().replaceAll("-", "").slice(0, 12)}`
  const { owner } = await prepareDatabase(
    (database) => server.connection("postgres", database),
    name,
    server.passwords,
  )
  const superuser = server.connection("postgres", name)
  const names = rowsOf("migrations.applied").map((row) => z.string().parse(row.name))
  const old = mkdtempSync(join(tmpdir(), "ispvm-migrations-"))
  for (const file of names) copyFileSync(join(MIGRATIONS, file), join(old, file))
  await migrate(owner, old)
  rmSync(old, { recursive: true })
  const sql = openSql(superuser, { name: "test", max: 1 })
  await loadRows(sql, (table, text) => shiftTimes(edit(table, text), byMs), Date.now())
  return {
    dataDir,
    ...{ owner, superuser },
    url: databaseUrl(superuser),
    sql,
    byMs,
    remove: async () => {
      await sql.end()
      const last = openSql(server.connection("postgres", "postgres"), { name: "test", max: 1 })
      await last.unsafe(`drop database if exists ${name} with (force)`)
      await last.end()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** How many rows of each table were recorded. */
export const recordedRows = (): ReadonlyMap<string, number> =>
  new Map(
    readdirSync(TABLES).map((file) => {
      const table = file.replace(".jsonl", "")
      return [table, rowsOf(table).length]
    }),
  )

const textOf = (table: string): string => readFileSync(join(TABLES, `${table}.jsonl`), "utf8")
const rowsOf = (table: string) =>
  textOf(table)
    .trimEnd()
    .split("\n")
    .map((line) => z.looseObject({}).parse(JSON.parse(line)))

/**
 * Replaces the rows that the migrations have inserted; creates the partitions that the rows need.
 * All names are those of migration 0021.
 */
const loadRows = (
  sql: Sql,
  edit: (table: string, text: string) => string,
  nowMs: number,
): Promise<unknown> =>
  sql.begin(async (tx) => {
    // Without checks of foreign keys and their order.
    await tx`set local session_replication_role = replica`
    await tx`select ispvm.premake(name, ${new Date(nowMs - DAY_MS)}, ${new Date(nowMs + DAY_MS)}) from ispvm.series`
    for (const file of readdirSync(TABLES)) {
      const table = file.replace(".jsonl", "")
      const rows = `[${edit(table, textOf(table)).trimEnd().split("\n").join(",")}]`
      await tx.unsafe(`delete from ${table}`)
      await tx.unsafe(
        `insert into ${table} overriding system value select * from jsonb_populate_recordset(null::${table}, $1::text::jsonb)`,
        [rows],
      )
    }
    await continueSequences(tx)
  })

const continueSequences = async (tx: Tx): Promise<void> => {
  const columns = await tx<{ place: string; column: string }[]>`
    select format('%I.%I', table_schema, table_name) as place, column_name as column
    from information_schema.columns where is_identity = 'YES'`
  for (const { place, column } of columns)
    await tx.unsafe(
      `select setval(pg_get_serial_sequence('${place}', '${column}'), max("${column}")) from ${place} having max("${column}") is not null`,
    )
}
