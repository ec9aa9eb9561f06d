/**
 * Names of subscribers in what agents sent: every route that reads anything is asked by who may see
 * them and by who may not, and so are the stream and a trial of a rule.
 */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import { TABLES } from "@ispvm/wire/tables"
import { z } from "zod"
import { ApiTokenCreated } from "../src/api/tokens.ts"
import type { Route } from "../src/platform/http/http.ts"
import { csrPem, keyPem } from "./agent-rig.ts"
import { type AppRig, openApp } from "./app-rig.ts"
import { eventOf, factsOf, pingOf } from "./make-flow.ts"
import { until } from "./program.ts"
import { sendTls } from "./send-tls.ts"

const QUEUE = "ayse.yilmaz-home"
const TUNNEL = "mehmet.demir"
const CLIENT = "02:00:5E:AA:BB:CC"
const SESSION = "<pppoe-fatma.kaya>"
const NAMES = new RegExp([QUEUE, TUNNEL, CLIENT, "fatma.kaya"].join("|"), "gi")
/** Labels stand for names; this one stands for the queue's. */
const LABEL = /••• [0-9a-f]{8}/

let rig: AppRig
let admin = ""
let viewer = ""
let device = ""
let incident = ""
let channel = ""
const ID = z.object({ id: z.string() })
const api = (method: string, path: string, body?: object, cookie = admin) =>
  rig.send(`/api/v1${path}`, { method, cookie, ...(body === undefined ? {} : { body }) })
const made = async (path: string, body: object): Promise<string> => {
  const answer = await api("POST", path, body)
  assert.equal(answer.status, 201, answer.text)
  return ID.parse(answer.json).id
}

const RULES = [
  { id: "queue-full", metric: "queue.download_pct", bound: "above: 80" },
  { id: "tunnel-down", metric: "tunnel.state", bound: "is: down" },
  { id: "client-weak", metric: "registration.signal_dbm", bound: "below: -80" },
].map(
  ({ id, metric, bound }) =>
    `{ id: ${id}, name: ${id}, severity: major, for: 1s, when: { metric: ${metric}, ${bound} } }`,
)

const itemsAt = (atMs: number): readonly object[] => {
  const of = (kind: string, own: object) => ({
    ...{ kind, device, atMs, source: "routeros-api" },
    ...own,
  })
  return [
    pingOf(device, atMs),
    of("queue", {
      ...{ queue: QUEUE, rxBps: 1_000, txBps: 9_500, rxLimitBps: 10_000, txLimitBps: 10_000 },
      dropsPs: 0,
    }),
    of("tunnel", { tunnel: TUNNEL, state: "down", handshakeS: 900 }),
    of("registration", {
      ...{ client: CLIENT, signalDbm: -88, farSignalDbm: null, snrDb: null, txCcqPercent: null },
      ...{ rxCcqPercent: null, txRateBps: null, rxRateBps: null, uptimeS: null },
    }),
  ]
}
const onceAt = (atMs: number): readonly object[] => [
  factsOf(device, atMs, [
    { name: "ether1", dynamic: false },
    { name: SESSION, dynamic: true },
  ]),
  eventOf(device, atMs, { message: `${SESSION}: connected`, interface: SESSION }),
  {
    ...{ kind: "rows", device, atMs, source: "routeros-api", table: "queues", isFull: true },
    ...{ part: 0, count: 1, gone: [] },
    rows: [{ key: QUEUE, values: { name: QUEUE, target: "100.64.0.9" } }],
  },
]

