/**
 * A probe from the form of the UI to its chart: configured through the API, run by a real agent
 * against a real server, stored, and read again.
 */
import assert from "node:assert/strict"
import { once } from "node:events"
import http from "node:http"
import type { AddressInfo } from "node:net"
import { after, before, test } from "node:test"
import { z } from "zod"
import { ProbeList } from "../src/api/probes.ts"
import { AuditEntry } from "../src/api/session.ts"
import { type AppRig, openApp, problemOf } from "./app-rig.ts"
import { until } from "./program.ts"

const PATIENCE_MS = 60_000
let rig: AppRig
let admin: string
let viewer: string
let device: string
let isUp = true
const server = http.createServer((_, response) => {
  response.writeHead(isUp ? 200 : 503).end("hello")
})
const port = (): number => (server.address() as AddressInfo).port

const send = (method: string, path: string, body?: object, cookie = admin) =>
  rig.send(`/api/v1${path}`, { method, cookie, ...(body === undefined ? {} : { body }) })
const list = async (query = "") => ProbeList.parse((await send("GET", `/probes${query}`)).json)

before(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening")
  rig = await openApp({
    settings: {
      ISPVM_LOCAL_AGENT: "on",
      ISPVM_ALLOW_LOOPBACK: "1",
      ISPVM_AGENT_HEALTH_PORT: "0",
      ISPVM_SYSLOG_PORT: "0",
      ISPVM_SYSLOG_BIND: "127.0.0.1",
      LOG_LEVEL: "warn",
    },
  })
  ;({ admin, viewer } = await rig.claim())
  const made = await send("POST", "/devices", { name: "edge", address: "127.0.0.1" })
  assert.equal(made.status, 201, made.text)
  device = z.object({ id: z.string() }).parse(made.json).id
})
after(async () => {
  server.closeAllConnections()
  server.close()
  await rig.close()
})

const input = (over: object = {}) => ({
  name: "Portal",
  deviceId: device,
  segment: "service",
  check: {
    ...{ kind: "http", url: `http://127.0.0.1:${port()}/`, method: "GET", status: [200, 299] },
    ...{ contains: "hello", redirects: 3, isVerified: true },
  },
  everyS: 10,
  timeoutMs: 2_000,
  agents: [],
  isEnabled: true,
  ...over,
})

test("an agent runs what was configured, and its values are in the list and the series", async () => {
  const made = await send("POST", "/probes", input())
  assert.equal(made.status, 201, made.text)
  const { id } = z.object({ id: z.string() }).parse(made.json)
  const first = await until(
    "the first value",
    async () => {
      const [probe] = (await list()).items
      return probe?.views.some(({ state }) => state === "ok") === true ? probe : null
    },
    PATIENCE_MS,
  )
  const [view] = first.views
  assert.equal(view?.outcome, "ok")
  assert.ok((view?.connectMs ?? 0) > 0 && (view?.totalMs ?? 0) > 0)
  assert.equal(first.deviceName, "edge")
  const nowMs = Date.now()
  const query = new URLSearchParams({
    ...{ family: "service", name: view?.series ?? "", metrics: "service.total_ms" },
    ...{ from: String(nowMs - 600_000), to: String(nowMs + 60_000), points: "60" },
  })
  const series = await send("GET", `/devices/${device}/series?${query}`)
  assert.equal(series.status, 200, series.text)
  const { items } = z
    .object({ items: z.array(z.object({ columns: z.record(z.string(), z.array(z.unknown())) })) })
    .parse(series.json)
  assert.ok(items[0]?.columns["service.total_ms"]?.some((value) => typeof value === "number"))

  isUp = false
  assert.equal((await send("POST", `/probes/${id}/run`)).status, 200)
  const failing = await until(
    "the failure",
    async () => {
      const [probe] = (await list(`?device=${device}`)).items
      return probe?.views[0]?.state === "failing" ? probe : null
    },
    PATIENCE_MS,
  )
  assert.equal(failing.views[0]?.outcome, "wrong-status")
  const { findings } = await list()
  assert.deepEqual(
    findings.map(({ place, probes }) => [place, probes]),
    [["service", ["Portal"]]],
  )

  const { name: _, ...patch } = input({ isEnabled: false })
  assert.equal((await send("PUT", `/probes/${id}`, patch)).status, 200)
  assert.equal((await list()).items[0]?.views[0]?.state, "unknown")
  assert.equal((await send("DELETE", `/probes/${id}`)).status, 204)
  assert.deepEqual((await list()).items, [])
  const audit = await send("GET", "/audit?limit=200")
  const actions = z
    .object({ items: z.array(AuditEntry) })
    .parse(audit.json)
    .items.map(({ action }) => action)
    .filter((action) => action.startsWith("probe."))
  assert.deepEqual(actions, ["probe.removed", "probe.changed", "probe.run", "probe.created"])
})

test("what is no probe is rejected at its field, and a viewer adds none", async () => {
  const check = input().check
  const cases: [object, string][] = [
    [{ everyS: 5 }, "everyS"],
    [{ everyS: 3_600 }, "everyS"],
    [{ timeoutMs: 60_000 }, "timeoutMs"],
    [{ check: { ...check, url: "ftp://127.0.0.1/" } }, "check.url"],
    [{ check: { ...check, url: "http://user:secret@127.0.0.1/" } }, "check.url"],
    [{ check: { ...check, url: "http://169.254.169.254/" } }, "check.url"],
    [{ check: { kind: "tcp", host: "224.0.0.1", port: 80 } }, "check.host"],
    [{ check: { kind: "tcp", host: "a; reboot", port: 80 } }, "check.host"],
    [{ check: { kind: "tcp", host: "192.0.2.1", port: 0 } }, "check.port"],
    [{ check: { kind: "shell", command: "id" } }, "check.kind"],
    [{ deviceId: "00000000-0000-4000-8000-000000000000" }, "deviceId"],
    [{ agents: ["00000000-0000-4000-8000-000000000000"] }, "agents"],
  ]
  for (const [over, path] of cases) {
    const answer = await send("POST", "/probes", input(over))
    assert.equal(answer.status, 422, `${JSON.stringify(over)}: ${answer.text}`)
    const { fields } = problemOf(answer, path)
    assert.ok(
      fields?.some((field) => field.path === path),
      answer.text,
    )
    assert.doesNotMatch(answer.text, /secret/)
  }
  assert.equal((await send("POST", "/probes", input(), viewer)).status, 403)
  assert.equal((await send("GET", "/probes", undefined, viewer)).status, 200)
  assert.equal((await send("POST", "/probes", input({ everyS: 240 }))).status, 201)
  const twice = await send("POST", "/probes", input())
  assert.equal(problemOf(twice, "twice").fields?.[0]?.code, "field.taken")
})

test("a template makes its probes, or none", async () => {
  const body = { template: "resolver", deviceId: device, host: "192.0.2.53", agents: [] }
  const made = await send("POST", "/probes/from-template", body)
  assert.equal(made.status, 201, made.text)
  const names = (await list()).items.map(({ name, check }) => [name, check.kind])
  assert.deepEqual(
    names.filter(([name]) => name?.startsWith("192.0.2.53")),
    [
      ["192.0.2.53 DNS", "dns"],
      ["192.0.2.53 ping", "icmp"],
    ],
  )
  const before = (await list()).items.length
  assert.equal((await send("POST", "/probes/from-template", body)).status, 422)
  assert.equal((await list()).items.length, before)
})
