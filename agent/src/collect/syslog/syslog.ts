/**
 * Receives syslog by UDP, TCP and TLS and converts lines of devices to events.
 *
 *   bytes ─▶ sender (address) ─▶ tokens ─▶ time left? ─▶ parse ─▶ device? ─▶ repeat? ─▶ event
 *
 * Lines that are dropped on the way are counted by reason (`counts`, `losses`) and shown on the
 * Agents page.
 */
import type { AssignedDevice, DeviceId, Event } from "@ispvm/wire"
import { canonicalIp, type Resolve } from "../reachability/resolve.ts"
import { createAddresses } from "./addresses.ts"
import { createBudget } from "./budget.ts"
import { noCounts, type SyslogCounts } from "./counts.ts"
import { lostEvent } from "./events.ts"
import { createForward, type Forward, type ForwardOptions } from "./forward.ts"
import { Losses } from "./losses.ts"
import { createReceiver } from "./receiver.ts"
import { Senders } from "./senders.ts"
import {
  STREAM_LIMIT,
  type StreamDeps,
  type Streams,
  startStreams,
  type TlsCertificate,
} from "./streams.ts"
import { bindFirst, FALLBACK_PORTS, RECEIVE_BYTES } from "./udp.ts"
import { type UdpWatch, watchUdp } from "./udp-watch.ts"

const REPORT_EVERY_MS = 60_000
const FREQUENT_EVERY_MS = 5_000

export type Syslog = {
  /** Null: no port could be bound. */
  readonly port: number | null
  /** Null: no TLS, or its port could not be bound. */
  readonly tlsPort: number | null
  readonly note: string | null
  readonly counts: SyslogCounts
  readonly forward: Forward | null
  /** What the kernel does with datagrams; null: no port could be bound. */
  readonly udp: Pick<UdpWatch, "receiveBytes" | "dropped"> | null
  /** Open TCP connections. */
  readonly connections: () => number
  /** Notes for the operator about lines that did not become events. */
  readonly notes: () => readonly string[]
  apply(devices: readonly AssignedDevice[]): void
  /** Of a device, from API or SNMP; null: not reported. */
  learn(
    device: DeviceId,
    identity: string | null,
    ports: readonly string[] | null,
    serial?: string | null,
  ): void
  /** A line of the log menu of this device. */
  read(device: DeviceId, topics: string, message: string): void
  stop(): Promise<void>
}

type Deps = {
  readonly port: number | "auto"
  readonly bind: string
  readonly resolve: Resolve
  readonly now: () => number
  readonly newId: () => string
  readonly emit: (event: Event, urgency: "soon" | "now") => void
  /** A link of this device has changed: poll it. */
  readonly onLink: (device: DeviceId) => void
  readonly onUnknownSender: (address: string) => void
  /** Addresses of relays. This host's own addresses always count as relays. */
  readonly relays?: readonly string[]
  /** Milliseconds of a monotonic clock. */
  readonly steady?: () => number
  readonly tls?: { readonly port: number; readonly certificate: () => TlsCertificate } | null
  /** Another log system that gets the lines of devices too. */
  readonly forward?: ForwardOptions | null
}

/** How many TCP connections an address may have. */
const connectionLimit = (senders: Senders, ip: string, nowMs: number) => {
  const sender = senders.at(ip, nowMs)
  const isUnknownSender = sender.devices.length === 0 && !sender.isRelay
  const max = sender.isRelay
    ? STREAM_LIMIT.relay
    : STREAM_LIMIT.perDevice * Math.max(1, sender.devices.length)
  return { max: isUnknownSender ? 2 : max, isUnknownSender }
}

const FAULT_COUNT = {
  "too-long": "tooLong",
  framing: "framing",
  "connection-limit": "connectionLimit",
} as const

type TcpResult = { readonly streams: Streams | null; readonly note: string | null }
const startTcp = async (options: StreamDeps): Promise<TcpResult> => {
  try {
    return { streams: await startStreams(options), note: null }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const note =
      options.certificate === undefined
        ? `Syslog is received only by UDP: port ${options.port} could not be bound for TCP (${why}).`
        : `Syslog is not received by TLS on port ${options.port} (${why}). ISPVM_SYSLOG_TLS_PORT selects another one.`
    return { streams: null, note }
  }
}

export const startSyslog = async (deps: Deps): Promise<Syslog> => {
  const { now } = deps
  const steady = deps.steady ?? (() => performance.now())
  const ports = deps.port === "auto" ? FALLBACK_PORTS : [deps.port]
  const { socket, message } = await bindFirst(ports, deps.bind)
  const port = socket?.address().port ?? null
  const udp = socket === null ? null : watchUdp(socket, RECEIVE_BYTES, steady)
  const counts = noCounts()
  const budget = createBudget(steady())
  const relays = new Set((deps.relays ?? []).map((relay) => canonicalIp(relay) ?? relay))
  const senders = new Senders(budget, relays)
  const losses = new Losses(steady())
  const forward = deps.forward == null ? null : createForward(deps.forward)
  const receiver = createReceiver({ ...deps, forward, steady, counts, budget, senders, losses })
  const addresses = createAddresses(deps.resolve, (found) => {
    senders.apply(found, now())
    receiver.forgetGone()
  })
  socket?.on("message", (bytes, { address }) => receiver.receive(bytes, address, null))
  socket?.on("error", () => undefined) // an ICMP error of one sender; the socket keeps receiving
  const onFault: StreamDeps["onFault"] = (fault) => {
    counts[FAULT_COUNT[fault]] += 1
  }
  const limitOf = (ip: string) => connectionLimit(senders, ip, now())
  const tcp =
    port === null
      ? { streams: null, note: null }
      : await startTcp({ port, bind: deps.bind, limitOf, onLine: receiver.receive, onFault })
  const overTls =
    deps.tls == null
      ? { streams: null, note: null }
      : await startTcp({ ...deps.tls, bind: deps.bind, limitOf, onLine: receiver.receive, onFault })
  const reportTimer = setInterval(() => {
    for (const lost of losses.due(steady())) deps.emit(lostEvent(deps.newId(), lost, now()), "soon")
  }, REPORT_EVERY_MS)
  const frequentTimer = setInterval(receiver.report, FREQUENT_EVERY_MS)
  return {
    port,
    tlsPort: overTls.streams?.port ?? null,
    note: noteOf(deps.port, port, message) ?? tcp.note ?? overTls.note,
    counts,
    forward,
    udp,
    connections: () => (tcp.streams?.open() ?? 0) + (overTls.streams?.open() ?? 0),
    notes: () => [
      ...losses.notes(steady()),
      ...[forward?.note() ?? null, udp?.note() ?? null].filter((note) => note !== null),
    ],
    apply: addresses.set,
    learn: (device, identity, ports, serial) => senders.learn(device, identity, ports, serial),
    read: receiver.receiveRead,
    stop: async () => {
      addresses.stop()
      clearInterval(reportTimer)
      clearInterval(frequentTimer)
      forward?.stop()
      udp?.stop()
      await Promise.all([
        tcp.streams?.stop(),
        overTls.streams?.stop(),
        socket === null ? null : new Promise<void>((resolve) => socket.close(() => resolve())),
      ])
    },
  }
}

const noteOf = (
  requested: number | "auto",
  port: number | null,
  message: string,
): string | null => {
  if (port === null)
    return `No syslog here: ${message}. Does another program use the port? ISPVM_SYSLOG_PORT selects another one.`
  if (requested === "auto" && port !== 514)
    return `Syslog is received on port ${port}, because 514 could not be bound (${message}).`
  return null
}
