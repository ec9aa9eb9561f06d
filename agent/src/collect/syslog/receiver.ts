/** Processes one received syslog line: limits, decoding, device, meaning, event. */
import type { AssignedDevice, DeviceId, Event } from "@ispvm/wire"
import { canonicalIp } from "../reachability/resolve.ts"
import { createDecoder, type DecodeText, decodeText } from "../text/decoder.ts"
import { type Budget, takeToken } from "./budget.ts"
import { createCopies } from "./copies.ts"
import type { SyslogCounts } from "./counts.ts"
import { eventOf, hasOwnEvent } from "./events.ts"
import type { Forward } from "./forward.ts"
import { Frequent } from "./frequent.ts"
import { type InterpretedLine, interpret } from "./interpret.ts"
import { type Line, menuLine, parseLine } from "./lines.ts"
import type { Losses } from "./losses.ts"
import { createRepeats } from "./repeats.ts"
import { LIMIT, type Sender, type Senders, type SyslogDevice } from "./senders.ts"

/** Unknown senders that are logged by address; further ones are only counted. */
const MAX_UNKNOWN_SENDERS = 100

type Deps = {
  readonly now: () => number
  readonly steady: () => number
  readonly newId: () => string
  readonly emit: (event: Event, urgency: "soon" | "now") => void
  readonly onLink: (device: DeviceId) => void
  readonly onUnknownSender: (address: string) => void
  readonly counts: SyslogCounts
  readonly budget: Budget
  readonly senders: Senders
  readonly losses: Losses
  readonly forward: Pick<Forward, "push"> | null
}
export type Receiver = {
  /** Never throws. `channel` is the TCP connection; null for UDP. */
  readonly receive: (bytes: Buffer, address: string, channel: string | null) => void
  /** A line of the router's own log, read by another source. */
  readonly receiveRead: (device: DeviceId, topics: string, message: string) => void
  /** Emits what was counted of frequent lines. Called every few seconds. */
  readonly report: () => void
  /** Releases what is kept for devices that are no longer assigned. */
  readonly forgetGone: () => void
}
type ReadLine = InterpretedLine & { readonly device: SyslogDevice }

const COUNT_OF = {
  "unknown-source": "unknownSource",
  "several-devices": "severalDevices",
  "other-device": "otherDevice",
  ambiguous: "severalDevices",
} as const

/** One decoder per device: it remembers what the device's texts have shown. */
const createDecoders = () => {
  const decoders = new Map<
    DeviceId,
    { readonly encoding: AssignedDevice["textEncoding"]; readonly decode: DecodeText }
  >()
  return {
    of: ({ id, encoding }: SyslogDevice): DecodeText => {
      const was = decoders.get(id)
      if (was !== undefined && was.encoding === encoding) return was.decode
      const decode = createDecoder(encoding)
      decoders.set(id, { encoding, decode })
      return decode
    },
    keepOnly: (isKept: (id: DeviceId) => boolean): void => {
      for (const id of decoders.keys()) if (!isKept(id)) decoders.delete(id)
    },
  }
}

/** Finds the device of a line; null if there is none, which is counted and reported. */
const createOwners = ({ counts, senders, losses, steady, onUnknownSender }: Deps) => {
  const unknownSenders = new Set<string>()
  return (sender: Sender, address: string, line: Line): SyslogDevice | null => {
    const owner = senders.ownerOf(sender, [line.host, line.address], line.serial)
    if (owner.kind === "device") return owner.device
    counts[COUNT_OF[owner.reason]] += 1
    losses.unassigned(address, owner.reason, owner.named, sender.devices, steady())
    const isNew =
      owner.reason === "unknown-source" &&
      unknownSenders.size < MAX_UNKNOWN_SENDERS &&
      !unknownSenders.has(address)
    if (isNew) {
      unknownSenders.add(address)
      onUnknownSender(address)
    }
    return null
  }
}

