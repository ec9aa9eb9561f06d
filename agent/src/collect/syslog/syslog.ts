/**
 * Receives syslog by UDP and TCP and makes events of the lines of devices; no line can hurt it, and no sender the others.
 *
 *   bytes ─▶ sender (address) ─▶ tokens ─▶ time left? ─▶ parse ─▶ whose? ─▶ twice? ─▶ event
 *
 * What falls out on the way is counted by reason (`counts`, `losses`) and said on the agents' page.
 */
import type { AssignedDevice, DeviceId, Event } from "@ispvm/wire"
import { canonicalIp, type Resolve } from "../reachability/resolve.ts"
import { createDecoder, type DecodeText, decodeText } from "../text/decoder.ts"
import { createBudget, takeToken } from "./budget.ts"
import { noCounts, type SyslogCounts } from "./counts.ts"
import { eventOf, lostEvent } from "./events.ts"
import { type InterpretedLine, interpret } from "./interpret.ts"
import { type Line, parseLine } from "./lines.ts"
import { createLosses } from "./losses.ts"
import { createRepeats } from "./repeats.ts"
import { createSenders, LIMIT, type Sender, type SyslogDevice } from "./senders.ts"
import { STREAM_LIMIT, type Streams, startStreams } from "./streams.ts"
import { bindFirst, FALLBACK_PORTS } from "./udp.ts"

const RESOLVE_EVERY_MS = 60_000
const REPORT_EVERY_MS = 60_000
/** Strangers remembered by name for the log; beyond it they are only counted. */
const MAX_UNKNOWN_SENDERS = 100

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
  readonly onUnknownSender: (address: string) => void
  /** Addresses that pass on lines of others. This host's own do so always. */
  readonly relays?: readonly string[]
  /** Milliseconds of a clock that nobody can set. */
  readonly steady?: () => number
}

