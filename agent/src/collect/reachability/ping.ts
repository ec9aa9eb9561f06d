/**
 * Probes reachability: rounds of single probes, and a confirmation burst at once after a missed
 * reply or on request.
 *
 * round (1 probe, every pingMs) --answered--> sample "round"; --missed--> burst (12 probes and TCP)
 * -> one sample "missed"; confirm(ids) -> burst -> sample "confirm".
 *
 * Where many probes were lost lately, a burst without an answer goes on, up to 96 probes, until the
 * first answer: what loses packets is not down (`probesToConfirm`).
 *
 * On an overloaded host a missed reply waits for the next probe before it causes a burst.
 *
 * Each probe is in exactly one sample: the missed one is part of the burst that it caused. A burst
 * without an answer is a "round" where another probe was answered meanwhile: it confirms nothing.
 */
import type { AssignedDevice, DeviceId, PingSample } from "@ispvm/wire"
import { createSlots } from "../scheduler/slots.ts"
import {
  BURST_CHUNK,
  type BurstDeps,
  burst,
  chunks,
  MISS_BATCH_MS,
  type ProbeResult,
  type Target,
} from "./burst.ts"
import type { IcmpLoop, IcmpProbe } from "./fping.ts"
import { type HostLoad, watchHostLoad } from "./host-load.ts"
import { createLongerBursts, type LongerBursts } from "./longer-bursts.ts"
import { type MonitoredDevice, newMonitoredDevice, type ProbeReason } from "./monitored-device.ts"
import { newPingCounts } from "./ping-counts.ts"
import {
  BURST,
  learnLoss,
  learnRtt,
  measure,
  probesToConfirm,
  requestsConfirmation,
  tcpProbePort,
  timeoutFor,
} from "./probe-result.ts"
import type { Resolve } from "./resolve.ts"
import { type Missing, type ResolvedDevice, RoundLoops } from "./round-loops.ts"
import type { tcpProbe } from "./tcp-probe.ts"

const MIN_PING_MS = 200
/** Concurrent bursts: each is a process. */
const MAX_BURSTS = 16
/** After this many failed fping runs in a row, its devices are probed by burst and TCP. */
const MAX_UNKNOWN_ROUNDS = 3
/** A device that answered no ping is pinged again after this time. */
const NO_PING_MS = 60_000

type Deps = {
  /** Null: this agent cannot ping. */
  readonly icmpProbe: IcmpProbe | null
  /** The probes of rounds; null with `icmpProbe`. */
  readonly icmpLoop: IcmpLoop | null
  readonly tcpProbe: typeof tcpProbe
  readonly resolve: Resolve
  readonly now: () => number
  /** A monotonic clock, for durations. */
  readonly steady: () => number
  readonly random: () => number
  readonly emit: (sample: PingSample, urgency: "soon" | "now") => void
  /** A device answers that did not answer before, or was not yet probed. */
  readonly onAnswers: (device: DeviceId) => void
  readonly onToolFailed: (message: string) => void
}

type BurstTarget = { readonly entry: MonitoredDevice; readonly prior: readonly null[] }

export class Pinger {
  readonly counts = newPingCounts()
  readonly #deps: Deps
  readonly #burstDeps: BurstDeps
  readonly #stopping = new AbortController()
  readonly #running = new Set<Promise<void>>()
  readonly #monitored = new Map<DeviceId, MonitoredDevice>()
  readonly #timers = new Map<number, NodeJS.Timeout>()
  readonly #missed: BurstTarget[] = []
  readonly #bursts = createSlots(MAX_BURSTS)
  #missTimer: NodeJS.Timeout | null = null
  readonly #longer: LongerBursts
  readonly #loops: RoundLoops | null
  readonly #hostLoad: HostLoad

  constructor(deps: Deps) {
    this.#deps = deps
    this.#hostLoad = watchHostLoad(deps.steady)
    const { icmpProbe, tcpProbe } = deps
    this.#burstDeps = { icmpProbe, tcpProbe, onToolFailed: (why) => this.#onToolFailed(why) }
    const { icmpLoop, steady } = deps
    this.#loops =
      icmpLoop === null
        ? null
        : new RoundLoops({
            ...{ icmpLoop, steady, onToolFailed: (why) => this.#onToolFailed(why) },
            onProbe: (entry, rttMs) => this.#onRoundProbe(entry, rttMs),
            onMissing: (entry, how) => this.#unknown(entry, how),
            track: (work) => this.#track(work),
          })
    this.#longer = createLongerBursts({
      ...{ burst: this.#burstDeps, signal: this.#stopping.signal },
      track: (work) => this.#track(work),
    })
  }