/** An agent that sends the same every second. */
const startAgent = async (): Promise<() => Promise<void>> => {
  const id = await made("/agents", { name: "pop", siteId: null, deviceId: null })
  const token = z
    .object({ token: z.string(), command: z.string() })
    .parse((await api("POST", `/agents/${id}/token`)).json)
  const port = Number(/:(\d+)/.exec(token.command.split("--url")[1] ?? "")?.[1])
  const send = (path: string, body: object, client: object = {}) =>
    sendTls({ port, ca: null, method: "POST", path, body, ...client })
  const enrolled = await send("/enrol/v1", {
    ...{ protocol: 1, secret: token.token.split(".")[1], csrPem, hostname: "pop" },
    version: "0.1.0",
  })
  assert.equal(enrolled.status, 200, enrolled.text)
  const { certificatePem, chainPem } = enrolled.json
  const client = { cert: `${certificatePem}${chainPem}`, key: keyPem }
  device = await made("/devices", { name: "edge", address: "127.0.0.1", agentId: id })
  const buffer = randomUUID()
  const startedAtMs = Date.now()
  let number = 0
  const round = async (): Promise<void> => {
    const atMs = Date.now()
    const heartbeat = await send(
      "/heartbeat/v1",
      {
        ...{ protocol: 1, atMs, version: "0.1.0", startedAtMs, hostname: "pop", revision: "" },
        ...{ devices: 1, bufferBatches: 0, bufferBytes: 0, oldestBufferedAtMs: null, notes: [] },
        capabilities: { icmp: true, syslogPort: null },
      },
      client,
    )
    assert.equal(heartbeat.status, 200, heartbeat.text)
    number += 1
    const items = [...itemsAt(atMs), ...(number === 1 ? onceAt(atMs) : [])]
    const batch = { protocol: 1, buffer, number, sentAtMs: atMs, items }
    const sent = await send("/ingest/v1/batches", batch, client)
    assert.equal(sent.status, 200, sent.text)
    assert.deepEqual(sent.json.rejected, [])
  }
  let isOn = true
  let fault: unknown = null
  const running = (async () => {
    while (isOn) {
      await round()
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  })().catch((error: unknown) => {
    fault = error
  })
  return async () => {
    isOn = false
    await running
    assert.equal(fault, null)
  }
}

/** What a stream sends within a moment. */
const streamed = async (cookie: string, afterId: string): Promise<string> => {
  const end = new AbortController()
  const { body } = await fetch(`${rig.app.url}/api/v1/live?after=${afterId}`, {
    ...{ headers: { cookie }, signal: end.signal },
  })
  let text = ""
  const timer = setTimeout(() => end.abort(), 4_000)
  try {
    for await (const chunk of body ?? []) {
      text += new TextDecoder().decode(chunk)
      if (afterId === "" && text.includes("event: hello")) end.abort()
    }
  } catch {
    assert.ok(end.signal.aborted)
  }
  clearTimeout(timer)
  return text
}

let stopAgent: () => Promise<void> = async () => undefined
let streamFrom = ""
before(async () => {
  rig = await openApp()
  ;({ admin, viewer } = await rig.claim())
  streamFrom = /id: (\S+)/.exec(await streamed(admin, ""))?.[1] ?? ""
  stopAgent = await startAgent()
  for (const yaml of RULES)
    await until("the rule", async () => {
      const { status } = await api("POST", "/alert-rules", { yaml })
      return status < 300 || null
    })
  channel = await made("/notifications/channels", {
    ...{
      name: "NOC",
      isEnabled: true,
      isInFirstPolicy: true,
      language: "en",
      fallbackId: null,
      template: null,
    },
    settings: { kind: "webhook" },
    secrets: { url: "https://127.0.0.1:9/", signingSecret: "a long enough secret" },
  })
  incident = await until(
    "an incident of all three alerts",
    async () => {
      const { json } = await api("GET", "/incidents")

      const { items } = z.object({ items: z.array(ID.extend({ symptoms: z.int() })) }).parse(json)
      return items.find(({ symptoms }) => symptoms === 3)?.id ?? null
    },
    60_000,
  )
})
after(async () => {
  await stopAgent()
  await rig.close()
})

/** Every address of a route, with what it has to be asked. */
const addressesOf = ({ path }: Pick<Route, "path">): readonly string[] => {
  const span = `from=${Date.now() - 600_000}&to=${Date.now() + 60_000}`
  const queries: Readonly<Record<string, readonly string[]>> = {
    "/devices/{id}/series": ["queue", "tunnel", "registration"].map(
      (family) => `?family=${family}&${span}`,
    ),
    "/devices/{id}/interface": ["?name=ether1"],
    "/search": ["?q=edge", `?q=${QUEUE}`],
    "/notifications/channels/{id}/preview": [`?incident=${incident}`],
  }
  const ids = path.startsWith("/incidents/")
    ? [incident]
    : path.startsWith("/notifications/channels/")
      ? [channel]
      : [device]
  const tables = path.includes("{table}") ? TABLES.map(({ name }) => name) : [""]
  return ids.flatMap((id) =>
    tables.flatMap((table) =>
      (queries[path] ?? [""]).map(
        (query) =>
          path.replace("{id}", id).replace("{table}", table).replace("{name}", "queue-full") +
          query,
      ),
    ),
  )
}

/** Where who may see names finds some: each of these is a way out. */
const WITH_NAMES = [
  ...["/alerts", "/devices/{id}/events", "/devices/{id}/metrics"],
  ...["/devices/{id}/series", "/devices/{id}/tables/{table}", "/events", "/handovers"],
  ...["/incidents", "/incidents/{id}", "/incidents/{id}/post-mortem", "/overview", "/search"],
  ...["/incidents/{id}/notifications", "/notifications/channels/{id}/preview"],
  "/notifications/deliveries",
]

test("no route names a subscriber to who may not see them", async () => {
  const named = new Set<string>()
  let answered = 0
  for (const route of rig.app.routes) {
    if (route.method !== "GET" || route.path === "/live") continue
    for (const path of addressesOf(route)) {
      if ((await api("GET", path)).text.match(NAMES) !== null) named.add(route.path)
      const { status, text } = await api("GET", path, undefined, viewer)
      if (status === 200) answered += 1
      assert.doesNotMatch(text, NAMES, `${path}: ${text}`)
    }
  }
  assert.ok(answered > 60, String(answered))
  assert.deepEqual([...named].sort(), [...WITH_NAMES].sort())
})

const Series = z.object({ items: z.array(z.object({ name: z.string() })) })
test("values have a label, by which alone they are found", async () => {
  const ask = async (name: string, cookie: string) => {
    const query = new URLSearchParams({
      ...{ family: "queue", from: String(Date.now() - 600_000), to: String(Date.now() + 60_000) },
      ...(name === "" ? {} : { name }),
    })
    const answer = await api("GET", `/devices/${device}/series?${query}`, undefined, cookie)
    return Series.parse(answer.json).items.map((one) => one.name)
  }
  const [label = ""] = await ask("", viewer)
  assert.match(label, LABEL)
  const latest = await api("GET", `/devices/${device}/metrics?family=queue`, undefined, viewer)
  assert.equal(Series.parse(latest.json).items[0]?.name, label, "the same everywhere")
  assert.deepEqual(await ask(label, viewer), [label])
  assert.deepEqual(await ask(QUEUE, admin), [QUEUE])
  assert.deepEqual(await ask(QUEUE, viewer), [], "a name is not found by trying")
})

test("a trial of a rule and the stream name nobody to a token and a viewer", async () => {
  const permissions = ["rules:write", "incidents:read", "series:read"]
  const made = await api("POST", "/tokens", { name: "script", permissions })
  const { token } = ApiTokenCreated.parse(made.json)
  const trial = (headers: Record<string, string>, cookie = "") =>
    rig.send("/api/v1/alert-rules/dry-run", {
      ...{ method: "POST", headers, cookie, body: { yaml: RULES[0], range: "hour" } },
    })
  // Ten seconds of values are one of a trial.
  await until(
    "a name in the trial",
    async () => ((await trial({}, admin)).text.match(NAMES) === null ? null : true),
    60_000,
  )
  const hidden = await trial({ authorization: `Bearer ${token}` })
  assert.match(hidden.text, LABEL)
  assert.doesNotMatch(hidden.text, NAMES)
  assert.match(await streamed(admin, streamFrom), NAMES)
  const shown = await streamed(viewer, streamFrom)
  assert.match(shown, LABEL)
  assert.doesNotMatch(shown, NAMES)
})
