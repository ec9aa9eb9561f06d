/**
 * Traces: what a collector gets of the UI API, of batches, pushes and jobs; and that none of it
 * matters where the collector hangs, fails or is away.
 */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PassThrough } from "node:stream"
import { after, before, test } from "node:test"
import { openTracing } from "../src/compose/traces.ts"
import { DeviceId } from "../src/platform/ids.ts"
import { createLog } from "../src/platform/log.ts"
import { createOtelTracing } from "../src/platform/tracing/otel-tracing.ts"
import type { SpanQueueLimits } from "../src/platform/tracing/span-queue.ts"
import { NO_TRACING, type SpanOutcome, type Tracing } from "../src/platform/tracing/tracing.ts"
import { openApp, SETUP } from "./app-rig.ts"
import { bareEnvironment } from "./config.ts"
import { type TestDatabase, testDatabase } from "./database.ts"
import { batchOf, makeAgent, makeMonitored, NOW, pingOf } from "./make-flow.ts"
import { link, makePushes, makeRouter, pushOf } from "./make-push.ts"
import { makeClock, makeIngest, startPipeline } from "./pipeline-rig.ts"
import { startProgram, until } from "./program.ts"
import { type ReceivedSpan, startCollector, type TraceCollector } from "./trace-collector.ts"

const TOKEN = "Bearer a-token-of-the-collector"
let folder: string
let db: TestDatabase
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ispvm-traces-"))
  db = await testDatabase()
})
after(async () => {
  await db.close()
  rmSync(folder, { recursive: true, force: true })
})

const headersFile = (text = `# of the collector\nAuthorization: ${TOKEN}\n`): string => {
  const file = join(folder, `headers-${randomUUID()}`)
  writeFileSync(file, text)
  return file
}
const LIMITS: SpanQueueLimits = { maxQueued: 100, maxPerRequest: 50, everyMs: 20, stopMs: 200 }
const tracingTo = (
  url: string,
  { timeoutMs = 5_000, file = null as string | null, limits = LIMITS } = {},
): { readonly tracing: Tracing; readonly failures: unknown[] } => {
  const failures: unknown[] = []
  const tracing = createOtelTracing({
    collector: { url, headersFile: file, timeoutMs },
    version: "1.2.3",
    hostName: "noc-1",
    onFailed: (error) => failures.push(error),
    limits,
  })
  return { tracing, failures }
}
const named = ({ spans }: TraceCollector, name: string): readonly ReceivedSpan[] =>
  spans.filter((span) => span.name === name)
const one = (collector: TraceCollector, name: string): ReceivedSpan => {
  const [span, ...others] = named(collector, name)
  assert.ok(span !== undefined && others.length === 0, `${name}: ${others.length + 1} spans`)
  return span
}

test("off, nothing of OpenTelemetry's SDK is loaded, and work runs as it is", async () => {
  const settings = { ISPVM_TRACES_URL: null, ISPVM_TRACES_HEADERS_FILE: null }
  const off = await openTracing({ config: settings, version: "1", onProblem: assert.fail })
  assert.equal(off, NO_TRACING)
  assert.equal(await off.run("work", async () => 7), 7)
  const program = `
    import { registerHooks } from "node:module"
    const urls = []
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) })
    const { openTracing } = await import(${JSON.stringify(join(import.meta.dirname, "../src/compose/traces.ts"))})
    await import(${JSON.stringify(join(import.meta.dirname, "../src/app.ts"))})
    const isSdk = (url) => /@opentelemetry\\/(?!api\\/)/.test(url)
    const before = urls.filter(isSdk).length
    const config = { ISPVM_TRACES_URL: "http://127.0.0.1:9/v1/traces", ISPVM_TRACES_HEADERS_FILE: null }
    await openTracing({ config, version: "1", onProblem: () => {} })
    console.log(JSON.stringify([urls.length > 100, before, urls.filter(isSdk).length > 5]))`
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    env: bareEnvironment(),
    stdio: ["ignore", "pipe", "ignore"],
  })
  assert.deepEqual(JSON.parse(printed), [true, 0, true])
})

