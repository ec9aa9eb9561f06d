import assert from "node:assert/strict"
import { test } from "node:test"
import { pino } from "pino"
import { type Health, startHealth } from "./health.ts"

test("metrics and health are on loopback, a port in use is replaced by a free one, and failures have reasons", async () => {
  let state: Health = { ok: true, reasons: [] }
  const deps = {
    snapshot: () => ({ ispvm_agent_devices: { help: "devices", value: 41 } }),
    health: () => state,
    log: pino({ level: "silent" }),
  }
  const first = await startHealth({ port: 0, ...deps })
  const second = await startHealth({ port: first.port, ...deps })
  assert.notEqual(second.port, first.port)
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${first.port}${path}`)
    return { status: answer.status, text: await answer.text() }
  }
  assert.match((await get("/metrics")).text, /^ispvm_agent_devices 41$/m)
  assert.deepEqual(await get("/healthz"), { status: 200, text: '{"ok":true,"reasons":[]}\n' })
  state = { ok: false, reasons: ["unheard"] }
  assert.equal((await get("/healthz")).status, 503)
  assert.equal((await get("/else")).status, 404)
  await Promise.all([first.stop(), second.stop()])
})

test("metrics that cannot be computed are an error answer, not a crash", async () => {
  const broken = (): never => {
    throw new Error("disk I/O error")
  }
  const health = await startHealth({
    port: 0,
    snapshot: broken,
    health: () => ({ ok: true, reasons: [] }),
    log: pino({ level: "silent" }),
  })
  const answer = await fetch(`http://127.0.0.1:${health.port}/metrics`)
  assert.equal(answer.status, 500)
  assert.doesNotMatch(await answer.text(), /I\/O/)
  await health.stop()
})
