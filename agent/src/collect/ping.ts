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
import type { knock } from "./tcp.ts"

/** Targets of one fping; more of them run side by side, so that a burst of many keeps its period. */
const CHUNK = { round: 400, burst: 70 } as const
/** Misses within this time share one fping. */
const GATHER_MS = 10
const LEAST_PING_MS = 200
/** So often a device that answered no ping is pinged again. */
const DEAF_MS = 60_000

type Because = PingSample["because"]
type Watched = {
  device: AssignedDevice
  rtt: Rtt | null
  /** Null: not known yet. */
  answers: boolean | null
  silentLookMs: number | null
  /** Answers TCP but no ping: until then rounds knock, or every round would cost a whole look. */
  deafUntilMs: number
  lastAtMs: number
  readonly busy: Set<Because>
}

export type PingCounts = { rounds: number; looks: number; toolFailures: number; unresolved: number; late: number }
export type Pinger = {
  apply(devices: readonly AssignedDevice[]): void
  /** Looks at once; devices that are not watched here are ignored. */
  confirm(devices: readonly DeviceId[]): void
  readonly counts: PingCounts
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>
}

type Deps = {
  /** Null: this agent cannot ping. */
  readonly shoot: Shoot | null
  readonly knock: typeof knock
  readonly resolve: Resolve
  readonly now: () => number
  readonly random: () => number
  readonly emit: (sample: PingSample, urgency: "soon" | "now") => void
  /** A device that was silent, or not seen yet, answers. */
  readonly onAnswers: (device: DeviceId) => void
  readonly onToolFailed: (message: string) => void
}

const chunks = <T>(list: readonly T[], size: number): readonly T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))