test("the UI API and jobs: route, status and no secret; headers come from the file", {
  timeout: 60_000,
}, async () => {
  await using collector = await startCollector("takes")
  const { tracing, failures } = tracingTo(collector.url, { file: headersFile() })
  const rig = await openApp({ tracing })
  const device = randomUUID()
  const { admin } = await rig.claim()
  assert.equal((await rig.send(`/api/v1/devices/${device}`, { cookie: admin })).status, 404)
  await rig.send("/made-up?token=in-the-query")
  const job = "job batch-ledger-retention"
  await until(job, () => named(collector, job)[0] ?? null)
  await rig.close()
  await tracing.stop()
  assert.deepEqual(failures, [])
  const { attributes, status } = one(collector, "GET /api/v1/devices/:id")
  assert.deepEqual(attributes, {
    "http.request.method": "GET",
    "http.route": "/api/v1/devices/:id",
    "http.response.status_code": 404,
  })
  assert.equal(status.code, 0, "an answer of 4xx is no fault of the appliance")
  one(collector, "POST /api/v1/setup")
  assert.equal(named(collector, job)[0]?.attributes["ispvm.attempt"], 1)
  assert.ok(collector.headers.every(({ authorization }) => authorization === TOKEN))
  assert.deepEqual(collector.resources[0], {
    "service.name": "ispvm",
    "service.version": "1.2.3",
    "host.name": "noc-1",
  })
  const cookie = admin.split("=")[1] ?? ""
  for (const secret of [SETUP.setupCode, SETUP.password, SETUP.email, cookie, device, "in-the-q"])
    assert.ok(secret.length > 7 && !collector.text().includes(secret), secret)
})

test("one batch is one trace, from its acceptance to the review of incidents", async () => {
  await using collector = await startCollector("takes")
  const { tracing } = tracingTo(collector.url)
  const clock = makeClock()
  const ingest = makeIngest(db, clock)
  const agent = await makeAgent(db, db.org)
  const device = await makeMonitored(db, agent)
  const pipeline = await startPipeline(db, db.org, clock, { ingest, tracing })
  const lost = { answers: false, icmp: { sent: 6, received: 0, rttUs: null, jitterUs: null } }
  const missed = pingOf(device, NOW, { ...lost, tcp: "silent", because: "missed" })
  const batch = batchOf([missed])
  await pipeline.accept(agent, batch)
  await pipeline.accept(agent, batch)
  await pipeline.stop()
  await tracing.stop()
  const [first, second] = named(collector, "agent batch")
  assert.deepEqual(first?.attributes, {
    "ispvm.agent": agent.id,
    "ispvm.items": 1,
    "ispvm.is_repeated": false,
  })
  assert.equal(second?.attributes["ispvm.is_repeated"], true)
  const evaluation = one(collector, "evaluate")
  const [review] = named(collector, "review incidents").filter(
    ({ parentSpanId }) => parentSpanId === evaluation.spanId,
  )
  assert.equal(evaluation.parentSpanId, first?.spanId)
  assert.equal(review?.attributes["ispvm.transitions"], 1)
  for (const span of [evaluation, review]) assert.equal(span?.traceId, first?.traceId)
  assert.notEqual(second?.traceId, first?.traceId)
  const [stored] = named(collector, "store batch")
  assert.equal(stored?.parentSpanId, first?.spanId)
  // Starts are read off a clock of milliseconds.
  const startedNs = evaluation.startTimeUnixNano + 1_000_000n
  assert.ok((stored?.endTimeUnixNano ?? 0n) <= startedNs, "committed first")
})

test("a push is one trace, too; one that is rejected says why", async () => {
  await using collector = await startCollector("takes")
  const { tracing } = tracingTo(collector.url)
  const clock = makeClock()
  const [ingest, pushes] = [makeIngest(db, clock), makePushes(db, clock)]
  const router = await makeRouter(db)
  const pipeline = await startPipeline(db, db.org, clock, { ingest, pushes, tracing })
  assert.equal((await pipeline.push(router, pushOf([link(1)]), "127.0.0.1")).ok, true)
  const gone = { ...router, device: DeviceId.parse(randomUUID()) }
  assert.equal((await pipeline.push(gone, pushOf([link(2)]), "127.0.0.1")).ok, false)
  await pipeline.stop()
  await tracing.stop()
  const [pushed, rejected] = named(collector, "router push")
  assert.equal(pushed?.attributes["ispvm.device"], router.device)
  assert.equal(rejected?.attributes["ispvm.rejected"], "gone")
  assert.equal(one(collector, "evaluate").parentSpanId, pushed?.spanId)
  assert.equal(named(collector, "store push").length, 2)
})

