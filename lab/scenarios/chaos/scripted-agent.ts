/** An agent by hand: it proves the identity that the real program enrolled, and sends exactly what a scenario wants, when it wants. */
import { randomUUID } from "node:crypto"
import https from "node:https"
import { PATHS } from "@ispvm/wire"
import { type Answer, request } from "../attack/request.ts"
import type { AgentIdentity } from "../attack/testbed.ts"

export type ScriptedAgent = {
  readonly heartbeat: () => Promise<Answer>
  /** Sends one batch; its items get the appliance's time plus `agoMs` back. */
  readonly send: (items: readonly object[]) => Promise<Answer>
  /** Epoch ms as the appliance sees it, by the last heartbeat. */
  readonly now: () => number
  readonly ping: (device: string, answers: boolean, atMs?: number) => object
  readonly portEvent: (device: string, port: string, isUp: boolean, atMs?: number) => object
  /** Heartbeats every second until stopped, whatever else is under way: as the real agent, which never waits for a delivery. */
  readonly startHeartbeats: () => { readonly stop: () => Promise<void> }
  /** Heartbeats, and `items()` every second, until stopped. */
  readonly startSending: (items: () => readonly object[]) => { readonly stop: () => Promise<void> }
}

export const createScriptedAgent = (
  url: string,
  { cert, key }: AgentIdentity,
  rootPem: string,
): ScriptedAgent => {
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
    const state = {
      bufferBatches: 0,
      bufferBytes: 0,
      oldestBufferedAtMs: null,
      capabilities: { icmp: true, syslogPort: null },
    }
    const answer = await post(PATHS.heartbeat, {
      protocol: 1,
      atMs: now(),
      ...about,
      ...state,
      notes: [],
    })
    const at = answer.json
    const serverAtMs =
      typeof at === "object" && at !== null ? Reflect.get(at, "serverAtMs") : undefined
    if (typeof serverAtMs === "number") offsetMs += serverAtMs - now()
    return answer
  }
  const send = async (items: readonly object[]): Promise<Answer> => {
    number += 1
    const answer = await post(PATHS.batches, {
      protocol: 1,
      buffer,
      number,
      sentAtMs: now(),
      items,
    })
    // What was not acknowledged keeps its number and would be sent again; the next one here takes its place.
    if (answer.status !== 200) number -= 1
    return answer
  }
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

/** One after another, at most one a second. */
const everySecond = (work: () => Promise<unknown>): { readonly stop: () => Promise<void> } => {
  const stopping = new AbortController()
  let pending: Promise<unknown> | null = null
  const timer = setInterval(() => {
    if (pending !== null || stopping.signal.aborted) return
    pending = work()
      .catch(() => undefined) // its answer is 0 or an error where the appliance is away
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