/** Converts a line to an event, unless it is a debug line, a repeat, or over a limit. */
const createAccept = ({ counts, losses, now, steady, newId, emit, onLink }: Deps) => {
  const isRepeat = createRepeats()
  const isCopy = createCopies()
  const frequent = new Frequent()
  const report = (): void => {
    for (const { device, line, meaning } of frequent.due(steady()))
      emit(eventOf(newId(), device, now(), line, meaning), "soon")
  }
  /** Lines with an event of their own, and lines without a meaning, have a rate limit each. */
  const isWithinLimit = ({ device, line, meaning }: ReadLine, steadyMs: number): boolean => {
    if (meaning !== null && !hasOwnEvent(meaning)) {
      if (frequent.isSingle(device.id, line, meaning, steadyMs)) return true
      counts.combined += 1
      return false
    }
    const isTaken =
      meaning === null
        ? takeToken(device.log, now(), LIMIT.log)
        : takeToken(device.meaning, now(), LIMIT.meaning)
    if (isTaken) return true
    counts.limited += 1
    losses.lost(device, "rate", steadyMs)
    return false
  }
  /** `steadyMs`: of the monotonic clock, which takes a share of the time of a line to read. */
  const accept = (read: ReadLine, channel: string | null, steadyMs: number): void => {
    const { line, device, meaning } = read
    if (line.severity === "debug" && !hasOwnEvent(meaning)) {
      counts.debug += 1
      return
    }
    const { message, stamp } = line
    const path = line.format === "menu" ? "menu" : "syslog"
    const isTwice =
      path === "syslog" &&
      isRepeat({ device: device.id, message, stamp, meaning, channel }, steadyMs)
    if (isTwice || isCopy(device.id, message, path, steadyMs)) {
      counts.repeated += 1
      return
    }
    if (meaning?.name === "link-up" || meaning?.name === "link-down") {
      counts.links += 1
      onLink(device.id)
    }
    if (!isWithinLimit(read, steadyMs)) return
    counts.events += 1
    const urgency = hasOwnEvent(meaning) ? "now" : "soon"
    emit(eventOf(newId(), device.id, now(), line, meaning), urgency)
  }
  return { accept, report }
}

export const createReceiver = (deps: Deps): Receiver => {
  const { now, steady, counts, budget, senders, losses } = deps
  const decoders = createDecoders()
  const ownerOf = createOwners(deps)
  const { accept, report } = createAccept(deps)

  /** A dropped line was not read: its device is known only if the address has a single one. */
  const drop = (sender: Sender, reason: "rate" | "time"): void => {
    counts[reason === "rate" ? "limited" : "overTime"] += 1
    const [only, other] = sender.devices
    if (only !== undefined && other === undefined) losses.lost(only, reason, steady())
  }
  const read = (bytes: Buffer, sender: Sender, address: string): ReadLine | null => {
    const [only, other] = sender.devices
    const isSingle = only !== undefined && other === undefined && !sender.isRelay
    const decode = isSingle ? decoders.of(only) : decodeText
    const text = decode(bytes)
    const first = parseLine(text, sender.hosts)
    const device = ownerOf(sender, address, first)
    if (device === null) return null
    const own = decoders.of(device)
    const ownText = own === decode ? text : own(bytes)
    const line = ownText === text ? first : parseLine(ownText, sender.hosts)
    const { line: interpreted, meaning } = interpret(line, device)
    return { line: interpreted, meaning, device }
  }

  return {
    receive: (bytes, address, channel) => {
      counts.lines += 1
      // An IPv4 address of the kernel has one form.
      const ip = address.includes(":") ? (canonicalIp(address) ?? address) : address
      const atMs = now()
      const sender = senders.at(ip, atMs)
      if (!takeToken(sender.raw, atMs, sender.rawLimit)) {
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
        const readAtMs = steady()
        budget.spend(sender.cpuBudget, readAtMs - beganMs, bytes.length)
        if (found === null) return
        deps.forward?.push(found.device.name, found.line, atMs)
        accept(found, channel, readAtMs)
      } catch {
        counts.failed += 1 // a line that cannot be processed must not end the agent
      }
    },
    receiveRead: (id, topics, message) => {
      const device = senders.device(id)
      if (device === undefined) return
      counts.read += 1
      try {
        accept({ ...interpret(menuLine(topics, message), device), device }, null, steady())
      } catch {
        counts.failed += 1
      }
    },
    report,
    forgetGone: () => decoders.keepOnly((id) => senders.device(id) !== undefined),
  }
}
