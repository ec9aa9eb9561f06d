/**
 * The single probes of all rounds: fping runs as long as its devices stay the same, since starting
 * it costs more than its probes. Devices with the same interval and timeout share one, up to a
 * limit. One that has left is ignored until enough have; new ones get a process of their own, and
 * join the others later.
 */
import { chunks } from "./burst.ts"
import { FINEST_GAP_MS, type IcmpLoop } from "./fping.ts"
import type { MonitoredDevice } from "./monitored-device.ts"
import { timeoutFor } from "./probe-result.ts"

export type ResolvedDevice = { readonly entry: MonitoredDevice; readonly ip: string }
/**
 * Devices of one fping. More run in parallel, so that each keeps its interval; but the kernel gives
 * every reply to every fping, which wakes for it, so one with all devices costs the least.
 */
const maxTargets = (periodMs: number): number => Math.max(1, Math.floor(periodMs / 0.2))
/** Of an interval, the part between the probes. fping needs about as long for the probes. */
const GAPS_RATIO = 0.4
/** Between two probes: together they are no burst, and few take no longer than needed. */
const gapMs = (periodMs: number, targets: number): number =>
  Math.min(1, Math.max(FINEST_GAP_MS, Math.floor((100 * GAPS_RATIO * periodMs) / targets) / 100))
/** A process is started again when this part of its devices has left. */
const LEFT_RATIO = 0.25
/** So many more processes than needed may run before they are joined. */
const MORE_PROCESSES = 2
/** A device that answers a little faster keeps its timeout: moving it starts a process. */
const CALM = 1.3
/** fping starts, and sends its first probes, within this time. */
const START_MS = 2_000
/** Of a whole process that says nothing. */
const HUNG_MS = 10_000

/** `failed`: fping says nothing about any of its devices; `done`: about others it does. */
export type Missing = "failed" | "done"
type Deps = {
  readonly icmpLoop: IcmpLoop
  readonly steady: () => number
  readonly onProbe: (entry: MonitoredDevice, rttMs: number | null) => void
  readonly onMissing: (entry: MonitoredDevice, how: Missing) => void
  readonly onToolFailed: (message: string) => void
  readonly track: (work: Promise<void>) => void
}
type Loop = {
  readonly periodMs: number
  readonly timeoutMs: number
  readonly stopping: AbortController
  /** Devices at its start. */
  readonly devices: number
  /** Of the last line, or of the start. */
  lastMs: number
  readonly members: Map<MonitoredDevice, Member>
}
type Member = { readonly ip: string; readonly loop: Loop; lastMs: number }

const timeoutOf = ({ rtt }: MonitoredDevice, current: number | undefined): number => {
  const timeoutMs = timeoutFor(rtt)
  if (current === undefined || timeoutMs >= current || rtt === null) return timeoutMs
  return Math.min(current, timeoutFor({ meanMs: rtt.meanMs * CALM, varMs: rtt.varMs * CALM }))
}

export class RoundLoops {
  readonly #deps: Deps
  readonly #loops = new Set<Loop>()
  readonly #members = new Map<MonitoredDevice, Member>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** fping processes that run. */
  get size(): number {
    return this.#loops.size
  }

  /** These, and no others, are probed every `periodMs`. */
  assign(periodMs: number, devices: readonly ResolvedDevice[]): void {
    const wanted = new Map(
      devices.map(({ entry, ip }) => {
        const current = this.#members.get(entry)?.loop
        const timeoutMs = timeoutOf(entry, current?.timeoutMs)
        return [entry, { entry, ip, timeoutMs }] as const
      }),
    )
    for (const loop of this.#loops) {
      if (loop.periodMs !== periodMs) continue
      for (const [entry, { ip }] of loop.members) {
        const as = wanted.get(entry)
        if (as?.ip !== ip || as.timeoutMs !== loop.timeoutMs) this.#leave(entry)
      }
      if (loop.members.size < loop.devices * (1 - LEFT_RATIO)) this.#end(loop)
    }
    for (const [timeoutMs, all] of Map.groupBy(wanted.values(), (each) => each.timeoutMs))
      this.#fill(periodMs, timeoutMs, all)
  }

