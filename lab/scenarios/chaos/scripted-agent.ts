/**
 * A scripted agent: it uses the identity that the real program enrolled, and sends exactly what a
 * scenario wants, when it wants.
 */
import { randomUUID } from "node:crypto"
import https from "node:https"
import { PATHS } from "@ispvm/wire"
import { type Answer, request } from "../attack/request.ts"
import type { AgentIdentity } from "../attack/testbed.ts"

export type ScriptedAgent = {
  readonly heartbeat: () => Promise<Answer>
  /** Sends the items as one batch. */
  readonly send: (items: readonly object[]) => Promise<Answer>
  /** Epoch ms of the appliance's clock, by the last heartbeat. */
  readonly now: () => number
  readonly ping: (device: string, answers: boolean, atMs?: number) => object
  readonly portEvent: (device: string, port: string, isUp: boolean, atMs?: number) => object
  /** Heartbeats every second until stopped, independent of deliveries, like the real agent. */
  readonly startHeartbeats: () => { readonly stop: () => Promise<void> }
  /** Heartbeats, and `items()` every second, until stopped. */
  readonly startSending: (items: () => readonly object[]) => { readonly stop: () => Promise<void> }
}

/** Posts of one agent, on kept connections, with the appliance's clock. */
const createConnection = (url: string, { cert, key }: AgentIdentity, rootPem: string) => {
  const buffer = randomUUID()
  const startedAtMs = Date.now()
  const tls = { cert, key, ca: rootPem }
  const connections = new https.Agent({ keepAlive: true, ...tls })
  let number = 0
  let offsetMs = 0
  const now = (): number => Math.round(performance.timeOrigin + performance.now() + offsetMs)
  const post = (path: string, body: object): Promise<Answer> =>
    request(`${url}${path}`, { method: "POST", body, tls, agent: connections, timeoutMs: 5_000 })
  const heartbeat = async (): Promise<Answer> => {
    const about = { version: "0.1.0", startedAtMs, hostname: "by-hand", revision: "", devices: 0 }
    const capabilities = { icmp: true, syslogPort: null }
    const state = { bufferBatches: 0, bufferBytes: 0, oldestBufferedAtMs: null, capabilities }
    const body = { protocol: 1, atMs: now(), ...about, ...state, notes: [] }
    const answer = await post(PATHS.heartbeat, body)
    const at = answer.json
    const serverAtMs =
      typeof at === "object" && at !== null ? Reflect.get(at, "serverAtMs") : undefined
    if (typeof serverAtMs === "number") offsetMs += serverAtMs - now()
    return answer
  }
  const send = async (items: readonly object[]): Promise<Answer> => {
    number += 1
    const batch = { protocol: 1, buffer, number, sentAtMs: now(), items }
    const answer = await post(PATHS.batches, batch)
    // A batch that was not acknowledged is dropped here; the next one takes its number.
    if (answer.status !== 200) number -= 1
    return answer
  }
  return { now, heartbeat, send }
}

export const createScriptedAgent = (
  url: string,
  identity: AgentIdentity,
  rootPem: string,
): ScriptedAgent => {
  const { now, heartbeat, send } = createConnection(url, identity, rootPem)
  return {
    heartbeat,
    send,
    now,
    ping: (device, answers, atMs = now()) => ({
      kind: "ping",
      device,
      atMs,
      answers,
      icmp: answers
        ? { sent: 1, received: 1, rttUs: 900, jitterUs: null }
        : { sent: 6, received: 0, rttUs: null, jitterUs: null },
      tcp: answers ? null : "silent",
      because: answers ? "round" : "missed",
    }),
    portEvent: (device, port, isUp, atMs = now()) => ({
      kind: "event",
      id: randomUUID(),
      device,
      name: isUp ? "link-up" : "link-down",
      atMs,
      source: "syslog",
      severity: isUp ? "info" : "error",
      interface: port,
      message: `${port} link ${isUp ? "up" : "down"}`,
      attributes: {},
    }),
    startHeartbeats: () => everySecond(heartbeat),
    startSending: (items) => {
      const both = [everySecond(heartbeat), everySecond(() => send(items()))]
      return { stop: async () => void (await Promise.all(both.map((one) => one.stop()))) }
    },
  }
}

/** Runs one after another, at most one per second. */
const everySecond = (work: () => Promise<unknown>): { readonly stop: () => Promise<void> } => {
  const stopping = new AbortController()
  let pending: Promise<unknown> | null = null
  const timer = setInterval(() => {
    if (pending !== null || stopping.signal.aborted) return
    pending = work()
      .catch(() => undefined) // the answer is 0 or an error while the appliance is down
      .finally(() => {
        pending = null
      })
  }, 1_000)
  return {
    stop: async () => {
      clearInterval(timer)
      stopping.abort()
      await pending
    },
  }
}
