/**
 * The latest values of one organisation, in memory: what the tables of last values hold, kept up to
 * date with each stored batch, so that a list of thousands of devices reads no row of them. Pure.
 */
import type { Accepted } from "../ingest/model.ts"
import type { DeviceNow, LinkNow, PollIntervals, SourceLast } from "./model.ts"
import { freshMs } from "./now-store.ts"
import { noteSources } from "./sources.ts"

type Ping = Accepted["pings"][number]
/** Of one target by one agent; counts as in `series.ping_last`. */
export type PingLast = {
  readonly device: string
  readonly targetId: number
  readonly agent: string
  atMs: number
  answeredAtMs: number | null
  rttUs: number | null
  minuteMs: number
  sent: number
  received: number
  sentBefore: number
  receivedBefore: number
}
export type HealthLast = {
  readonly atMs: number
  readonly uptimeS: number | null
  readonly cpuRatio: number | null
  readonly memoryUsedByte: number | null
  readonly memoryTotalByte: number | null
}
export type PortLast = {
  readonly id: number
  readonly device: string
  atMs: number
  rxBps: number | null
  txBps: number | null
}
export type SourceState = { lastAtMs: number | null; problem: string | null; saidAtMs: number }
/** What the tables hold when the organisation is read first. */
export type LatestRows = {
  readonly pings: readonly PingLast[]
  readonly health: readonly (HealthLast & { readonly device: string })[]
  readonly ports: readonly PortLast[]
  readonly sources: readonly (SourceState & { readonly device: string; readonly source: string })[]
}
/** The ends of a link, as numbers of interfaces. */
export type LinkEnds = { readonly id: string; readonly a: number | null; readonly b: number | null }
/** A device, and the agent that has its lease where several may probe it; null: all agents count. */
export type OwnDevice = { readonly id: string; readonly holder: string | null }

export type OrgLatest = {
  readonly add: (accepted: Accepted) => void
  readonly device: (device: OwnDevice, nowMs: number, polled: PollIntervals) => DeviceNow
  /** Mean round trip of the last five minutes, ms; null: it does not answer. */
  readonly roundTripMs: (device: OwnDevice, nowMs: number) => number | null
  readonly sources: (device: string) => readonly SourceLast[]
  readonly link: (ends: LinkEnds, nowMs: number, polled: PollIntervals) => LinkNow
  /** When this agent probed the device last; null: it did not. */
  readonly probedAtMs: (device: string, agent: string) => number | null
  /** Ports that repeat what others of their device carry. */
  readonly setRepeating: (repeating: ReadonlySet<number>) => void
}

const MINUTE_MS = 60_000
const ROUND_TRIP_MS = 5 * MINUTE_MS

const later = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b)
const whole = (value: number | null | undefined): number | null =>
  value == null ? null : Math.round(value)
/** As a column of single precision shows it. */
const DIGITS_OF_REAL = 6
const percent = (ratio: number | null): number | null =>
  ratio === null
    ? null
    : Math.round(1e5 * Number(Math.fround(ratio).toPrecision(DIGITS_OF_REAL))) / 1e3

/** Counts of the clock minute of the newest probe and of the one before; older probes do not count. */
const countPing = (last: PingLast, { atMs, icmp, answers }: Ping): void => {
  const minuteMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS
  if (minuteMs < last.minuteMs - MINUTE_MS) return
  if (minuteMs > last.minuteMs) {
    const isNext = minuteMs === last.minuteMs + MINUTE_MS
    last.sentBefore = isNext ? last.sent : 0
    last.receivedBefore = isNext ? last.received : 0
    last.sent = 0
    last.received = 0
    last.minuteMs = minuteMs
  }
  // A probe by TCP is one attempt.
  const sent = icmp?.sent ?? 1
  const received = icmp?.received ?? (answers ? 1 : 0)
  if (minuteMs === last.minuteMs) {
    last.sent += sent
    last.received += received
  } else {
    last.sentBefore += sent
    last.receivedBefore += received
  }
  if (answers) last.answeredAtMs = later(last.answeredAtMs, atMs)
  if (atMs <= last.atMs) return
  last.atMs = atMs
  last.rttUs = whole(icmp?.rttUs)
}

type Held = {
  readonly pings: Map<string, PingLast[]>
  readonly health: Map<string, HealthLast>
  readonly ports: Map<number, PortLast>
  readonly portsOf: Map<string, PortLast[]>
  readonly sources: Map<string, Map<string, SourceState>>
  repeating: ReadonlySet<number>
}

