/**
 * The Postgres drivers: `pg` as used by `platform/postgres`, and the package `postgres`, on the
 * embedded server.
 *   npm run bench -- driver [--rounds 15] [--only speed|loss|tls|memory]
 * Speed is the processor time of this process for one unit of work, the lower quartile of rounds.
 * The drivers take turns, so that a busy machine affects both alike. Each loss runs in its own
 * process, because a driver may end the process with its connection.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { parseArgs } from "node:util"
import type { Connection } from "@ispvm/appliance/platform/postgres/database-url"
import { openDbs } from "@ispvm/appliance/platform/postgres/db"
import { type RunningPostgres, startPostgres } from "@ispvm/appliance/platform/postgres/postgres"
import pg from "pg"
import { from as copyFrom } from "pg-copy-streams"
import postgres from "postgres"
import { DRIVERS, type DriverName, openDriver, type Unit } from "./driver-faces.ts"
import { runLosses } from "./driver-loss.ts"
import { runMemory } from "./driver-memory.ts"
import { runTls } from "./driver-tls.ts"
import { percentile, ratio, table } from "./figures.ts"

const PARTS = ["speed", "loss", "tls", "memory"] as const

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "15" },
      only: { type: "string", multiple: true, default: [...PARTS] },
    },
  })
  const folder = mkdtempSync(join(tmpdir(), "ispvm-driver-"))
  chmodSync(folder, 0o755)
  const server = await startPostgres({
    dataDir: join(folder, "data"),
    user: null,
    info: () => undefined,
    settings: { fsync: "off" },
  })
  try {
    if (values.only.includes("speed")) await runSpeed(server, Number(values.rounds))
    if (values.only.includes("memory")) await runMemory(server)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  if (values.only.includes("loss")) await runLosses()
  if (values.only.includes("tls")) await runTls()
  return true
}

const ROWS = 2_000

/** The way batches of agents are stored: one list per column. */
const insertByLists: Unit = async (sql, round) => {
  const index = Array.from({ length: ROWS }, (_, i) => i)
  await sql.begin(async (tx) => {
    await tx`select set_config('app.org_id', ${"x"}, true)`
    await tx`
      insert into bench_ping (ts, target_id, sent, received, rtt_us, name)
      select to_timestamp(at / 1000), target_id, sent, received, rtt_us, name
      from unnest(${index.map((i) => 1.7e12 + round * 1e6 + i)}::float8[], ${index}::int[],
        ${index.map(() => 1)}::smallint[],
        ${index.map((i) => (i % 9 === 0 ? null : 1))}::smallint[],
        ${index.map((i) => 900 + i)}::bigint[], ${index.map((i) => `ether${i % 48}`)}::text[])
        as given (at, target_id, sent, received, rtt_us, name)`
  })
}
const CASES: readonly (readonly [string, Unit])[] = [
  [`transaction of ${ROWS} rows by lists`, insertByLists],
  [
    "200 small queries at once in a transaction",
    (sql) =>
      sql.begin(async (tx) => {
        await Promise.all(
          Array.from({ length: 200 }, (_, i) => tx`select ${i}::int as a, ${"b"}::text as b`),
        )
      }),
  ],
  [
    "100 small queries one after another",
    async (sql) => {
      for (let i = 0; i < 100; i += 1) await sql.query`select ${i}::int as a, ${"b"}::text as b`
    },
  ],
  [
    "30 transactions of four queries, two at a time",
    async (sql) => {
      const one = (i: number) =>
        sql.begin(async (tx) => {
          await tx`select set_config('app.org_id', ${"x"}, true)`
          await tx`select ${i}::int as a`
          await tx`select ${new Date(1.7e12 + i)}::timestamptz as at,
            ${tx.json({ a: [i] })}::jsonb as doc`
          await tx`select ${[i, 2, 3]}::int[] as list`
        })
      for (let i = 0; i < 15; i += 1) await Promise.all([one(i), one(i)])
    },
  ],
  [
    "5000 rows of eight columns read",
    (sql) => sql.query`
      select i as id, i::bigint * 1000 as bytes, i / 3.0::float8 as ratio, 'ether' || i as name,
        i % 2 = 0 as up, now() as at, array[i, i + 1] as list, jsonb_build_object('a', i) as doc
      from generate_series(1, ${5000}::int) i`,
  ],
]