export const startSyslog = async (deps: Deps): Promise<Syslog> => {
  const { now } = deps
  const steady = deps.steady ?? (() => performance.now())
  const { socket, message } = await bindFirst(
    deps.port === "auto" ? FALLBACK_PORTS : [deps.port],
    deps.bind,
  )
  const port = socket?.address().port ?? null
  const counts = noCounts()
  const budget = createBudget(steady())
  const senders = createSenders(
    budget,
    new Set((deps.relays ?? []).map((relay) => canonicalIp(relay) ?? relay)),
  )
  const losses = createLosses(steady())
  const isRepeat = createRepeats()
  const unknownSenders = new Set<string>()
  let devices: readonly AssignedDevice[] = []
  let generation = 0
  /** A decoder remembers what a device's texts have shown. */
  const decoders = new Map<
    DeviceId,
    { readonly encoding: AssignedDevice["textEncoding"]; readonly decode: DecodeText }
  >()

  const decoderOf = ({ id, encoding }: SyslogDevice): DecodeText => {
    const was = decoders.get(id)
    if (was !== undefined && was.encoding === encoding) return was.decode
    const decode = createDecoder(encoding)
    decoders.set(id, { encoding, decode })
    return decode
  }
  const learnAddresses = async (): Promise<void> => {
    const ownGeneration = ++generation
    const found = await Promise.all(
      devices.map(async (device) => ({ device, ip: await deps.resolve(device.access.address) })),
    )
    if (ownGeneration !== generation) return
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
  const deviceOf = (sender: Sender, address: string, line: Line): SyslogDevice | null => {
    const owner = senders.ownerOf(sender, [line.host, line.address])
    if (owner.kind === "device") return owner.device
    const key = {
      "unknown-source": "unknownSource",
      "several-devices": "severalDevices",
      "other-device": "otherDevice",
    } as const
    counts[key[owner.reason]] += 1
    losses.unassigned(address, owner.reason, owner.named, sender.devices, steady())
    if (
      owner.reason === "unknown-source" &&
      unknownSenders.size < MAX_UNKNOWN_SENDERS &&
      !unknownSenders.has(address)
    ) {
      unknownSenders.add(address)
      deps.onUnknownSender(address)
    }
    return null
  }

  type Read = InterpretedLine & { readonly device: SyslogDevice }
  const read = (bytes: Buffer, sender: Sender, address: string): Read | null => {
    const [only, other] = sender.devices
    const decode =
      only !== undefined && other === undefined && !sender.isRelay ? decoderOf(only) : decodeText
    const first = parseLine(decode(bytes), sender.hosts)
    const device = deviceOf(sender, address, first)
    if (device === null) return null
    const own = decoderOf(device)
    const line = own === decode ? first : parseLine(own(bytes), sender.hosts)
    return { ...interpret(line, device), device }
  }
  const accept = ({ line, device, meaning }: Read, channel: string | null): void => {
    if (meaning === null && line.severity === "debug") {
      counts.debug += 1
      return
    }
    if (
      isRepeat(
        { device: device.id, message: line.message, stamp: line.stamp, meaning, channel },
        steady(),
      )
    ) {
      counts.repeated += 1
      return
    }
    if (meaning?.name === "link-up" || meaning?.name === "link-down") {
      counts.links += 1
      deps.onLink(device.id)
    }
    const isWithinLimit =
      meaning === null
        ? takeToken(device.log, now(), LIMIT.log)
        : takeToken(device.meaning, now(), LIMIT.meaning)
    if (!isWithinLimit) {
      counts.limited += 1
      losses.lost(device, "rate", steady())
      return
    }
    counts.events += 1
    deps.emit(
      eventOf(deps.newId(), device.id, now(), line, meaning),
      meaning === null ? "soon" : "now",
    )
  }

  const receive = (bytes: Buffer, address: string, channel: string | null): void => {
    counts.lines += 1
    const ip = canonicalIp(address) ?? address
    const sender = senders.at(ip, now())
    if (!takeToken(sender.raw, now(), sender.rawLimit)) {
      drop(sender, "rate")
      return
    }
    const beganMs = steady()
    if (!budget.isAllowed(sender.cpuBudget, beganMs, senders.count())) {
      drop(sender, "time")
      return
    }
    try {
      const found = read(bytes, sender, ip)
      budget.spend(sender.cpuBudget, steady() - beganMs, bytes.length)
      if (found !== null) accept(found, channel)
    } catch {
      counts.failed += 1 // no line is worth the agent; that there was one is shown
    }
  }

  socket?.on("message", (bytes, { address }) => receive(bytes, address, null))
  socket?.on("error", () => undefined) // an ICMP error of some sender; receiving goes on

  const limitOf = (ip: string) => {
    const sender = senders.at(ip, now())
    const isUnknownSender = sender.devices.length === 0 && !sender.isRelay
    const max = sender.isRelay
      ? STREAM_LIMIT.relay
      : STREAM_LIMIT.perDevice * Math.max(1, sender.devices.length)
    return { max: isUnknownSender ? 2 : max, isUnknownSender }
  }
  let streams: Streams | null = null
  let streamsNote: string | null = null
  if (port !== null)
    try {
      streams = await startStreams({
        port,
        bind: deps.bind,
        limitOf,
        onLine: receive,
        onFault: (fault) => {
          counts[
            fault === "too-long" ? "tooLong" : fault === "framing" ? "framing" : "connectionLimit"
          ] += 1
        },
      })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      streamsNote = `Syslog is received by UDP alone: port ${port} could not be bound for TCP (${why}).`
    }

  const timer = setInterval(() => void learnAddresses(), RESOLVE_EVERY_MS)
  const reportTimer = setInterval(() => {
    for (const lost of losses.due(steady())) deps.emit(lostEvent(deps.newId(), lost, now()), "soon")
  }, REPORT_EVERY_MS)

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
    apply(assigned) {
      devices = assigned
      void learnAddresses()
    },
    learn: (device, identity, ports) => senders.learn(device, identity, ports),
    stop: async () => {
      clearInterval(timer)
      clearInterval(reportTimer)
      generation += 1
      await Promise.all([
        streams?.stop(),
        socket === null ? null : new Promise<void>((resolve) => socket.close(() => resolve())),
      ])
    },
  }
}