test("the log line of an error names the trace in which it happened, and the span is marked", async () => {
  await using collector = await startCollector("takes")
  const { tracing } = tracingTo(collector.url)
  const clock = makeClock()
  const agent = await makeAgent(db, db.org)
  const output = new PassThrough()
  const log = createLog("info", output, tracing.traceIdOf)
  const fault = Object.assign(new Error("the password is geheim"), { code: "EFAULT" })
  const accept = () => Promise.reject(fault)
  const pipeline = await startPipeline(db, db.org, clock, { ingest: { accept }, tracing })
  await assert.rejects(pipeline.accept(agent, batchOf([])), fault)
  // As the listener does it: outside of the span.
  log.error({ err: fault }, "agent API: failed")
  log.warn({ err: fault }, "no error")
  log.error("of no trace")
  await pipeline.stop()
  await tracing.stop()
  const lines = String(output.read())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
  const { traceId, attributes, status } = one(collector, "store batch")
  assert.deepEqual(
    lines.map((line) => line.traceId),
    [traceId, undefined, undefined],
  )
  assert.equal(status.code, 2)
  assert.equal(attributes["error.type"], "EFAULT")
  assert.doesNotMatch(collector.text(), /geheim/)
})

const sum = (counts: ReadonlyMap<SpanOutcome, number>): number =>
  [...counts.values()].reduce((all, count) => all + count, 0)
const AWAY = "http://127.0.0.1:9/v1/traces"
for (const [what, mode, lossReason] of [
  ["hangs", "hangs", "not-sent"],
  ["answers 500", "fails", "not-sent"],
  ["redirects", "redirects", "not-sent"],
  ["is away", null, "not-sent"],
] as const)
  test(`a collector that ${what}: work goes on, spans are dropped and counted, the stop is short`, async () => {
    await using collector = mode === null ? null : await startCollector(mode)
    const { tracing, failures } = tracingTo(collector?.url ?? AWAY, { timeoutMs: 150 })
    const results = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => tracing.run("work", async () => n)),
    )
    assert.equal(results.length, 1_000)
    await until("a failure", () => failures[0] ?? null)
    await tracing.run("late", async () => undefined)
    await tracing.stop()
    await tracing.run("after the stop", async () => undefined)
    const counts = tracing.takeCounts()
    assert.equal(sum(counts), 1_002, JSON.stringify([...counts]))
    assert.equal(counts.get("sent"), undefined)
    assert.ok((counts.get(lossReason) ?? 0) > 0)
    // One request's worth is on its way, the queue is full, and the rest is not kept.
    assert.ok((counts.get("queue-full") ?? 0) >= 1_000 - LIMITS.maxQueued - LIMITS.maxPerRequest)
    assert.equal(sum(tracing.takeCounts()), 0)
  })

test("a file of headers that is missing or wrong is named by its line, without its content", async () => {
  await using collector = await startCollector("takes")
  for (const [text, expected] of [
    ["Authorization: Bearer x\nX-Key geheim\n", /line 2 of the file of headers/],
    ["X-Key: gehe\u0007im\n", /line 1 of the file of headers/],
    [null, /ENOENT/],
  ] as const) {
    const file = text === null ? join(folder, "none") : headersFile(text)
    const { tracing, failures } = tracingTo(collector.url, { file })
    await tracing.run("work", async () => undefined)
    await until("a failure", () => failures[0] ?? null)
    await tracing.stop()
    assert.match(String(failures[0]), expected)
    assert.doesNotMatch(String(failures[0]), /geheim/)
  }
  assert.equal(collector.requests(), 0)
})

test("the program starts, serves and stops with a collector that hangs, and says so once", {
  timeout: 60_000,
}, async (t) => {
  await using collector = await startCollector("hangs")
  const settings = { ISPVM_TRACES_URL: collector.url, ISPVM_TRACES_HEADERS_FILE: headersFile() }
  const dataDir = join(folder, "data")
  const program = startProgram({
    env: { ISPVM_DATA_DIR: dataDir, LOG_LEVEL: "warn", ...settings },
  })
  t.after(() => program.child.kill("SIGKILL"))
  const url = await program.url
  assert.equal((await fetch(`${url}/readyz`)).status, 200)
  await until("the warning", () => (/traces are not taken/.test(program.errorOutput()) ? 1 : null))
  await until("spans on /metrics", async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text()
    return /ispvm_trace_spans_total\{outcome="not-sent"\} [1-9]/.test(metrics) ? 1 : null
  })
  program.child.kill("SIGTERM")
  assert.equal(await program.end, 0, program.errorOutput())
  assert.equal(program.errorOutput().match(/traces are not taken/g)?.length, 1)
  assert.doesNotMatch(program.errorOutput(), /a-token-of/)
})
