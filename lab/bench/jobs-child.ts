/** One queue, measured from inside its process; a line of JSON a stage. */
import { setTimeout as delay } from "node:timers/promises"
import pg from "pg"
import { benchSetting } from "../config.ts"
import { percentile } from "./figures.ts"
import { connectionConfig } from "./jobs-connection.ts"
import { MAKERS, QUEUES } from "./jobs-queues.ts"

const name = QUEUES.find((each) => each === process.argv[2])
const [owner, app, idleS] = [
  benchSetting("BENCH_OWNER"),
  benchSetting("BENCH_APP"),
  benchSetting("BENCH_IDLE_S"),
]
if (name === undefined || !owner || !app) throw new Error("usage: jobs-child NAME")
const report = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

const maker = MAKERS[name]
let atMs = performance.now()
await maker.install(owner)
const installMs = performance.now() - atMs

const latencies: number[] = []
let done = 0
atMs = performance.now()
const queue = await maker.start(app, async ({ sentMs }) => {
  latencies.push(performance.now() - sentMs)
  done += 1
})
report({ kind: "started", installMs, startMs: performance.now() - atMs })

await delay(3_000) // what belongs to the start
let before = cpuMs()
await delay(Number(idleS) * 1_000)
const idleMs = cpuMs() - before
const admin = new pg.Client({ ...connectionConfig(owner), application_name: "count" })
await admin.connect()
const { rows } = await admin.query<{ count: number }>(
  "select count(*)::int as count from pg_stat_activity where usename = 'ispvm_app'",
)
await admin.end()
report({ kind: "idle", cpuMs: idleMs, connections: rows[0]?.count ?? 0 })

for (let i = 0; i < 200; i += 1) {
  await queue.add([{ sentMs: performance.now() }])
  await delay(25)
}
await delay(1_000)
const p50Ms = percentile(latencies, 50)
const p95Ms = percentile(latencies, 95)
if (latencies.length < 200) throw new Error(`${latencies.length} of 200 jobs ran`)

const JOBS = 500
done = 0
before = cpuMs()
atMs = performance.now()
for (let i = 0; i < JOBS; i += 100)
  await queue.add(Array.from({ length: 100 }, () => ({ sentMs: performance.now() })))
while (done < JOBS && performance.now() - atMs < 120_000) await delay(5)
const tookS = (performance.now() - atMs) / 1_000
report({
  kind: "done",
  p50Ms,
  p95Ms,
  jobsPs: done / tookS,
  cpuMsPerJob: (cpuMs() - before) / JOBS,
  rssMb: process.memoryUsage().rss / 2 ** 20,
})
await queue.stop()
process.exit(0)