  /** Ends what no interval in use has. */
  keep(periods: ReadonlySet<number>): void {
    for (const loop of this.#loops) if (!periods.has(loop.periodMs)) this.#end(loop)
  }

  /** To be called once in each interval: reports devices about which nothing has come. */
  check(periodMs: number): void {
    const nowMs = this.#deps.steady()
    for (const loop of this.#loops) {
      if (loop.periodMs !== periodMs) continue
      const limitMs = 2 * periodMs + loop.timeoutMs
      const isAlive = nowMs - loop.lastMs <= limitMs
      if (nowMs - loop.lastMs > limitMs + HUNG_MS) {
        this.#deps.onToolFailed("fping hung and was killed")
        this.#fail(loop)
        continue
      }
      for (const [entry, member] of loop.members) {
        if (nowMs - member.lastMs <= limitMs) continue
        member.lastMs = nowMs
        this.#deps.onMissing(entry, isAlive ? "done" : "failed")
      }
    }
  }

  stop(): void {
    for (const loop of this.#loops) this.#end(loop)
  }

  /** Starts what is missing; joins small processes when there are too many. */
  #fill(
    periodMs: number,
    timeoutMs: number,
    all: readonly (ResolvedDevice & { readonly timeoutMs: number })[],
  ): void {
    const isLoose = ({ entry }: ResolvedDevice): boolean => !this.#members.has(entry)
    if (!all.some(isLoose)) return
    const loops = [...this.#loops].filter(
      (loop) => loop.periodMs === periodMs && loop.timeoutMs === timeoutMs,
    )
    const limit = maxTargets(periodMs)
    const needed = Math.ceil(all.length / limit)
    const most = Math.min(limit, all.length)
    if (loops.length + 1 > needed + MORE_PROCESSES)
      for (const loop of loops) if (loop.members.size < most / 2) this.#end(loop)
    for (const part of chunks(all.filter(isLoose), limit)) this.#start(periodMs, timeoutMs, part)
  }

  #start(periodMs: number, timeoutMs: number, devices: readonly ResolvedDevice[]): void {
    const nowMs = this.#deps.steady()
    const loop: Loop = {
      ...{ periodMs, timeoutMs, members: new Map(), devices: devices.length },
      ...{ stopping: new AbortController(), lastMs: nowMs + START_MS },
    }
    this.#loops.add(loop)
    const byIp = Map.groupBy(devices, ({ ip }) => ip)
    for (const { entry, ip } of devices) {
      const member = { ip, loop, lastMs: nowMs + START_MS }
      loop.members.set(entry, member)
      this.#members.set(entry, member)
    }
    const onProbe = (ip: string, _: number, rttMs: number | null): void => {
      const atMs = this.#deps.steady()
      loop.lastMs = atMs
      for (const { entry } of byIp.get(ip) ?? []) {
        const member = loop.members.get(entry)
        if (member === undefined) continue
        member.lastMs = atMs
        // It has become slower, and this process does not wait long enough for it any more.
        const isTooShort = rttMs === null && timeoutFor(entry.rtt) > timeoutMs
        if (!isTooShort) this.#deps.onProbe(entry, rttMs)
      }
    }
    const targets = [...byIp.keys()]
    const spec = { targets, periodMs, gapMs: gapMs(periodMs, targets.length), timeoutMs }
    const run = async (): Promise<void> => {
      const end = await this.#deps.icmpLoop(spec, onProbe, loop.stopping.signal)
      if (end.kind === "failed") this.#deps.onToolFailed(end.message)
      if (end.kind !== "stopped") this.#fail(loop, end.kind)
    }
    this.#deps.track(run())
  }

  #leave(entry: MonitoredDevice): void {
    this.#members.get(entry)?.loop.members.delete(entry)
    this.#members.delete(entry)
  }

  #end(loop: Loop): void {
    for (const entry of loop.members.keys()) this.#members.delete(entry)
    loop.members.clear()
    this.#loops.delete(loop)
    loop.stopping.abort()
  }

  /** Its devices are probed by a new process from the next interval on. */
  #fail(loop: Loop, how: Missing = "failed"): void {
    const entries = [...loop.members.keys()]
    this.#end(loop)
    for (const entry of entries) this.#deps.onMissing(entry, how)
  }
}
