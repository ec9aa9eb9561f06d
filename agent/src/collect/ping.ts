/**
 * Does it answer? Rounds of single probes, and a whole look at once where a probe is missed or somebody asks.
 *
 *   round (1 probe, every pingMs) --answered--> sample "round"
 *        └──missed──> burst (6 probes + TCP knock) ──> one sample "missed"        confirm(ids) ──> burst ──> sample "confirm"
 *
 * A probe is in exactly one sample: the missed one goes into the look that it caused.
 */
import type { AssignedDevice, DeviceId, PingSample } from "../wire/wire.ts"
import { burst, type Seen, type Target } from "./burst.ts"
import type { Shoot } from "./fping.ts"
import { asksForLook, BURST, knockPort, learnRtt, measure, type Rtt, timeoutFor } from "./look.ts"
import type { Resolve } from "./resolve.ts"
import { createSlots } from "./slots.ts"
import type { knock } from "./tcp.ts"

/** Targets of one fping; more of them run side by side, so that a burst of many keeps its period. */
const CHUNK = { round: 400, burst: 50 } as const
/** Misses within this time share one fping. */
const GATHER_MS = 10
const LEAST_PING_MS = 200
/** Bursts that run side by side: each is a process of its own. */
const MAX_BURSTS = 16
/** Failed runs of fping in a row after which its devices are probed by burst and TCP. */
const MAX_UNKNOWN_ROUNDS = 3
/** So often a device that answered no ping is pinged again. */
const DEAF_MS = 60_000

type Because = PingSample["because"]
type Watched = {
  device: AssignedDevice
  rtt: Rtt | null
  /** Null: not known yet. */
  answers: boolean | null
  /** This and the next by the steady clock. */
  silentLookMs: number | null
  /** Answers TCP but no ping: until then rounds knock, or every round would cost a whole look. */
  deafUntilMs: number
  lastAtMs: number
  /** Probe rounds in a row whose result fping did not report. */
  unknownRounds: number
  readonly busy: Set<Because>
}

export type PingCounts = {
  rounds: number
  looks: number
  toolFailures: number
  unresolved: number
  late: number
  /** Probes of which fping reported nothing before it failed. */
  unknown: number
}
type Deps = {
  /** Null: this agent cannot ping. */
  readonly shoot: Shoot | null
  readonly knock: typeof knock
  readonly resolve: Resolve
  readonly now: () => number
  /** For how long things last: a clock that nobody can set. */
  readonly steady: () => number
  readonly random: () => number
  readonly emit: (sample: PingSample, urgency: "soon" | "now") => void
  /** A device that was silent, or not seen yet, answers. */
  readonly onAnswers: (device: DeviceId) => void
  readonly onToolFailed: (message: string) => void
}

const chunks = <T>(list: readonly T[], size: number): readonly T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))

type Wanted = { readonly one: Watched; readonly prior: readonly null[] }
type Found = { readonly one: Watched; readonly ip: string }

export class Pinger {
  readonly counts: PingCounts = { rounds: 0, looks: 0, toolFailures: 0, unresolved: 0, late: 0, unknown: 0 }
  readonly #deps: Deps
  readonly #stopping = new AbortController()
  readonly #running = new Set<Promise<void>>()
  readonly #watched = new Map<DeviceId, Watched>()
  readonly #timers = new Map<number, NodeJS.Timeout>()
  readonly #missed: Wanted[] = []
  readonly #bursts = createSlots(MAX_BURSTS)
  #gathering: NodeJS.Timeout | null = null

  constructor(deps: Deps) {
    this.#deps = deps
  }