const runSpeed = async (server: RunningPostgres, rounds: number): Promise<void> => {
  const connection = server.connection("postgres", "postgres")
  const admin = openDbs(connection)
  await admin.ui.sql`create table bench_ping (ts timestamptz, target_id int, sent smallint,
    received smallint, rtt_us bigint, name text)`
  await admin.close()
  const faces = DRIVERS.map((name) => [name, openDriver(name, connection)] as const)
  const cases: [string, Record<DriverName, (round: number) => PromiseLike<unknown>>][] = CASES.map(
    ([what, unit]) => {
      const of = (name: DriverName) => {
        const face = faces.find(([each]) => each === name)?.[1]
        if (face === undefined) throw new Error(name)
        return (round: number) => unit(face, round)
      }
      return [what, { ours: of("ours"), postgres: of("postgres") }]
    },
  )
  const copies = await openCopies(connection)
  cases.push(["20000 rows by COPY", copies.run])
  const rows = [["unit of work", "our CPU", "postgres CPU", "CPU ratio", "time ratio"]]
  for (const [what, units] of cases) rows.push(await compare(what, units, rounds))
  console.log(`${table(rows)}\n`)
  await copies.close()
  for (const [, face] of faces) await face.close()
}

const compare = async (
  what: string,
  units: Record<DriverName, (round: number) => PromiseLike<unknown>>,
  rounds: number,
): Promise<string[]> => {
  const cpu: Record<DriverName, number[]> = { ours: [], postgres: [] }
  const wall: Record<DriverName, number[]> = { ours: [], postgres: [] }
  for (let round = -3; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? DRIVERS : DRIVERS.toReversed()) {
      const beganMs = performance.now()
      const before = process.cpuUsage()
      await units[name](round)
      const { user, system } = process.cpuUsage(before)
      if (round < 0) continue // warm-up
      cpu[name].push((user + system) / 1_000)
      wall[name].push(performance.now() - beganMs)
    }
  }
  const typical = (values: readonly number[]) => percentile(values, 25)
  return [
    what,
    `${typical(cpu.ours).toFixed(1)} ms`,
    `${typical(cpu.postgres).toFixed(1)} ms`,
    ratio(typical(cpu.ours), typical(cpu.postgres)),
    ratio(typical(wall.ours), typical(wall.postgres)),
  ]
}

/** COPY, with the API of each package: the product does not use it. */
const openCopies = async ({ at, database, user, password }: Connection) => {
  if (at.kind !== "socket") throw new Error("the embedded server listens on a socket")
  const sql = postgres({
    host: at.directory,
    port: at.port,
    path: `${at.directory}/.s.PGSQL.${at.port}`,
    database,
    user,
    password,
    max: 1,
  })
  const client = new pg.Client({ host: at.directory, port: at.port, database, user, password })
  client.on("error", () => undefined)
  await client.connect()
  const lines = () =>
    Readable.from(
      Array.from({ length: 200 }, (_, chunk) =>
        Array.from(
          { length: 100 },
          (_, i) => `2026-01-01 00:00:00+00\t${chunk * 100 + i}\t1\t1\t900\tether1\n`,
        ).join(""),
      ),
    )
  return {
    run: {
      postgres: async () => pipeline(lines(), await sql`copy bench_ping from stdin`.writable()),
      ours: () => pipeline(lines(), client.query(copyFrom("copy bench_ping from stdin"))),
    },
    close: async () => {
      await Promise.all([sql.end(), client.end()])
    },
  }
}
