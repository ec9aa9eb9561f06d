/**
 * Receives syslog by UDP and TCP and makes events of the lines of devices; no line can hurt it, and no sender the others.
 *
 *   bytes ─▶ sender (address) ─▶ tokens ─▶ time left? ─▶ parse ─▶ whose? ─▶ twice? ─▶ event
 *
 * What falls out on the way is counted by reason (`counts`, `losses`) and said on the agents' page.
 */
import type { AssignedDevice, DeviceId, Event } from "../wire/wire.ts"
import { canonicalIp, type Resolve } from "./resolve.ts"
import { createBudget, takeToken } from "./syslog/budget.ts"
import { noCounts, type SyslogCounts } from "./syslog/counts.ts"
import { eventOf, lostEvent } from "./syslog/events.ts"
import { type Line, parseLine } from "./syslog/lines.ts"
import { createLosses } from "./syslog/losses.ts"
import { type Meant, meantBy } from "./syslog/read.ts"
import { createRepeats } from "./syslog/repeats.ts"
import { createSenders, type Known, LIMIT, type Sender } from "./syslog/senders.ts"
import { STREAM_LIMIT, type Streams, startStreams } from "./syslog/streams.ts"
import { bindFirst, FALLBACK_PORTS } from "./syslog/udp.ts"
import { createDecoder, type DecodeText, decodeText } from "./text/decoder.ts"

const RESOLVE_EVERY_MS = 60_000
const TELL_EVERY_MS = 60_000
/** Strangers remembered by name for the log; beyond it they are only counted. */
const STRANGERS = 100

export type Syslog = {
  /** Null: no port could be bound. */
  readonly port: number | null
  readonly note: string | null
  readonly counts: SyslogCounts
  /** Connections open by TCP. */
  readonly connections: () => number
  /** What an operator should know of lines that were not made events. */
  readonly notes: () => readonly string[]
  apply(devices: readonly AssignedDevice[]): void
  /** What API or SNMP tells of a device: its identity stands in its lines, and its ports' names may hold spaces. */
  learn(device: DeviceId, identity: string | null, ports: readonly string[] | null): void
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
  /** Addresses that pass on lines of others. This host's own do so always. */
  readonly relays?: readonly string[]
  /** Milliseconds of a clock that nobody can set. */
  readonly steady?: () => number
}