  apply(devices: readonly AssignedDevice[]): void {
    const wanted = new Map(devices.filter(({ intervals }) => intervals.pingMs > 0).map((device) => [device.id, device]))
    for (const id of this.#watched.keys()) if (!wanted.has(id)) this.#watched.delete(id)
    for (const [id, given] of wanted) {
      const device = { ...given, intervals: { ...given.intervals, pingMs: Math.max(LEAST_PING_MS, given.intervals.pingMs) } }
      const was = this.#watched.get(id)
      const isSamePlace = was?.device.access.address === device.access.address
      if (was !== undefined && isSamePlace) was.device = device
      else
        this.#watched.set(id, {
          device,
          rtt: null,
          answers: null,
          silentLookMs: null,
          deafUntilMs: 0,
          lastAtMs: 0,
          unknownRounds: 0,
          busy: new Set(),
        })
    }
    const used = new Set([...this.#watched.values()].map((one) => one.device.intervals.pingMs))
    for (const [pingMs, timer] of this.#timers) {
      if (used.has(pingMs)) continue
      clearTimeout(timer)
      this.#timers.delete(pingMs)
    }
    const firstMs = (pingMs: number): number => this.#deps.steady() + Math.round(this.#deps.random() * Math.min(pingMs, 1_000))
    for (const pingMs of used) if (!this.#timers.has(pingMs)) this.#schedule(pingMs, firstMs(pingMs))
  }

  /** Looks at once; devices that are not watched here are ignored. */
  confirm(ids: readonly DeviceId[]): void {
    const list = ids.flatMap((id) => this.#watched.get(id) ?? []).filter((one) => !one.busy.has("confirm"))
    if (list.length === 0 || this.#stopping.signal.aborted) return
    this.#track(
      this.#look(
        list.map((one) => ({ one, prior: [] })),
        "confirm",
      ),
    )
  }

  /** Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    if (this.#gathering !== null) clearTimeout(this.#gathering)
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

  #canPing(one: Watched): boolean {
    return this.#deps.shoot !== null && one.device.access.icmp
  }

  /** Whether it is still watched, and at the same place. */
  #isCurrent(one: Watched): boolean {
    return this.#watched.get(one.device.id) === one
  }

  /** Rounds keep to their grid: a late one does not push the next. */
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
    const due = [...this.#watched.values()].filter((one) => one.device.intervals.pingMs === pingMs && one.busy.size === 0)
    for (const one of due) one.busy.add("round")
    const found = await this.#locate(due)
    if (this.#stopping.signal.aborted) return
    const pinged = found.filter(({ one }) => this.#canPing(one) && one.deafUntilMs <= this.#deps.steady())
    const knocked = new Set(found).difference(new Set(pinged))
    // Spread over half the interval, but never so thin that a few devices wait for each other.
    const gapMs = Math.max(1, Math.min(10, Math.floor(pingMs / 2 / Math.max(1, Math.min(pinged.length, CHUNK.round)))))
    const groups = [...Map.groupBy(pinged, ({ one }) => timeoutFor(one.rtt))]
    await Promise.all([
      ...groups.flatMap(([timeoutMs, list]) => chunks(list, CHUNK.round).map((part) => this.#pingRound(part, timeoutMs, gapMs))),
      ...[...knocked].map(({ one, ip }) => this.#knockRound(one, ip)),
    ])
  }

  /** Those whose name is known; the others are let go until the next round. */
  async #locate(list: readonly Watched[]): Promise<readonly Found[]> {
    const locate = async (one: Watched): Promise<Found[]> => {
      const ip = await this.#deps.resolve(one.device.access.address)
      if (ip !== null) return [{ one, ip }]
      one.busy.delete("round")
      this.counts.unresolved += 1
      return []
    }
    return (await Promise.all(list.map(locate))).flat()
  }

  async #pingRound(list: readonly Found[], timeoutMs: number, gapMs: number): Promise<void> {
    if (this.#deps.shoot === null) return
    const byIp = Map.groupBy(list, ({ ip }) => ip)
    const onProbe = (ip: string, _: number, rttMs: number | null): void => {
      for (const { one } of byIp.get(ip) ?? []) this.#onRoundProbe(one, rttMs)
    }
    const shot = { targets: [...byIp.keys()], count: 1, periodMs: 1_000, gapMs, timeoutMs }
    const end = await this.#deps.shoot(shot, onProbe, this.#stopping.signal)
    if (end.kind === "failed") this.#onToolFailed(end.message)
    for (const { one } of list)
      if (one.busy.delete("round") && end.kind !== "stopped" && this.#isCurrent(one)) this.#unknown(one, end.kind)
  }

  /**
   * fping reported nothing of this device. A run that was killed says that this host is short of
   * time, not that 400 devices are silent: the next round asks again, and only a failure that
   * lasts is looked into with bursts, which are more work still.
   */
  #unknown(one: Watched, how: "done" | "failed"): void {
    this.counts.unknown += 1
    one.unknownRounds += 1
    if (how === "failed" && one.unknownRounds < MAX_UNKNOWN_ROUNDS) return
    one.unknownRounds = 0
    this.#miss(one, [])
  }

  #onRoundProbe(one: Watched, rttMs: number | null): void {
    one.busy.delete("round")
    one.unknownRounds = 0
    if (!this.#isCurrent(one)) return
    if (rttMs === null) {
      this.#miss(one, [null])
      return
    }
    one.rtt = learnRtt(one.rtt, rttMs)
    this.#settle(one, "round", { answers: true, icmp: measure([rttMs]), tcp: null })
  }

  async #knockRound(one: Watched, ip: string): Promise<void> {
    const port = knockPort(one.device)
    const tcp = port === null ? null : await this.#deps.knock(ip, port, 1_000, this.#stopping.signal)
    one.busy.delete("round")
    if (tcp === null || this.#stopping.signal.aborted || !this.#isCurrent(one)) return
    if (tcp === "accepted" || (tcp === "refused" && this.#canPing(one)))
      this.#settle(one, "round", { answers: true, icmp: null, tcp })
    else if (asksForLook(one.silentLookMs, this.#deps.steady())) this.#miss(one, [])
    else this.#settle(one, "round", { answers: false, icmp: null, tcp })
  }

  #miss(one: Watched, prior: readonly null[]): void {
    if (!asksForLook(one.silentLookMs, this.#deps.steady())) {
      if (prior.length > 0) this.#settle(one, "round", { answers: false, icmp: measure(prior), tcp: null })
      return
    }
    one.busy.add("missed")
    this.#missed.push({ one, prior })
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null
      if (!this.#stopping.signal.aborted) this.#track(this.#look(this.#missed.splice(0), "missed"))
    }, GATHER_MS)
  }

  /** Looks at all of them; one fping for those with a like timeout. */
  async #look(list: readonly Wanted[], because: "missed" | "confirm"): Promise<void> {
    const byKey = new Map<string, Watched>()
    const targets: (Target & { readonly timeoutMs: number })[] = []
    const locate = async ({ one, prior }: Wanted): Promise<void> => {
      one.busy.add(because)
      const ip = await this.#deps.resolve(one.device.access.address)
      if (ip === null) {
        this.counts.unresolved += 1
        one.busy.delete(because)
        return
      }
      byKey.set(one.device.id, one)
      const reach = { icmp: this.#canPing(one), tcpPort: knockPort(one.device), timeoutMs: timeoutFor(one.rtt) }
      targets.push({ key: one.device.id, ip, prior, ...reach })
    }
    await Promise.all(list.map(locate))
    const onSeen = (target: Target, seen: Seen | null): void => {
      const one = byKey.get(target.key)
      if (one === undefined) return
      one.busy.delete(because)
      this.counts.looks += 1
      if (seen !== null && this.#isCurrent(one)) this.#settle(one, because, seen)
    }
    const { shoot, knock } = this.#deps
    const deps = { shoot, knock, onToolFailed: (message: string) => this.#onToolFailed(message) }
    const asks = [...Map.groupBy(targets, (target) => target.timeoutMs)].flatMap(([timeoutMs, group]) =>
      chunks(group, CHUNK.burst).map((part) => ({ targets: part, timeoutMs, early: because === "confirm", onSeen })),
    )
    await Promise.all(
      asks.map((ask) => {
        const work = () => burst(deps, { ...ask, signal: this.#stopping.signal })
        // Somebody waits for a confirmation; misses of a large outage do not go first.
        return because === "confirm" ? work() : this.#bursts.run(work)
      }),
    )
  }

  #settle(one: Watched, because: Because, { answers, icmp, tcp }: Seen): void {
    const atMs = this.#deps.now()
    const steadyMs = this.#deps.steady()
    // Two looks may end within one millisecond; (device, time) must still name one of them. A clock set back is followed.
    one.lastAtMs = atMs <= one.lastAtMs && one.lastAtMs - atMs < 1_000 ? one.lastAtMs + 1 : atMs
    const isNews = one.answers !== answers
    one.answers = answers
    if (answers) one.silentLookMs = null
    else if (because !== "round") one.silentLookMs = steadyMs
    if (icmp !== null) this.#judgeHearing(one, answers && icmp.received === 0 && icmp.sent >= BURST.count, steadyMs)
    const sample: PingSample = { kind: "ping", device: one.device.id, atMs: one.lastAtMs, answers, icmp, tcp, because }
    this.#deps.emit(sample, because === "round" && !isNews ? "soon" : "now")
    if (isNews && answers) this.#deps.onAnswers(one.device.id)
  }

  /** TCP answered and no ping did: a line grown slower than the timeout, so first try with the longest; and only then deaf. */
  #judgeHearing(one: Watched, isOnlyTcp: boolean, steadyMs: number): void {
    one.deafUntilMs = isOnlyTcp && one.rtt === null ? steadyMs + DEAF_MS : 0
    if (isOnlyTcp) one.rtt = null
  }
}
