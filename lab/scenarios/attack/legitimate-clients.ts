/**
 * Legitimate clients during an attack: the login page, an agent's heartbeat and batch, the
 * administrator's event stream.
 */
import { randomUUID } from "node:crypto"
import http from "node:http"
import { setTimeout as wait } from "node:timers/promises"
import { expectThat, type Finding } from "./attack.ts"
import { request } from "./request.ts"
import type { AgentIdentity, Testbed } from "./testbed.ts"

/** Milliseconds. `failed` holds what came instead of an answer. */
export type Latency = {
  readonly what: string
  readonly tookMs: number[]
  readonly failed: string[]
}
export type LatencyMonitor = { readonly stop: () => Promise<readonly Latency[]> }

const EVERY_MS = 400
/** A legitimate client that waits longer than this for an answer has been denied service. */
export const MAX_LATENCY_MS = 5_000

const heartbeat = () => ({
  protocol: 1,
  atMs: Date.now(),
  version: "0.1.0",
  startedAtMs: 0,
  hostname: "legitimate",
  revision: "",
  devices: 0,
  bufferBatches: 0,
  bufferBytes: 0,
  oldestBufferedAtMs: null,
  capabilities: { icmp: false, syslogPort: null },
  notes: [],
})

/** The longest pause between two chunks of an open event stream; one is due every second. */
const monitorStream = (testbed: Testbed, latency: Latency): (() => void) => {
  let lastMs = performance.now()
  let isOver = false
  const sent = http.get(
    `${testbed.origin}/api/v1/live`,
    { agent: false, headers: { cookie: testbed.admin.cookie() } },
    (response) => {
      if (response.statusCode !== 200) latency.failed.push(`status ${response.statusCode}`)
      response.on("data", () => {
        const nowMs = performance.now()
        latency.tookMs.push(nowMs - lastMs)
        lastMs = nowMs
      })
      response.once("close", () => {
        if (!isOver) latency.failed.push("the stream was cut")
      })
      response.on("error", () => undefined)
    },
  )
  sent.on("error", (error) => {
    if (!isOver) latency.failed.push(error.message)
  })
  return () => {
    isOver = true
    latency.tookMs.push(performance.now() - lastMs)
    sent.destroy()
  }
}

/** Each request uses a new connection, like the first one of a new client. */
export const monitorClients = (testbed: Testbed, identity: AgentIdentity): LatencyMonitor => {
  const ending = new AbortController()
  const tls = { ca: testbed.rootPem, cert: identity.cert, key: identity.key }
  const buffer = randomUUID()
  let number = 0
  const every = (
    what: string,
    send: () => ReturnType<typeof request>,
  ): [Latency, Promise<void>] => {
    const latency: Latency = { what, tookMs: [], failed: [] }
    const run = async (): Promise<void> => {
      while (!ending.signal.aborted) {
        const { status, text, tookMs } = await send()
        latency.tookMs.push(tookMs)
        if (status !== 200) latency.failed.push(`${status} ${text.slice(0, 120)}`)
        await wait(EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined)
      }
    }
    return [latency, run()]
  }
  const post = (path: string, body: object) =>
    request(`${testbed.agentsUrl}${path}`, {
      method: "POST",
      body,
      tls,
      timeoutMs: MAX_LATENCY_MS * 2,
    })
  const loops = [
    every("login page", () =>
      request(`${testbed.origin}/api/v1/session`, { timeoutMs: MAX_LATENCY_MS * 2 }),
    ),
    every("agent heartbeat", () => post("/heartbeat/v1", heartbeat())),
    every("agent batch", () => {
      number += 1
      return post("/ingest/v1/batches", {
        protocol: 1,
        buffer,
        number,
        sentAtMs: Date.now(),
        items: [],
      })
    }),
  ]
  const stream: Latency = { what: "administrator's event stream", tookMs: [], failed: [] }
  const endStream = monitorStream(testbed, stream)
  return {
    stop: async () => {
      ending.abort()
      await Promise.all(loops.map(([, run]) => run))
      endStream()
      return [...loops.map(([latency]) => latency), stream]
    },
  }
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

export const latencyText = ({ what, tookMs, failed }: Latency): string => {
  const sorted = tookMs.toSorted((a, b) => a - b)
  const [p50, p95, max] = [0.5, 0.95, 1].map((share) => Math.round(quantile(sorted, share)))
  return `${what}: p50 ${p50} ms, p95 ${p95} ms, max ${max} ms of ${sorted.length}; failed ${failed.length}`
}

/** The findings of the legitimate clients: answers came, and in time. */
export const checkClients = (all: readonly Latency[]): readonly Finding[] =>
  all.map((latency) => {
    const isInTime = latency.tookMs.every((ms) => ms < MAX_LATENCY_MS)
    const failures =
      latency.failed.length === 0 ? "" : ` (${latency.failed.slice(0, 3).join("; ")})`
    const holds = latency.failed.length === 0 && isInTime && latency.tookMs.length > 0
    return expectThat(
      `legitimate: ${latency.what} is served meanwhile`,
      holds,
      latencyText(latency) + failures,
    )
  })