  apply(devices: readonly AssignedDevice[]): void {
    const assigned = new Map(
      devices.filter(({ intervals }) => intervals.pingMs > 0).map((device) => [device.id, device]),
    )
    for (const id of this.#monitored.keys()) if (!assigned.has(id)) this.#monitored.delete(id)
    for (const [id, assignedDevice] of assigned) {
      const device = {
        ...assignedDevice,
        intervals: {
          ...assignedDevice.intervals,
          pingMs: Math.max(MIN_PING_MS, assignedDevice.intervals.pingMs),
        },
      }
      const was = this.#monitored.get(id)
      const isSameAddress = was?.device.access.address === device.access.address
      if (was !== undefined && isSameAddress) was.device = device
      else this.#monitored.set(id, newMonitoredDevice(device))
    }
    const used = new Set(
      [...this.#monitored.values()].map((entry) => entry.device.intervals.pingMs),
    )
    for (const [pingMs, timer] of this.#timers) {
      if (used.has(pingMs)) continue
      clearTimeout(timer)
      this.#timers.delete(pingMs)
    }
    this.#loops?.keep(used)
    const firstMs = (pingMs: number): number =>
      this.#deps.steady() + Math.round(this.#deps.random() * Math.min(pingMs, 1_000))
    for (const pingMs of used)
      if (!this.#timers.has(pingMs)) this.#schedule(pingMs, firstMs(pingMs))
  }

  /** Probes these devices at once. Unknown ones are ignored. */
  confirm(ids: readonly DeviceId[]): void {
    const list = ids
      .flatMap((id) => this.#monitored.get(id) ?? [])
      .filter((entry) => !entry.busy.has("confirm"))
    if (list.length === 0 || this.#stopping.signal.aborted) return
    this.#track(
      this.#runBursts(
        list.map((entry) => ({ entry, prior: [] })),
        "confirm",
      ),
    )
  }

  /** Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    if (this.#missTimer !== null) clearTimeout(this.#missTimer)
    this.#longer.stop()
    this.#loops?.stop()
    this.#hostLoad.stop()
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked))
    this.#running.add(tracked)
  }

  #onToolFailed(message: string): void {
    this.counts.toolFailures += 1
    this.#deps.onToolFailed(message)
  }

  #canPing(entry: MonitoredDevice): boolean {
    return this.#deps.icmpProbe !== null && entry.device.access.icmp
  }

  /** Whether the device is still monitored at the same address. */
  #isCurrent(entry: MonitoredDevice): boolean {
    return this.#monitored.get(entry.device.id) === entry
  }

  /** Rounds keep their schedule: a late round does not delay the next. */
  #schedule(pingMs: number, dueMs: number): void {
    const { steady } = this.#deps
    const begin = (): void => {
      this.#track(this.#round(pingMs))
      const lateMs = steady() - dueMs
      if (lateMs > pingMs) this.counts.late += 1
      this.#schedule(pingMs, lateMs > pingMs ? steady() + pingMs : dueMs + pingMs)
    }
    this.#timers.set(pingMs, setTimeout(begin, Math.max(0, dueMs - steady())))
  }

  async #round(pingMs: number): Promise<void> {
    this.counts.rounds += 1
    const due = [...this.#monitored.values()].filter(
      (entry) => entry.device.intervals.pingMs === pingMs,
    )
    const steadyMs = this.#deps.steady()
    const isPinged = (entry: MonitoredDevice): boolean =>
      this.#loops !== null && this.#canPing(entry) && entry.noPingUntilMs <= steadyMs
    const tcp = due.filter((entry) => !isPinged(entry) && entry.busy.size === 0)
    for (const entry of tcp) entry.busy.add("round")
    const [pinged, connected] = await Promise.all([
      this.#locate(due.filter(isPinged)),
      this.#locate(tcp),
    ])
    if (this.#stopping.signal.aborted) return
    this.#loops?.assign(pingMs, pinged)
    this.#loops?.check(pingMs)
    await Promise.all(connected.map(({ entry, ip }) => this.#tcpRound(entry, ip)))
  }

  /** Devices whose name resolves; the others are skipped until the next round. */
  async #locate(list: readonly MonitoredDevice[]): Promise<readonly ResolvedDevice[]> {
    const locate = async (entry: MonitoredDevice): Promise<ResolvedDevice[]> => {
      const ip = await this.#deps.resolve(entry.device.access.address)
      if (ip !== null) return [{ entry, ip }]
      entry.busy.delete("round")
      this.counts.unresolved += 1
      return []
    }
    return (await Promise.all(list.map(locate))).flat()
  }

  /**
   * fping reported nothing about this device. A killed run means that this host is overloaded, not
   * that 400 devices are down: the next round probes again, and only a lasting failure starts
   * bursts, which are even more work.
   */
  #unknown(entry: MonitoredDevice, how: Missing): void {
    if (!this.#isCurrent(entry) || entry.busy.size > 0) return
    this.counts.unknown += 1
    entry.unknownRounds += 1
    if (how === "failed" && entry.unknownRounds < MAX_UNKNOWN_ROUNDS) return
    entry.unknownRounds = 0
    this.#miss(entry, [])
  }

  #onRoundProbe(entry: MonitoredDevice, rttMs: number | null): void {
    // While a burst runs, its own probes count.
    if (entry.busy.size > 0 || !this.#isCurrent(entry)) return
    entry.unknownRounds = 0
    if (rttMs === null && this.#isDeferred(entry)) return
    const missed = entry.hasDeferred ? [null] : []
    entry.hasDeferred = false
    if (rttMs === null) {
      this.#miss(entry, [...missed, null])
      return
    }
    entry.rtt = learnRtt(entry.rtt, rttMs)
    const icmp = measure([...missed, rttMs])
    this.#applyResult(entry, "round", { answers: true, icmp, tcp: null })
  }

  /**
   * On an overloaded host the first missed reply of a device that answered waits for the next probe:
   * a burst for each of hundreds of late replies would be the load that makes the next ones late.
   */
  #isDeferred(entry: MonitoredDevice): boolean {
    if (entry.hasDeferred || entry.answers !== true || !this.#hostLoad.isOverloaded()) return false
    entry.hasDeferred = true
    this.counts.deferred += 1
    return true
  }

  async #tcpRound(entry: MonitoredDevice, ip: string): Promise<void> {
    const port = tcpProbePort(entry.device)
    const tcp =
      port === null ? null : await this.#deps.tcpProbe(ip, port, 1_000, this.#stopping.signal)
    entry.busy.delete("round")
    if (tcp === null || this.#stopping.signal.aborted || !this.#isCurrent(entry)) return
    if (tcp === "accepted" || (tcp === "refused" && this.#canPing(entry)))
      this.#applyResult(entry, "round", { answers: true, icmp: null, tcp })
    else if (requestsConfirmation(entry.unansweredBurstMs, this.#deps.steady()))
      this.#miss(entry, [])
    else this.#applyResult(entry, "round", { answers: false, icmp: null, tcp })
  }

  #miss(entry: MonitoredDevice, prior: readonly null[]): void {
    if (!requestsConfirmation(entry.unansweredBurstMs, this.#deps.steady())) {
      if (prior.length > 0)
        this.#applyResult(entry, "round", { answers: false, icmp: measure(prior), tcp: null })
      return
    }
    entry.busy.add("missed")
    this.#missed.push({ entry, prior })
    this.#missTimer ??= setTimeout(() => {
      this.#missTimer = null
      if (!this.#stopping.signal.aborted)
        this.#track(this.#runBursts(this.#missed.splice(0), "missed"))
    }, MISS_BATCH_MS)
  }

  /** Probes all targets; those with the same timeout share one fping. */
  async #runBursts(list: readonly BurstTarget[], because: "missed" | "confirm"): Promise<void> {
    const byKey = new Map<string, MonitoredDevice>()
    const targets: (Target & { readonly timeoutMs: number })[] = []
    const locate = async ({ entry, prior }: BurstTarget): Promise<void> => {
      entry.busy.add(because)
      const ip = await this.#deps.resolve(entry.device.access.address)
      if (ip === null) {
        this.counts.unresolved += 1
        entry.busy.delete(because)
        return
      }
      byKey.set(entry.device.id, entry)
      const reach = {
        icmp: this.#canPing(entry),
        tcpPort: tcpProbePort(entry.device),
        timeoutMs: timeoutFor(entry.rtt),
      }
      targets.push({ key: entry.device.id, ip, prior, ...reach })
    }
    await Promise.all(list.map(locate))
    const beganMs = this.#deps.steady()
    const onResult = (target: Target, result: ProbeResult | null): void => {
      const entry = byKey.get(target.key)
      if (entry === undefined) return
      this.counts.confirmationBursts += 1
      const sent = result?.icmp?.sent ?? 0
      const isOpen = result?.answers === false && sent > 0 && (entry.answeredMs ?? 0) <= beganMs
      const more = isOpen ? probesToConfirm(entry.loss) - sent : 0
      if (more <= 0) this.#endBurst(entry, because, beganMs, result)
      else
        this.#longer.add({
          target: { ...target, prior: Array.from({ length: sent }, () => null) },
          timeoutMs: timeoutFor(entry.rtt),
          more,
          onResult: (longer) => this.#endBurst(entry, because, beganMs, longer),
        })
    }
    const requests = [...Map.groupBy(targets, (target) => target.timeoutMs)].flatMap(
      ([timeoutMs, group]) =>
        chunks(group, BURST_CHUNK).map((part) => ({
          targets: part,
          timeoutMs,
          early: because === "confirm",
          onResult,
        })),
    )
    await Promise.all(
      requests.map((request) => {
        const work = () => burst(this.#burstDeps, { ...request, signal: this.#stopping.signal })
        // A confirmation is urgent; the missed replies of a large outage must not delay it.
        return because === "confirm" ? work() : this.#bursts.run(work)
      }),
    )
  }

  #endBurst(
    entry: MonitoredDevice,
    because: "missed" | "confirm",
    beganMs: number,
    result: ProbeResult | null,
  ): void {
    entry.busy.delete(because)
    if (result === null || !this.#isCurrent(entry)) return
    // The device has answered another probe since: it came back while the last replies of this
    // burst were waited for, so these say nothing about now.
    const isOutdated = !result.answers && (entry.answeredMs ?? 0) > beganMs
    this.#applyResult(entry, isOutdated ? "round" : because, result)
  }

  #applyResult(
    entry: MonitoredDevice,
    because: ProbeReason,
    { answers, icmp, tcp }: ProbeResult,
  ): void {
    const atMs = this.#deps.now()
    const steadyMs = this.#deps.steady()
    // Two results may have the same millisecond, but (device, time) must be unique. If the clock
    // was set back, follow it.
    entry.lastAtMs =
      atMs <= entry.lastAtMs && entry.lastAtMs - atMs < 1_000 ? entry.lastAtMs + 1 : atMs
    const isChange = entry.answers !== answers
    entry.answers = answers
    if (answers) {
      entry.answeredMs = steadyMs
      entry.unansweredBurstMs = null
    } else if (because !== "round") entry.unansweredBurstMs = steadyMs
    if (icmp !== null && icmp.received > 0) entry.loss = learnLoss(entry.loss, icmp)
    if (icmp !== null)
      this.#checkIcmpReplies(
        entry,
        answers && icmp.received === 0 && icmp.sent >= BURST.count,
        steadyMs,
      )
    const sample: PingSample = {
      kind: "ping",
      device: entry.device.id,
      atMs: entry.lastAtMs,
      answers,
      icmp,
      tcp,
      because,
    }
    this.#deps.emit(sample, because === "round" && !isChange ? "soon" : "now")
    if (isChange && answers) this.#deps.onAnswers(entry.device.id)
  }

  /**
   * TCP answers, ping does not. The line may have become slower than the timeout, so the longest
   * one is tried first.
   */
  #checkIcmpReplies(entry: MonitoredDevice, isOnlyTcp: boolean, steadyMs: number): void {
    entry.noPingUntilMs = isOnlyTcp && entry.rtt === null ? steadyMs + NO_PING_MS : 0
    if (isOnlyTcp) entry.rtt = null
  }
}
