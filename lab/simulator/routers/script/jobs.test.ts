/** Scripts in the background, and how scripts end. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { explain } from "./run.ts"
import { ADMIN, harness } from "./test/harness.ts"
import { ScriptError } from "./value.ts"

const LONG = ":delay 1h"

test("an executed script runs in parallel to its starter, without its variables", async () => {
  const { run, lines, scripts } = harness()
  assert.equal(
    await run(':local a 1; :execute {:put "job <$a>"}; :put "script"; :delay 50ms'),
    "script",
  )
  await Promise.all(scripts.jobs().map(({ done }) => done))
  assert.deepEqual(lines, ["job <>"])
})

test("an executed script shares its owner's globals, and is among the jobs while it runs", async () => {
  const { run, scripts } = harness()
  await run(`:execute ":global n 1; ${LONG}"; :delay 20ms`)
  const [job] = scripts.jobs()
  assert.ok(job)
  assert.deepEqual([job.owner, job.isDetached, scripts.jobs().length], ["admin", true, 1])
  assert.equal(await run(":global n; :put $n"), "1")
  assert.equal(scripts.kill(job.id), true)
  await job.done
  assert.deepEqual([scripts.jobs().length, scripts.kill(job.id)], [0, false])
})

test("execute as-string waits, and returns the output", async () => {
  assert.equal(await harness().run(":put [:execute {:put a; :put b} as-string]"), "a\r\nb")
})

test("an error that ends a detached job is reported with its location", async () => {
  const { run, failures, scripts } = harness()
  await run(':execute ":put 1\\n:error gone"')
  await Promise.all(scripts.jobs().map(({ done }) => done))
  assert.deepEqual(failures, ["gone (:error; line 2)"])
})

test("a kill ends a delay, and no on-error catches it", async () => {
  const { scripts } = harness()
  const killer = new AbortController()
  const run = scripts.run(`:do {${LONG}} on-error={:put caught}`, ADMIN, { signal: killer.signal })
  setTimeout(() => killer.abort(), 20)
  await assert.rejects(
    run,
    (error) => error instanceof ScriptError && explain(error).startsWith("interrupted"),
  )
  assert.deepEqual(scripts.jobs(), [])
})

test("an endless loop yields to others, and can be killed", async () => {
  const { scripts } = harness()
  const job = scripts.execute(":while (true) do={}", ADMIN)
  await sleep(30)
  job.kill()
  await job.done
  assert.deepEqual(scripts.jobs(), [])
})

test("a waiting command is aborted when its script is killed", async () => {
  const { scripts, calls } = harness(
    ({ signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(new Error("cut off"))),
      ),
  )
  const job = scripts.execute("/tool fetch url=http://192.0.2.1/", ADMIN)
  await sleep(20)
  assert.equal(calls.length, 1)
  job.kill()
  await job.done
})

test("stop ends all of them", async () => {
  const { scripts } = harness()
  for (let each = 0; each < 5; each += 1) scripts.execute(LONG, ADMIN)
  await sleep(10)
  await scripts.stop()
  assert.deepEqual(scripts.jobs(), [])
})

test("a script can read its job name", async () => {
  assert.equal(await harness().run(":put [:jobname]", { name: "ispvm-watch" }), "ispvm-watch")
})

test("a script that executes itself twice reaches a limit", async () => {
  const { run, scripts, failures } = harness()
  await run(
    ':global again ":global again; :execute \\$again; :execute \\$again; :delay 5s"; :execute $again; :delay 200ms',
  )
  assert.ok(scripts.jobs().length <= 500, String(scripts.jobs().length))
  await scripts.stop()
  assert.match(failures[0] ?? "", /too many scripts/)
})
