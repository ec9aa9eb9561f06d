/** A server that disappears under load: every unit of work ends, and the next one works. */
import assert from "node:assert/strict"
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { connect, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { type TestDatabase, testDatabase } from "../../test/database.ts"
import { OrgId } from "./ids.ts"
import { type Db, isConnectionLost, openDbs, openSql, retryIdempotent } from "./postgres/db.ts"
import { type RunningPostgres, startPostgres } from "./postgres/postgres.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

const ORG = OrgId.parse("00000000-0000-4000-8000-000000000001")
/** Every kind of moment a transaction can be caught in: beginning, asking, between two questions, asking many at once, committing. */
const load = (db: Db, round: number): Promise<unknown>[] =>
  Array.from({ length: 36 }, (_, index) => {
    if (index % 6 === 5)
      return Promise.resolve(
        db.sql`select pg_sleep(0.05), ${index}::int, ${"x".repeat(index * 40)}::text`,
      )
    return db.asOrg(ORG, async (tx) => {
      await tx`select ${index}::int, ${round}::int`
      if (index % 2 === 0) await delay(index % 40)
      if (index % 3 === 0)
        await Promise.all(
          [1, 2, 3].map((n) => tx`select ${n}::int, pg_sleep(0.01), ${"y".repeat(600)}::text`),
        )
      await tx`select pg_sleep(0.02)`
    })
  })
/** All of them ended; those that failed report a lost connection. */
const allEnd = async (units: readonly Promise<unknown>[], withinMs: number): Promise<number> => {
  const late = new AbortController()
  const ends = await Promise.race([
    Promise.allSettled(units),
    delay(withinMs, null, { signal: late.signal }),
  ])
  late.abort()
  assert.ok(ends !== null, `units are still open after ${withinMs} ms`)
  const failed = ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []))
  for (const reason of failed) assert.ok(isConnectionLost(reason), String(reason))
  return failed.length
}

test("a server killed repeatedly with many running transactions: each ends within seconds, and none remains", {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-lost-"))
  chmodSync(folder, 0o755)
  const start = () =>
    startPostgres({
      dataDir: join(folder, "data"),
      user: null,
      info: () => undefined,
      settings: { fsync: "off" },
    })
  let server: RunningPostgres = await start()
  const dbs = openDbs(server.connection("postgres", "postgres"))
  const pools = [dbs.ui, dbs.ingest, dbs.jobs]
  try {
    let failed = 0
    for (let round = 0; round < 3; round += 1) {
      const units = pools.flatMap((one) => load(one, round))
      await delay(round * 40)
      const [pid] = readFileSync(join(server.directory, "postmaster.pid"), "utf8").split("\n")
      process.kill(Number(pid), "SIGKILL")
      const more = pools.flatMap((one) => load(one, round))
      failed += await allEnd([...units, ...more], 8_000)
      server = await start()
      assert.equal(
        await allEnd(
          pools.flatMap((one) => load(one, round)),
          5_000,
        ),
        0,
      )
    }
    assert.ok(failed > 100, `${failed} were under way`)
    const left = await dbs.ui.sql<{ name: string }[]>`
      select application_name as name from pg_stat_activity
      where application_name like 'ispvm %' and (state <> 'idle') and pid <> pg_backend_pid()`
    assert.deepEqual([...left], [])
  } finally {
    await dbs.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

test("connections ended one and all while one transaction asks and another is between two questions: both fail, the next is served", {
  timeout: 30_000,
}, async () => {
  const dbs = openDbs({ appUrl: db.url })
  const killer = openSql(db.superuser, { name: "killer", max: 1 })
  const endAll = () =>
    killer`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
  for (let round = 0; round < 12; round += 1) {
    await retryIdempotent(() =>
      Promise.all([1, 2].map(() => dbs.jobs.asOrg(db.org, (tx) => tx`select pg_sleep(0.01)`))),
    )
    const started = Promise.withResolvers<void>()
    const asking = dbs.jobs.asOrg(db.org, async (tx) => {
      await tx`select 1`
      started.resolve()
      await tx`select pg_sleep(10)`
    })
    const between = dbs.jobs.asOrg(db.org, async (tx) => {
      await tx`select 1`
      await started.promise
      await endAll()
      await delay(5) // the end has to arrive between two queries of this transaction
      await tx`select 2`
    })
    assert.equal(await allEnd([asking, between], 2_000), 2)
  }
  await Promise.all([killer.end(), dbs.close()])
})

test("a statement without an answer, and an endless transaction, are given up; later work succeeds", {
  timeout: 20_000,
}, async () => {
  // Between us and the server: a way that can fall silent without a word, as a broken network does.
  const { at } = db.superuser
  const sockets = new Set<Socket>()
  let isStalled = false
  const proxy = createServer((client) => {
    const server =
      at.kind === "socket"
        ? connect(`${at.directory}/.s.PGSQL.${at.port}`)
        : connect(at.port, at.host)
    for (const end of [client, server]) sockets.add(end.on("error", () => undefined))
    client.on("data", (bytes) => isStalled || server.write(bytes))
    server.on("data", (bytes) => client.write(bytes))
    client.on("close", () => server.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
  const address = proxy.address()
  assert.ok(typeof address === "object" && address !== null)
  const dbs = openDbs({
    ...db.superuser,
    at: { kind: "tcp", host: "127.0.0.1", port: address.port, tls: "disable", rootFile: null },
    limits: { statementMs: 400, unitMs: 1_500, lifeMs: 60_000 },
  })
  await dbs.ui.sql`select 1`
  isStalled = true
  await assert.rejects(
    dbs.ui.asOrg(db.org, (tx) => tx`select 1`),
    isConnectionLost,
  )
  assert.equal(
    await allEnd([dbs.ui.sql`select 1`, dbs.ui.sql`select 2`, dbs.ui.sql`select 3`], 3_000),
    3,
  )
  isStalled = false
  assert.equal((await dbs.ui.sql`select 1`).length, 1)
  await assert.rejects(
    dbs.ui.asOrg(db.org, () => new Promise(() => undefined)),
    /did not finish within 1500 ms/,
  )
  assert.equal((await dbs.ui.asOrg(db.org, (tx) => tx`select 1`)).length, 1)
  await dbs.close()
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => proxy.close(resolve))
})

test("connections are replaced after their lifetime, and running work on them finishes", async () => {
  const dbs = openDbs({ appUrl: db.url, limits: { statementMs: 5_000, unitMs: 5_000, lifeMs: 50 } })
  const pidOf = (rows: readonly { pid: number }[]) => rows[0]?.pid
  const began = Promise.withResolvers<number | undefined>()
  const aged = Promise.withResolvers<void>()
  const running = dbs.ui.asOrg(db.org, async (tx) => {
    began.resolve(pidOf(await tx<{ pid: number }[]>`select pg_backend_pid() as pid`))
    await aged.promise
    return pidOf(await tx<{ pid: number }[]>`select pg_backend_pid() as pid`)
  })
  await began.promise
  await delay(60)
  const [present] = await dbs.ui.sql<{ pids: number[] }[]>`
    select array_agg(pid) as pids from pg_stat_activity where datname = current_database() and application_name = 'ispvm ui'`
  assert.equal(present?.pids.length, 2)
  aged.resolve()
  assert.equal(await running, await began.promise)
  await dbs.close()
})