export const startSyslog = async (deps: Deps): Promise<Syslog> => {
  const { now } = deps
  const steady = deps.steady ?? (() => performance.now())
  const { socket, message } = await bindFirst(deps.port === "auto" ? FALLBACK_PORTS : [deps.port], deps.bind)
  const port = socket?.address().port ?? null
  const counts = noCounts()
  const budget = createBudget(steady())
  const senders = createSenders(budget, new Set((deps.relays ?? []).map((relay) => canonicalIp(relay) ?? relay)))
  const losses = createLosses(steady())
  const isRepeat = createRepeats()
  const strangers = new Set<string>()
  let devices: readonly AssignedDevice[] = []
  let generation = 0
  /** A decoder remembers what a device's texts have shown. */
  const decoders = new Map<DeviceId, { readonly encoding: AssignedDevice["textEncoding"]; readonly decode: DecodeText }>()

  const decoderOf = ({ id, encoding }: Known): DecodeText => {
    const was = decoders.get(id)
    if (was !== undefined && was.encoding === encoding) return was.decode
    const decode = createDecoder(encoding)
    decoders.set(id, { encoding, decode })
    return decode
  }
  const learnAddresses = async (): Promise<void> => {
    const mine = ++generation
    const found = await Promise.all(devices.map(async (device) => ({ device, ip: await deps.resolve(device.access.address) })))
    if (mine !== generation) return
    senders.apply(found, now())
    for (const id of decoders.keys()) if (senders.device(id) === undefined) decoders.delete(id)
  }

  /** Of a sender's lines that were not read at all, whose they are is known where one device is at its address. */
  const drop = (sender: Sender, reason: "rate" | "time"): void => {
    counts[reason === "rate" ? "limited" : "overTime"] += 1
    const [only, other] = sender.devices
    if (only !== undefined && other === undefined) losses.lost(only, reason, steady())
  }
  /** Null: nobody's, and counted as that. */
  const deviceOf = (sender: Sender, address: string, line: Line): Known | null => {
    const whose = senders.whose(sender, [line.host, line.address])
    if (whose.kind === "device") return whose.device
    const key = { "unknown-source": "unknownSource", "several-devices": "severalDevices", "other-device": "otherDevice" } as const
    counts[key[whose.reason]] += 1
    losses.unheard(address, whose.reason, whose.named, sender.devices, steady())
    if (whose.reason === "unknown-source" && strangers.size < STRANGERS && !strangers.has(address)) {
      strangers.add(address)
      deps.onStranger(address)
    }
    return null
  }

  type Read = Meant & { readonly device: Known }
  const read = (bytes: Buffer, sender: Sender, address: string): Read | null => {
    const [only, other] = sender.devices
    const decode = only !== undefined && other === undefined && !sender.isRelay ? decoderOf(only) : decodeText
    const first = parseLine(decode(bytes), sender.hosts)
    const device = deviceOf(sender, address, first)
    if (device === null) return null
    const own = decoderOf(device)
    const line = own === decode ? first : parseLine(own(bytes), sender.hosts)
    return { ...meantBy(line, device), device }
  }
  const keep = ({ line, device, meaning }: Read, channel: string | null): void => {
    if (meaning === null && line.severity === "debug") {
      counts.debug += 1
      return
    }
    if (isRepeat({ device: device.id, message: line.message, stamp: line.stamp, meaning, channel }, steady())) {
      counts.repeated += 1
      return
    }
    if (meaning?.name === "link-up" || meaning?.name === "link-down") {
      counts.links += 1
      deps.onLink(device.id)
    }
    const isKept = meaning === null ? takeToken(device.log, now(), LIMIT.log) : takeToken(device.meaning, now(), LIMIT.meaning)
    if (!isKept) {
      counts.limited += 1
      losses.lost(device, "rate", steady())
      return
    }
    counts.events += 1
    deps.emit(eventOf(deps.newId(), device.id, now(), line, meaning), meaning === null ? "soon" : "now")
  }

  const take = (bytes: Buffer, address: string, channel: string | null): void => {
    counts.lines += 1
    const ip = canonicalIp(address) ?? address
    const sender = senders.at(ip, now())
    if (!takeToken(sender.raw, now(), sender.rawLimit)) {
      drop(sender, "rate")
      return
    }
    const beganMs = steady()
    if (!budget.may(sender.purse, beganMs, senders.count())) {
      drop(sender, "time")
      return
    }
    try {
      const found = read(bytes, sender, ip)
      budget.spend(sender.purse, steady() - beganMs, bytes.length)
      if (found !== null) keep(found, channel)
    } catch {
      counts.failed += 1 // no line is worth the agent; that there was one is shown
    }
  }

  socket?.on("message", (bytes, { address }) => take(bytes, address, null))
  socket?.on("error", () => undefined) // an ICMP error of some sender; receiving goes on

  const room = (ip: string) => {
    const sender = senders.at(ip, now())
    const isStranger = sender.devices.length === 0 && !sender.isRelay
    const most = sender.isRelay ? STREAM_LIMIT.relay : STREAM_LIMIT.perDevice * Math.max(1, sender.devices.length)
    return { most: isStranger ? 2 : most, isStranger }
  }
  let streams: Streams | null = null
  let streamsNote: string | null = null
  if (port !== null)
    try {
      streams = await startStreams({
        port,
        bind: deps.bind,
        room,
        onLine: take,
        onFault: (fault) => {
          counts[fault === "too-long" ? "tooLong" : fault === "framing" ? "framing" : "connectionLimit"] += 1
        },
      })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      streamsNote = `Syslog is received by UDP alone: port ${port} could not be bound for TCP (${why}).`
    }

  const timer = setInterval(() => void learnAddresses(), RESOLVE_EVERY_MS)
  const telling = setInterval(() => {
    for (const lost of losses.due(steady())) deps.emit(lostEvent(deps.newId(), lost, now()), "soon")
  }, TELL_EVERY_MS)

  const note =
    port === null
      ? `No syslog here: ${message}. Is another program on that port? ISPVM_SYSLOG_PORT names another one.`
      : deps.port === "auto" && port !== 514
        ? `Syslog is received on port ${port}, for 514 could not be bound (${message}).`
        : streamsNote
  return {
    port,
    note,
    counts,
    connections: () => streams?.open() ?? 0,
    notes: () => losses.notes(steady()),
    apply(given) {
      devices = given
      void learnAddresses()
    },
    learn: (device, identity, ports) => senders.learn(device, identity, ports),
    stop: async () => {
      clearInterval(timer)
      clearInterval(telling)
      generation += 1
      await Promise.all([streams?.stop(), socket === null ? null : new Promise<void>((resolve) => socket.close(() => resolve()))])
    },
  }
}