const addPing = ({ pings }: Held, agent: string, ping: Ping): void => {
  const { device, targetId, atMs } = ping
  const own = pings.get(device) ?? []
  if (own.length === 0) pings.set(device, own)
  const known = own.find((each) => each.targetId === targetId && each.agent === agent)
  if (known !== undefined) {
    countPing(known, ping)
    return
  }
  const counts = { sent: 0, received: 0, sentBefore: 0, receivedBefore: 0 }
  const minuteMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS
  const none = { atMs: Number.NEGATIVE_INFINITY, answeredAtMs: null, rttUs: null }
  const made: PingLast = { device, targetId, agent, minuteMs, ...none, ...counts }
  own.push(made)
  countPing(made, ping)
}

const setPort = ({ ports, portsOf }: Held, port: PortLast): void => {
  const known = ports.get(port.id)
  if (known === undefined) {
    ports.set(port.id, port)
    const own = portsOf.get(port.device)
    if (own === undefined) portsOf.set(port.device, [port])
    else own.push(port)
  } else if (port.atMs > known.atMs) {
    known.atMs = port.atMs
    known.rxBps = port.rxBps
    known.txBps = port.txBps
  }
}

const setHealth = ({ health }: Held, device: string, sample: HealthLast): void => {
  if (sample.atMs > (health.get(device)?.atMs ?? Number.NEGATIVE_INFINITY))
    health.set(device, sample)
}

const sourceOf = ({ sources }: Held, device: string, source: string): SourceState => {
  const own = sources.get(device) ?? new Map<string, SourceState>()
  if (own.size === 0) sources.set(device, own)
  const known = own.get(source)
  if (known !== undefined) return known
  const made = { lastAtMs: null, problem: null, saidAtMs: Number.NEGATIVE_INFINITY }
  own.set(source, made)
  return made
}

const addBatch = (held: Held, accepted: Accepted): void => {
  const { agent, pings, health, interfaces } = accepted
  if (agent !== null) for (const ping of pings) addPing(held, agent.id, ping)
  for (const { device, atMs, uptimeS, cpuRatio, memoryUsedByte, memoryTotalByte } of health)
    setHealth(held, device, {
      ...{ atMs, uptimeS: whole(uptimeS), cpuRatio },
      memoryUsedByte: whole(memoryUsedByte),
      memoryTotalByte: whole(memoryTotalByte),
    })
  for (const { device, interfaceId: id, atMs, rxBps, txBps } of interfaces)
    setPort(held, { id, device, atMs, rxBps: whole(rxBps), txBps: whole(txBps) })
  noteSources(accepted, {
    answered: (device, source, atMs) => {
      const state = sourceOf(held, device, source)
      state.lastAtMs = later(state.lastAtMs, atMs)
    },
    said: (device, source, atMs, problem) => {
      const state = sourceOf(held, device, source)
      if (atMs < state.saidAtMs) return
      state.saidAtMs = atMs
      state.problem = problem
    },
  })
}

const ownPings = ({ pings }: Held, { id, holder }: OwnDevice): readonly PingLast[] => {
  const all = pings.get(id) ?? []
  return holder === null ? all : all.filter(({ agent }) => agent === holder)
}

const roundTripOf = (pings: readonly PingLast[], nowMs: number): number | null => {
  let sum = 0
  let count = 0
  for (const { atMs, rttUs } of pings)
    if (rttUs !== null && atMs > nowMs - ROUND_TRIP_MS) {
      sum += rttUs
      count += 1
    }
  return count === 0 ? null : sum / count / 1_000
}

/** Over the last minute: this clock minute's counts, and as much of the one before as it lacks. */
const lossOf = (pings: readonly PingLast[], nowMs: number): number | null => {
  const minuteMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS
  const rest = 1 - (nowMs - minuteMs) / MINUTE_MS
  let sent = 0
  let received = 0
  for (const last of pings) {
    const isCurrent = last.minuteMs >= minuteMs
    if (!isCurrent && last.minuteMs !== minuteMs - MINUTE_MS) continue
    sent += isCurrent ? last.sent + last.sentBefore * rest : last.sent * rest
    received += isCurrent ? last.received + last.receivedBefore * rest : last.received * rest
  }
  return sent === 0 ? null : 100 * (1 - received / sent)
}