export const startPinger = (deps: Deps): Pinger => {
  const { now } = deps
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  const watched = new Map<DeviceId, Watched>()
  const rounds = new Map<number, NodeJS.Timeout>()
  const missed: { readonly one: Watched; readonly prior: readonly null[] }[] = []
  let gathering: NodeJS.Timeout | null = null
  const counts: PingCounts = { rounds: 0, looks: 0, toolFailures: 0, unresolved: 0, late: 0 }

  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => running.delete(tracked))
    running.add(tracked)
  }
  const onToolFailed = (message: string): void => {
    counts.toolFailures += 1
    deps.onToolFailed(message)
  }
  const canPing = (one: Watched): boolean => deps.shoot !== null && one.device.access.icmp

  const settle = (one: Watched, because: Because, { answers, icmp, tcp }: Seen): void => {
    const atMs = now()
    // Two looks may end within one millisecond; (device, time) must still name one of them. A clock set back is followed.
    one.lastAtMs = atMs <= one.lastAtMs && one.lastAtMs - atMs < 1_000 ? one.lastAtMs + 1 : atMs
    const isNews = one.answers !== answers
    one.answers = answers
    if (answers) one.silentLookMs = null
    else if (because !== "round") one.silentLookMs = atMs
    if (icmp !== null) one.deafUntilMs = answers && icmp.received === 0 && icmp.sent >= BURST.count ? atMs + DEAF_MS : 0
    const sample: PingSample = { kind: "ping", device: one.device.id, atMs: one.lastAtMs, answers, icmp, tcp, because }
    deps.emit(sample, because === "round" && !isNews ? "soon" : "now")
    if (isNews && answers) deps.onAnswers(one.device.id)
  }

  /** Looks at all of them; one fping for those with a like timeout. */
  const look = async (
    list: readonly { readonly one: Watched; readonly prior: readonly null[] }[],
    because: "missed" | "confirm",
  ) => {
    const byKey = new Map<string, Watched>()
    const targets: (Target & { readonly timeoutMs: number })[] = []
    const resolve = async ({ one, prior }: (typeof list)[number]) => {
      one.busy.add(because)
      const ip = await deps.resolve(one.device.access.address)
      if (ip === null) {
        counts.unresolved += 1
        one.busy.delete(because)
        return
      }
      byKey.set(one.device.id, one)
      const tcpPort = knockPort(one.device)
      targets.push({ key: one.device.id, ip, icmp: canPing(one), tcpPort, prior, timeoutMs: timeoutFor(one.rtt) })
    }
    await Promise.all(list.map(resolve))
    const onSeen = (target: Target, seen: Seen | null): void => {
      const one = byKey.get(target.key)
      if (one === undefined) return
      one.busy.delete(because)
      counts.looks += 1
      if (seen !== null && watched.get(one.device.id) === one) settle(one, because, seen)
    }
    const groups = [...Map.groupBy(targets, (target) => target.timeoutMs)].flatMap(([timeoutMs, group]) =>
      chunks(group, CHUNK.burst).map((part) => ({ timeoutMs, part })),
    )
    await Promise.all(
      groups.map(({ timeoutMs, part }) =>
        burst(
          { shoot: deps.shoot, knock: deps.knock, onToolFailed },
          { targets: part, timeoutMs, early: because === "confirm", onSeen, signal: stopping.signal },
        ),
      ),
    )
  }

  const miss = (one: Watched, prior: readonly null[]): void => {
    if (!asksForLook(one.silentLookMs, now())) {
      if (prior.length > 0) settle(one, "round", { answers: false, icmp: measure(prior), tcp: null })
      return
    }
    one.busy.add("missed")
    missed.push({ one, prior })
    gathering ??= setTimeout(() => {
      gathering = null
      if (!stopping.signal.aborted) track(look(missed.splice(0), "missed"))
    }, GATHER_MS)
  }

  const pingRound = async (list: readonly { readonly one: Watched; readonly ip: string }[], timeoutMs: number, gapMs: number) => {
    if (deps.shoot === null) return
    const byIp = Map.groupBy(list, ({ ip }) => ip)
    const onProbe = (ip: string, _: number, rttMs: number | null): void => {
      for (const { one } of byIp.get(ip) ?? []) {
        one.busy.delete("round")
        if (watched.get(one.device.id) !== one) continue
        if (rttMs === null) {
          miss(one, [null])
          continue
        }
        one.rtt = learnRtt(one.rtt, rttMs)
        settle(one, "round", { answers: true, icmp: measure([rttMs]), tcp: null })
      }
    }
    const shot = { targets: [...byIp.keys()], count: 1, periodMs: 1_000, gapMs, timeoutMs }
    const end = await deps.shoot(shot, onProbe, stopping.signal)
    if (end.kind === "failed") onToolFailed(end.message)
    // What fping did not tell of is not known; a whole look finds out.
    for (const { one } of list)
      if (one.busy.delete("round") && end.kind !== "stopped" && watched.get(one.device.id) === one) miss(one, [])
  }

  const knockRound = async (one: Watched, ip: string): Promise<void> => {
    const port = knockPort(one.device)
    const tcp = port === null ? null : await deps.knock(ip, port, 1_000, stopping.signal)
    one.busy.delete("round")
    if (tcp === null || stopping.signal.aborted || watched.get(one.device.id) !== one) return
    if (tcp === "accepted" || (tcp === "refused" && canPing(one))) settle(one, "round", { answers: true, icmp: null, tcp })
    else if (asksForLook(one.silentLookMs, now())) miss(one, [])
    else settle(one, "round", { answers: false, icmp: null, tcp })
  }

  const round = async (pingMs: number): Promise<void> => {
    counts.rounds += 1
    const due = [...watched.values()].filter((one) => one.device.intervals.pingMs === pingMs && one.busy.size === 0)
    const found: { readonly one: Watched; readonly ip: string }[] = []
    for (const one of due) one.busy.add("round")
    await Promise.all(
      due.map(async (one) => {
        const ip = await deps.resolve(one.device.access.address)
        if (ip !== null) found.push({ one, ip })
        else {
          one.busy.delete("round")
          counts.unresolved += 1
        }
      }),
    )
    if (stopping.signal.aborted) return
    const isPinged = (one: Watched): boolean => canPing(one) && one.deafUntilMs <= now()
    const pinged = found.filter(({ one }) => isPinged(one))
    // Spread over half the interval, but never so thin that a few devices wait for each other.
    const gapMs = Math.max(1, Math.min(10, Math.floor(pingMs / 2 / Math.max(1, Math.min(pinged.length, CHUNK.round)))))
    const groups = [...Map.groupBy(pinged, ({ one }) => timeoutFor(one.rtt))]
    await Promise.all([
      ...groups.flatMap(([timeoutMs, list]) => chunks(list, CHUNK.round).map((part) => pingRound(part, timeoutMs, gapMs))),
      ...found.filter((it) => !pinged.includes(it)).map(({ one, ip }) => knockRound(one, ip)),
    ])
  }

  /** Rounds keep to their grid: a late one does not push the next. */
  const schedule = (pingMs: number, dueMs: number): void => {
    const timer = setTimeout(
      () => {
        track(round(pingMs))
        const lateMs = now() - dueMs
        if (lateMs > pingMs) counts.late += 1
        schedule(pingMs, lateMs > pingMs || lateMs < -1_000 ? now() + pingMs : dueMs + pingMs)
      },
      Math.max(0, dueMs - now()),
    )
    rounds.set(pingMs, timer)
  }

  return {
    counts,
    apply(devices) {
      const wanted = new Map(devices.filter(({ intervals }) => intervals.pingMs > 0).map((device) => [device.id, device]))
      for (const id of watched.keys()) if (!wanted.has(id)) watched.delete(id)
      for (const [id, given] of wanted) {
        const device = { ...given, intervals: { ...given.intervals, pingMs: Math.max(LEAST_PING_MS, given.intervals.pingMs) } }
        const was = watched.get(id)
        if (was !== undefined && was.device.access.address === device.access.address) was.device = device
        else
          watched.set(id, { device, rtt: null, answers: null, silentLookMs: null, deafUntilMs: 0, lastAtMs: 0, busy: new Set() })
      }
      const used = new Set([...watched.values()].map((one) => one.device.intervals.pingMs))
      for (const [pingMs, timer] of rounds) {
        if (used.has(pingMs)) continue
        clearTimeout(timer)
        rounds.delete(pingMs)
      }
      for (const pingMs of used)
        if (!rounds.has(pingMs)) schedule(pingMs, now() + Math.round(deps.random() * Math.min(pingMs, 1_000)))
    },
    confirm(ids) {
      const list = ids.flatMap((id) => watched.get(id) ?? []).filter((one) => !one.busy.has("confirm"))
      if (list.length > 0 && !stopping.signal.aborted)
        track(
          look(
            list.map((one) => ({ one, prior: [] })),
            "confirm",
          ),
        )
    },
    async stop() {
      stopping.abort()
      for (const timer of rounds.values()) clearTimeout(timer)
      if (gathering !== null) clearTimeout(gathering)
      while (running.size > 0) await Promise.allSettled(running)
    },
  }
}
