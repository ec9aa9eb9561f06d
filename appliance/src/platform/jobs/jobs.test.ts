/** Durable jobs on a real Postgres, killed and restarted processes among them. */
import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { z } from "zod"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { type Counters, createCounters } from "../counters.ts"
import { createLog } from "../log.ts"
import { openSql, retryIdempotent } from "../postgres/db.ts"
import { createJobs, defineJob, type Job, type Jobs, RETRY } from "./jobs.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

const Payload = z.strictObject({ n: z.number() })
const base = { payload: Payload, isUnique: false, retry: RETRY, timeoutS: 60 }
const FAST = { pollS: 0.5, superviseS: 1, heartbeatS: 10 }

const started = (...added: readonly Job<{ n: number }>[]) => startedWith(FAST, added)
const startedWith = async (
  intervals: typeof FAST,
  added: readonly Job<{ n: number }>[],
): Promise<{ jobs: Jobs; counters: Counters }> => {
  const counters = createCounters({ process: false })
  const log = createLog("silent")
  const jobs = createJobs({ db: db.dbs.queue, counters, log, intervals })
  for (const job of added) jobs.add(job)
  await jobs.start()
  return { jobs, counters }
}
const until = async (
  isTrue: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> => {
  for (const end = performance.now() + withinMs; performance.now() < end; await delay(20))
    if (await isTrue()) return
  assert.fail(`not within ${withinMs} ms`)
}
const stateOf = async (name: string): Promise<string[]> =>
  [
    ...(await db.dbs.queue.sql<{ state: string }[]>`
    select state::text from jobs.job where name = ${name} order by created_on`),
  ].map(({ state }) => state)

test("the tables are those of the package that is installed", async () => {
  const file = createRequire(import.meta.url).resolve("pg-boss")
  const { pgboss } = z
    .object({ pgboss: z.object({ schema: z.number() }) })
    .parse(JSON.parse(readFileSync(join(file, "../../package.json"), "utf8")))
  const [row] = await db.dbs.queue.sql<{ version: number }[]>`select version from jobs.version`
  assert.equal(row?.version, pgboss.schema)
})

test("a job runs at once and in order, and a payload of another form is rejected", async () => {
  const seen: number[] = []
  const job = defineJob({ ...base, name: "order", run: async ({ n }) => void seen.push(n) })
  // The poll is too late for a job that was not run when it was sent.
  const { jobs, counters } = await startedWith({ ...FAST, pollS: 45 }, [job])
  for (let n = 0; n < 30; n += 1) assert.equal(await jobs.send(job, { n }), true)
  await until(() => seen.length === 30)
  assert.deepEqual(
    seen,
    Array.from({ length: 30 }, (_, n) => n),
  )
  await assert.rejects(jobs.send(job, JSON.parse('{"n":"x"}')), z.ZodError)
  assert.match(
    (await counters.text()).body,
    /ispvm_jobs_total\{job="order",outcome="completed"\} 30/,
  )
  await jobs.stop()
})

test("a failing job is repeated, then counts as failed, and the metrics show it", async () => {
  const attempts: number[] = []
  const job = defineJob({
    ...base,
    name: "flaky",
    retry: { limit: 2, delayS: 1, maxDelayS: 1 },
    run: async ({ n }, { attempt }) => {
      if (n === 1) attempts.push(attempt)
      if (n === 0 || attempt < 2) throw new Error("not yet")
    },
  })
  const { jobs, counters } = await started(job)
  await jobs.send(job, { n: 1 })
  await jobs.send(job, { n: 0 })
  await until(async () => (await stateOf("flaky")).join() === "completed,failed", 20_000)
  assert.deepEqual(attempts, [1, 2])
  const { body } = await counters.text()
  assert.match(body, /ispvm_jobs_total\{job="flaky",outcome="failed"\} 1/)
  assert.match(body, /ispvm_jobs_total\{job="flaky",outcome="retried"\} 3/)
  assert.match(body, /ispvm_job_seconds_count\{job="flaky"\} 5/)
  await jobs.stop()
})

test("of a unique job one is queued or running for each key", async () => {
  const gate = Promise.withResolvers<void>()
  let runs = 0
  const job = defineJob({
    ...base,
    name: "unique",
    isUnique: true,
    run: async () => {
      runs += 1
      await gate.promise
    },
  })
  const { jobs } = await started(job)
  assert.equal(await jobs.send(job, { n: 1 }, { key: "a" }), true)
  await until(() => runs === 1)
  assert.equal(await jobs.send(job, { n: 2 }, { key: "a" }), false)
  assert.equal(await jobs.send(job, { n: 3 }, { key: "b" }), true)
  gate.resolve()
  await until(() => runs === 2)
  await until(async () => (await stateOf("unique")).every((state) => state === "completed"))
  assert.equal(await jobs.send(job, { n: 4 }, { key: "a" }), true)
  await until(() => runs === 3)
  await jobs.stop()
})

test("a job sent in a transaction is there if the transaction commits", async () => {
  const seen: number[] = []
  const job = defineJob({ ...base, name: "sent", run: async ({ n }) => void seen.push(n) })
  const { jobs } = await started(job)
  const { sql } = db.dbs.ui
  const broken = sql.begin(async (tx) => {
    await jobs.send(job, { n: 1 }, { tx })
    throw new Error("no")
  })
  await assert.rejects(broken, /no/)
  await sql.begin((tx) => jobs.send(job, { n: 2 }, { tx }))
  await until(() => seen.length > 0)
  await delay(1_200)
  assert.deepEqual(seen, [2])
  await jobs.stop()
})

test("what a job writes in its transaction exists once, whatever fails in between", async () => {
  const { sql } = db.dbs.ui
  let tries = 0
  const job = defineJob({
    ...base,
    name: "in-transaction",
    retry: { limit: 3, delayS: 1, maxDelayS: 1 },
    runInTransaction: async ({ n }, tx) => {
      tries += 1
      await tx`insert into platform.setting (key, value) values (${`${n}-${tries}`}, '1')`
      if (tries === 1) throw new Error("after it was written")
      if (tries === 2) await tx`select pg_terminate_backend(pg_backend_pid())`
    },
  })
  const { jobs } = await started(job)
  await jobs.send(job, { n: 7 })
  await until(async () => (await stateOf("in-transaction")).join() === "completed", 30_000)
  const rows = await sql<{ key: string }[]>`select key from platform.setting where key like '7-%'`
  assert.deepEqual(
    rows.map(({ key }) => key),
    ["7-3"],
  )
  await jobs.stop()
})

test("the queue goes on after the server has ended every connection", async () => {
  const seen: number[] = []
  const job = defineJob({ ...base, name: "restart", run: async ({ n }) => void seen.push(n) })
  const { jobs } = await started(job)
  const killer = openSql(db.superuser, { name: "killer", max: 1 })
  for (let n = 0; n < 3; n += 1) {
    await retryIdempotent(() => jobs.send(job, { n }))
    await until(() => seen.includes(n))
    await killer`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`
  }
  await killer.end()
  assert.deepEqual(jobs.readiness(), [])
  await jobs.stop()
})

test("a stop aborts running jobs and waits for them", async () => {
  let ended = "no"
  const job = defineJob({
    ...base,
    name: "stopping",
    run: async (_, { signal }) => {
      await once(signal, "abort")
      await delay(100)
      ended = "in order"
    },
  })
  const { jobs } = await started(job)
  assert.deepEqual(jobs.readiness(), [])
  await jobs.send(job, { n: 1 })
  await until(async () => (await stateOf("stopping")).join() === "active")
  await jobs.stop()
  assert.equal(ended, "in order")
  assert.deepEqual(await stateOf("stopping"), ["completed"])
})

test("a scheduled job runs by itself, and a schedule that is no longer defined is removed", {
  timeout: 90_000,
}, async () => {
  let runs = 0
  const job = defineJob({
    ...base,
    name: "each-minute",
    isUnique: true,
    schedule: { cron: "* * * * *", payload: { n: 1 } },
    run: async () => {
      runs += 1
    },
  })
  const { jobs } = await started(job)
  await until(() => runs > 0, 70_000)
  await jobs.stop()
  const schedules = () => db.dbs.queue.sql`select name from jobs.schedule`
  assert.equal((await schedules()).length, 1)
  const { jobs: next } = await started()
  assert.equal((await schedules()).length, 0)
  await next.stop()
})

const child = (): ChildProcess =>
  spawn(process.execPath, [join(import.meta.dirname, "../../../test/jobs-child.ts"), db.url], {
    stdio: ["ignore", "pipe", "inherit"],
  })
const line = async (from: ChildProcess): Promise<string> => {
  assert.ok(from.stdout)
  const [bytes] = await once(from.stdout, "data")
  return String(bytes).trim()
}

test("a process killed in the middle of a job loses nothing and repeats nothing", {
  timeout: 90_000,
}, async () => {
  const { sql } = db.dbs.ui
  const first = child()
  assert.equal(await line(first), "written, not committed")
  first.kill("SIGKILL")
  await once(first, "exit")
  assert.equal((await sql`select from platform.setting where key like 'crash-%'`).length, 0)
  const second = child()
  assert.equal(await line(second), "written, not committed")
  await until(
    async () => (await sql`select from platform.setting where key like 'crash-%'`).length > 0,
    40_000,
  )
  await delay(500)
  assert.equal((await sql`select from platform.setting where key like 'crash-%'`).length, 1)
  assert.deepEqual(await stateOf("crash"), ["completed"])
  second.kill("SIGTERM")
  await once(second, "exit")
})