type TrafficNow = Pick<DeviceNow, "trafficAtMs" | "rxBps" | "txBps">
const trafficOf = ({ portsOf, repeating }: Held, device: string, fromMs: number): TrafficNow => {
  let trafficAtMs: number | null = null
  let rxBps: number | null = null
  let txBps: number | null = null
  for (const port of portsOf.get(device) ?? []) {
    if (repeating.has(port.id)) continue
    trafficAtMs = later(trafficAtMs, port.atMs)
    if (port.atMs <= fromMs) continue
    if (port.rxBps !== null) rxBps = (rxBps ?? 0) + port.rxBps
    if (port.txBps !== null) txBps = (txBps ?? 0) + port.txBps
  }
  return { trafficAtMs, rxBps, txBps }
}

const healthNow = (
  health: HealthLast | undefined,
  fromMs: number,
): Pick<DeviceNow, "uptimeS" | "cpuPct" | "memoryPct"> => {
  if (health === undefined || health.atMs <= fromMs)
    return { uptimeS: null, cpuPct: null, memoryPct: null }
  const { uptimeS, cpuRatio, memoryUsedByte: used, memoryTotalByte: total } = health
  const memoryPct = used === null || total === null || total === 0 ? null : (100 * used) / total
  return { uptimeS, cpuPct: percent(cpuRatio), memoryPct }
}

const deviceNow = (
  held: Held,
  device: OwnDevice,
  nowMs: number,
  polled: PollIntervals,
): DeviceNow => {
  const pings = ownPings(held, device)
  const health = held.health.get(device.id)
  const traffic = trafficOf(held, device.id, nowMs - freshMs(polled.interfaceMs))
  let answeredAtMs: number | null = null
  let probedAtMs: number | null = null
  for (const each of pings) {
    answeredAtMs = later(answeredAtMs, each.answeredAtMs)
    probedAtMs = later(probedAtMs, each.atMs)
  }
  const healthAtMs = health?.atMs ?? null
  return {
    deviceId: device.id,
    lastSeenAtMs: later(later(answeredAtMs, healthAtMs), traffic.trafficAtMs),
    probedAtMs,
    healthAtMs,
    rttMs: roundTripOf(pings, nowMs),
    lossPct: lossOf(pings, nowMs),
    ...healthNow(health, nowMs - freshMs(polled.healthMs)),
    ...traffic,
  }
}

/** What end A says it sends, or else what B says it receives; and the other way round. */
const linkNow = (
  { ports }: Held,
  { id, a, b }: LinkEnds,
  nowMs: number,
  { interfaceMs }: PollIntervals,
): LinkNow => {
  const fresh = (end: number | null): PortLast | null => {
    const port = end === null ? undefined : ports.get(end)
    return port !== undefined && port.atMs > nowMs - freshMs(interfaceMs) ? port : null
  }
  const [own, far] = [fresh(a), fresh(b)]
  return {
    ...{ linkId: id, aInterfaceId: a, bInterfaceId: b },
    aToBBps: own?.txBps ?? far?.rxBps ?? null,
    bToABps: own?.rxBps ?? far?.txBps ?? null,
    atMs: later(own?.atMs ?? null, far?.atMs ?? null),
  }
}

/** Text order of what a method is called, as the database has it. */
const bySource = (a: SourceLast, b: SourceLast): number =>
  a.source < b.source ? -1 : a.source > b.source ? 1 : 0

export const createOrgLatest = (stored: LatestRows): OrgLatest => {
  const held: Held = {
    pings: new Map(Map.groupBy(stored.pings, ({ device }) => device)),
    health: new Map(stored.health.map(({ device, ...last }) => [device, last])),
    ports: new Map(),
    portsOf: new Map(),
    sources: new Map(),
    repeating: new Set(),
  }
  for (const port of stored.ports) setPort(held, port)
  for (const { device, source, ...state } of stored.sources)
    Object.assign(sourceOf(held, device, source), state)
  return {
    add: (accepted) => addBatch(held, accepted),
    device: (device, nowMs, polled) => deviceNow(held, device, nowMs, polled),
    roundTripMs: (device, nowMs) => roundTripOf(ownPings(held, device), nowMs),
    sources: (device) =>
      [...(held.sources.get(device) ?? [])]
        .map(([source, { lastAtMs, problem }]) => ({ deviceId: device, source, lastAtMs, problem }))
        .sort(bySource),
    link: (ends, nowMs, polled) => linkNow(held, ends, nowMs, polled),
    probedAtMs: (device, agent) =>
      ownPings(held, { id: device, holder: agent }).reduce<number | null>(
        (newest, { atMs }) => later(newest, atMs),
        null,
      ),
    setRepeating: (repeating) => {
      held.repeating = repeating
    },
  }
}
