/** Receives syslog over UDP and tells devices' lines from strangers'; no line can hurt it, and no sender the others. */
import dgram from "node:dgram"
import type { AssignedDevice, DeviceId, Event } from "../wire/wire.ts"
import { canonicalIp, type Resolve } from "./resolve.ts"
import { type Line, parseLine } from "./syslog-lines.ts"
import { type Meaning, meaningOf } from "./syslog-meaning.ts"

/** Linux clamps it silently to net.core.rmem_max. */
const RECEIVE_BYTES = 4 * 1024 * 1024
/** Tokens a second and at most, per sender: raw lines before they are parsed, lines without and with a meaning. */
export const LIMIT = {
  raw: { perS: 2_000, most: 4_000 },
  log: { perS: 20, most: 200 },
  meaning: { perS: 50, most: 500 },
} as const
const RESOLVE_EVERY_MS = 60_000
/** Strangers remembered by name for the log; beyond it they are only counted. */
const STRANGERS = 100

export type Bucket = { tokens: number; atMs: number }
export const takeToken = (
  bucket: Bucket,
  nowMs: number,
  { perS, most }: { readonly perS: number; readonly most: number },
): boolean => {
  bucket.tokens = Math.min(most, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1_000) * perS)
  bucket.atMs = nowMs
  if (bucket.tokens < 1) return false
  bucket.tokens -= 1
  return true
}

export type SyslogCounts = { lines: number; events: number; links: number; unknownSource: number; limited: number; debug: number }
export type Syslog = {
  /** Null: no port could be bound. */
  readonly port: number | null
  readonly note: string | null
  readonly counts: SyslogCounts
  apply(devices: readonly AssignedDevice[]): void
  stop(): Promise<void>
}

type Deps = {
  readonly port: number | "auto"
  readonly bind: string
  readonly resolve: Resolve
  readonly now: () => number
  readonly newId: () => string
  readonly emit: (event: Event, urgency: "soon" | "now") => void
  /** A port of this device has changed: look at it. */
  readonly onLink: (device: DeviceId) => void
  readonly onStranger: (address: string) => void
}

type Sender = { readonly device: DeviceId; readonly raw: Bucket; readonly log: Bucket; readonly meaning: Bucket }

/** 514 is what routers send to; below 1024 a port needs a right that not every agent has. */
const FALLBACK_PORTS = [514, 5514]

const bindOne = (port: number, bind: string): Promise<dgram.Socket> =>
  new Promise((resolve, reject) => {
    const socket = dgram.createSocket({ type: bind.includes(":") ? "udp6" : "udp4", recvBufferSize: RECEIVE_BYTES })
    socket.once("error", (error) => {
      socket.close()
      reject(error)
    })
    socket.bind(port, bind, () => {
      socket.removeAllListeners("error")
      resolve(socket)
    })
  })

const bindFirst = async (
  ports: readonly number[],
  bind: string,
): Promise<{ readonly socket: dgram.Socket | null; readonly message: string }> => {
  let message = ""
  for (const port of ports) {
    try {
      return { socket: await bindOne(port, bind), message }
    } catch (error) {
      message ||= error instanceof Error ? error.message : String(error)
    }
  }
  return { socket: null, message }
}

/** What the contract lets through: bounded, no half of a surrogate pair, and no NUL, which the database cannot hold. */
const bounded = (text: string, chars: number): string => text.slice(0, chars).toWellFormed().replaceAll("\0", "\uFFFD")

export const eventOf = (id: string, device: DeviceId, atMs: number, line: Line, meaning: Meaning | null): Event => ({
  kind: "event",
  id,
  device,
  name: meaning?.name ?? "log",
  atMs,
  source: "syslog",
  severity: line.severity,
  interface: meaning?.interface ? bounded(meaning.interface, 256) : null,
  message: bounded(line.message, 4_096),
  attributes: Object.fromEntries(
    Object.entries({ ...(line.topics.length > 0 ? { topics: line.topics.join(",") } : {}), ...meaning?.attributes }).map(
      ([key, value]) => [key, bounded(value, 4_096)],
    ),
  ),
})

export const startSyslog = async (deps: Deps): Promise<Syslog> => {
  const { now } = deps
  const { socket, message } = await bindFirst(deps.port === "auto" ? FALLBACK_PORTS : [deps.port], deps.bind)
  const port = socket?.address().port ?? null
  const counts: SyslogCounts = { lines: 0, events: 0, links: 0, unknownSource: 0, limited: 0, debug: 0 }
  let senders = new Map<string, Sender>()
  let devices: readonly AssignedDevice[] = []
  const strangers = new Set<string>()
  let generation = 0

  const full = (limit: { readonly most: number }): Bucket => ({ tokens: limit.most, atMs: now() })
  const learn = async (): Promise<void> => {
    const mine = ++generation
    const found = await Promise.all(devices.map(async ({ id, access }) => ({ id, ip: await deps.resolve(access.address) })))
    if (mine !== generation) return
    const next = new Map<string, Sender>()
    for (const { id, ip } of found) {
      // Two devices behind one address cannot be told apart: the first of the assignment gets the lines.
      if (ip === null || next.has(ip)) continue
      const was = senders.get(ip)
      next.set(
        ip,
        was?.device === id ? was : { device: id, raw: full(LIMIT.raw), log: full(LIMIT.log), meaning: full(LIMIT.meaning) },
      )
    }
    senders = next
  }

  const stranger = (address: string): void => {
    counts.unknownSource += 1
    if (strangers.size >= STRANGERS || strangers.has(address)) return
    strangers.add(address)
    deps.onStranger(address)
  }
  const take = (bytes: Buffer, address: string): void => {
    counts.lines += 1
    const sender = senders.get(canonicalIp(address) ?? address)
    if (sender === undefined) {
      stranger(address)
      return
    }
    if (!takeToken(sender.raw, now(), LIMIT.raw)) {
      counts.limited += 1
      return
    }
    const line = parseLine(decode(bytes))
    const meaning = meaningOf(line.message, line.topics)
    if (meaning === null && line.severity === "debug") {
      counts.debug += 1
      return
    }
    const isLink = meaning !== null && (meaning.name === "link-up" || meaning.name === "link-down")
    if (isLink) {
      counts.links += 1
      deps.onLink(sender.device)
    }
    const isKept = meaning === null ? takeToken(sender.log, now(), LIMIT.log) : takeToken(sender.meaning, now(), LIMIT.meaning)
    if (!isKept) {
      counts.limited += 1
      return
    }
    counts.events += 1
    deps.emit(eventOf(deps.newId(), sender.device, now(), line, meaning), meaning === null ? "soon" : "now")
  }

  socket?.on("message", (bytes, { address }) => take(bytes, address))
  socket?.on("error", () => undefined) // an ICMP error of some sender; receiving goes on
  const timer = setInterval(() => void learn(), RESOLVE_EVERY_MS)

  const note =
    port === null
      ? `No syslog here: ${message}. Is another program on that port? ISPVM_SYSLOG_PORT names another one.`
      : deps.port === "auto" && port !== 514
        ? `Syslog is received on port ${port}, for 514 could not be bound (${message}).`
        : null
  return {
    port,
    note,
    counts,
    apply(given) {
      devices = given
      void learn()
    },
    stop: () =>
      new Promise((resolve) => {
        clearInterval(timer)
        generation += 1
        if (socket === null) resolve()
        else socket.close(() => resolve())
      }),
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true })
const legacy = new TextDecoder("windows-1252")
/** Text of a router is UTF-8 or an old code page; a datagram has at most 64 KB. */
const decode = (bytes: Buffer): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    return legacy.decode(bytes)
  }
}
