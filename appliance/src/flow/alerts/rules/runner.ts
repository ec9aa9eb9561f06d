/**
 * All rules of one organisation, evaluated as samples arrive: a sample is evaluated by the rules
 * that name its family and have its entity in their scope, and by nothing else. An entity at which
 * no condition is met costs no alert.
 */
import { eventMeaning } from "@ispvm/wire"
import { FAMILIES } from "@ispvm/wire/families"
import type { DeviceId, OrgId } from "../../../platform/ids.ts"
import type { AlertTable } from "../alert-table.ts"
import type { StoredAlert, Topology } from "../model.ts"
import type { Renamed } from "../renames.ts"
import type { CompiledRule, RuleSet } from "./compile.ts"
import { type BaselineOf, EVENTS, eventCode, type Moment } from "./condition.ts"
import { type Instance, remember, stateBefore } from "./instance.ts"
import { createInstances, type Instances } from "./instances.ts"
import { createProbesLately, type ProbesLately } from "./path-quality.ts"
import { createReadings, type RuleInput } from "./readings.ts"
import type { RuleRun } from "./rule-run.ts"
import { initialRuleState, type RuleState, type Shown, stepRule } from "./rule-state.ts"
import type { RuleStats } from "./rule-stats.ts"
import { capacityOf } from "./scope.ts"
import { createServiceStates, type ServiceState } from "./service-states.ts"
import { addPoint, type Entity, type Point, prune, REORDER_MS, type Track } from "./track.ts"
import { createTracks, type Tracks } from "./tracks.ts"

/** After this long without a sample its values are not known any more; probes come faster. */
const FRESH_MS = 300_000
const FRESH_PROBE_MS = 90_000
const UNSEEN_POLLS = 3
/** How often timers are evaluated. */
const SWEEP_MS = 1_000
const ABSENCE_SWEEP_MS = 5_000

/** How the devices and times of one batch are read; as for the alert kinds. */
export type Origin = {
  readonly mayReport: (device: DeviceId) => boolean
  readonly toOurClock: (atMs: number) => number
  readonly sinceMs: number
}
export type RuleRunner = ProbesLately & {
  readonly restore: (run: RuleRun, rows: readonly StoredAlert[]) => ReadonlySet<string>
  readonly observe: (run: RuleRun, input: RuleInput, origin: Origin) => void
  readonly sweep: (run: RuleRun) => void
  /** Nothing is observed of these devices: their alerts are unknown, and windows start empty. */
  readonly hide: (run: RuleRun, devices: Iterable<DeviceId>, reason: string) => void
  readonly updateTopology: (run: RuleRun) => void
  /** Alerts and values stay with interfaces that were renamed. */
  readonly rename: (table: AlertTable, renamed: Renamed) => void
  readonly swap: (run: RuleRun, next: RuleSet) => void
  readonly rules: () => RuleSet
  readonly isRule: (kind: string) => boolean
  /** By rule: entities it looks at, and how many of its alerts are pending and raised. */
  readonly counts: () => ReadonlyMap<string, RuleCounts>
  readonly stats: () => RuleStats
  /** Whether a probed service answered an agent lately. */
  readonly service: ServiceState
  /** Alerts whose memory has changed without a step since the last call. */
  readonly drain: () => readonly StoredAlert[]
}
export type RuleCounts = { entities: number; pending: number; raised: number }

export type RunnerDeps = {
  readonly org: OrgId
  readonly rules: RuleSet
  readonly baseline?: BaselineOf
}

type Runner = {
  readonly instances: Instances
  readonly tracks: Tracks
  readonly baseline: BaselineOf
  rules: RuleSet
  topology: Topology
  evaluations: number
  evaluatedMs: number
  late: number
  sweptAtMs: number
  absenceSweptAtMs: number
}

/** Clocks and certificates are read rarely: a poll that is a second late is no lack of data. */
const POLL_MS = new Map(
  FAMILIES.map(({ name, polledBy }) => [name as string, Math.max(0, ...Object.values(polledBy))]),
)
const freshMs = ({ interfacePollMs }: Topology, family: string): number =>
  family === "ping"
    ? FRESH_PROBE_MS
    : Math.max(FRESH_MS, UNSEEN_POLLS * Math.max(interfacePollMs, POLL_MS.get(family) ?? 0))

const momentOf = (runner: Runner, entity: Entity, atMs: number): Moment => {
  let capacity: number | null | undefined
  return {
    atMs,
    track: (family) => runner.tracks.of(family, entity),
    capacity: () => {
      if (capacity === undefined) capacity = capacityOf(runner.topology, entity)
      return capacity
    },
    baseline: (metric, whenMs) => runner.baseline(metric, entity, whenMs),
    freshMs: (family) => freshMs(runner.topology, family),
    shown: null,
    counted: null,
  }
}

const step = (
  runner: Runner,
  rule: CompiledRule,
  moment: Moment,
  was: RuleState,
): { readonly state: RuleState; readonly isKnown: boolean } => {
  runner.evaluations += 1
  moment.shown = null
  moment.counted = null
  let isKnown = false
  const isMet = (index: number, isRaised: boolean): boolean | null => {
    const one = rule.levels[index]?.test(moment, isRaised) ?? null
    isKnown ||= one !== null
    return one
  }
  const isCount = rule.levels.every((level) => level.isCount)
  const shown = (): Shown => ({ value: moment.shown, counted: isCount ? moment.counted : null })
  const state = stepRule(was, rule.levels, isMet, moment.atMs, shown)
  return { state, isKnown }
}

/** Almost all evaluations end here: nothing is remembered of the entity, and nothing is met. */
const isAnyMet = ({ levels }: CompiledRule, moment: Moment): boolean => {
  for (const { test } of levels) if (test(moment, false) === true) return true
  return false
}

const evaluateAt = (
  runner: Runner,
  run: RuleRun,
  rule: CompiledRule,
  entity: Entity,
  moment: Moment,
  known = runner.instances.get(rule.id, entity.key),
): void => {
  const { atMs } = moment
  if (known === undefined && !isAnyMet(rule, moment)) {
    runner.evaluations += 1
    return
  }
  const was = known?.state ?? initialRuleState(rule.levels.length, atMs)
  const { state: next, isKnown } = step(runner, rule, moment, was)
  if (known !== undefined && isKnown) {
    known.knownAtMs = Math.max(known.knownAtMs, atMs)
    if (next === was && was.level !== null) runner.instances.observed(run, known, atMs)
  }
  if (next === was || (known === undefined && next.phase === "ok")) return
  const instance = known ?? runner.instances.make(run, rule, entity, atMs)
  runner.instances.change(run, instance, next, { atMs, observedAtMs: atMs })
  remember(instance, next, atMs)
}

/** Each time at which something that the rule looks at was measured of the entity. */
const timesFrom = (
  runner: Runner,
  rule: CompiledRule,
  entity: Entity,
  fromMs: number,
): readonly number[] => {
  const times = new Set<number>()
  for (const family of rule.families)
    for (const { atMs } of runner.tracks.of(family, entity)?.points ?? [])
      if (atMs >= fromMs) times.add(atMs)
  return [...times].sort((one, other) => one - other)
}

/** Data that arrived late: everything from its time on is evaluated again, in order. */
const evaluateAgain = (
  runner: Runner,
  run: RuleRun,
  rule: CompiledRule,
  entity: Entity,
  fromMs: number,
): void => {
  const known = runner.instances.get(rule.id, entity.key)
  if (known?.state.phase === "unknown") return
  const levels = rule.levels.length
  let state = known === undefined ? initialRuleState(levels, fromMs) : stateBefore(known, fromMs)
  const history: { atMs: number; state: RuleState }[] = []
  for (const atMs of timesFrom(runner, rule, entity, fromMs)) {
    const { state: next } = step(runner, rule, momentOf(runner, entity, atMs), state)
    if (next !== state) history.push({ atMs, state: next })
    state = next
  }
  if (known === undefined && history.every((one) => one.state.phase === "ok")) return
  const instance: Instance = known ?? runner.instances.make(run, rule, entity, fromMs)
  const isOther = instance.state.phase !== state.phase || instance.state.level !== state.level
  runner.instances.change(run, instance, state, {
    atMs: run.nowMs,
    observedAtMs: runner.tracks.lastMs(rule.families, entity),
    ...(isOther ? { reason: "late-data" } : {}),
  })
  while ((instance.history.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) >= fromMs)
    instance.history.pop()
  for (const { atMs, state: then } of history) remember(instance, then, atMs)
}

const addSample = (runner: Runner, run: RuleRun, track: Track, point: Point): void => {
  const { rules, tracks, topology } = runner
  const { entity, lastMs } = track
  const ageMs = run.nowMs - point.atMs
  const isLate = lastMs !== null && point.atMs <= lastMs
  const isTooOld =
    isLate && lastMs !== null
      ? point.atMs < lastMs - REORDER_MS
      : ageMs > freshMs(topology, entity.family)
  if (isTooOld) {
    runner.late += 1
    return
  }
  const concerned = tracks.concerned(rules, topology, track)
  if (concerned.length === 0) return
  const before = concerned.map(({ families }) =>
    families.size === 1 ? lastMs : tracks.lastMs(families, entity),
  )
  addPoint(track, point)
  const moment = momentOf(runner, entity, point.atMs)
  const known = runner.instances.atEntity(entity.key)
  for (let index = 0; index < concerned.length; index += 1) {
    const rule = concerned[index]
    if (rule === undefined) continue
    const instance = known?.get(rule.id)
    // Timers may have evaluated a later time already.
    const evaluatedMs = Math.max(
      before[index] ?? Number.NEGATIVE_INFINITY,
      instance?.history.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY,
    )
    if (point.atMs > evaluatedMs) evaluateAt(runner, run, rule, entity, moment, instance)
    else evaluateAgain(runner, run, rule, entity, point.atMs)
  }
  prune(
    track,
    (rules.keepMs.get(entity.family) ?? 0) + REORDER_MS,
    rules.changeSlots.get(entity.family) ?? [],
    rules.countMs.get(entity.family) ?? 0,
  )
}

const isDown = ({ evaluation: { kinds, table } }: RuleRun, device: DeviceId): boolean =>
  kinds.some(
    ({ id, observes }) => observes === "device" && table.get(id, device)?.state.phase === "down",
  )

const observe = (
  runner: Runner,
  run: RuleRun,
  readings: ReturnType<typeof createReadings>,
  input: RuleInput,
  { mayReport, toOurClock, sinceMs }: Origin,
): void => {
  const { rules, tracks } = runner
  const seen = (device: DeviceId, sentAtMs: number, isOfProbe: boolean): number | null => {
    const atMs = toOurClock(sentAtMs)
    // Probes of services are run by any agent; ingest has checked which.
    const isOwn = isOfProbe || mayReport(device)
    return isOwn && atMs >= sinceMs && !isDown(run, device) ? atMs : null
  }
  for (const { entity, values, sentAtMs } of readings(rules, input)) {
    const atMs = seen(entity.device, sentAtMs, entity.family === "service")
    if (atMs !== null) addSample(runner, run, tracks.get(entity), { atMs, values })
  }
  for (const event of input.events) {
    const { device, atMs: sentAtMs } = event
    const name = eventMeaning(event)
    if (!rules.events.has(name)) continue
    const atMs = seen(device, sentAtMs, name === "path-changed")
    const entity = { key: device, family: EVENTS, device, interface: null, name: null, unit: null }
    if (atMs !== null)
      addSample(runner, run, tracks.get(entity), { atMs, values: [eventCode(name)] })
  }
}

const sweepInstance = (runner: Runner, run: RuleRun, instance: Instance): void => {
  const { instances, topology } = runner
  const { rule, entity, state } = instance
  if (instances.forgetIfOld(run, instance)) return
  if (state.phase === "ok" || state.phase === "unknown") return
  const { hasDecay, hasAbsence } = rule.needs
  if (hasDecay || hasAbsence)
    evaluateAt(runner, run, rule, entity, momentOf(runner, entity, run.nowMs))
  // Without an event there is nothing to be seen, and that is no lack of data.
  if (hasAbsence || rule.families.has(EVENTS)) return
  const limitMs = Math.max(...[...rule.families].map((family) => freshMs(topology, family)))
  if (run.nowMs - instance.knownAtMs > limitMs)
    instances.markUnknown(run, instance, "no-recent-data")
}

const sweepAbsences = (runner: Runner, run: RuleRun): void => {
  const { tracks, rules, topology } = runner
  const families = new Set(
    rules.rules.flatMap((rule) => (rule.needs.hasAbsence ? [...rule.families] : [])),
  )
  for (const family of families)
    for (const track of tracks.ofFamily(family))
      for (const rule of tracks.concerned(rules, topology, track))
        if (rule.needs.hasAbsence && !isDown(run, track.entity.device))
          evaluateAt(runner, run, rule, track.entity, momentOf(runner, track.entity, run.nowMs))
}

/** Whether it is time again; a clock that was set back does not stop it. */
const isDue = (lastMs: number, everyMs: number, nowMs: number): boolean =>
  nowMs < lastMs || nowMs - lastMs >= everyMs

/** What time alone changes: silence, windows that pass, and conditions on absence. */
const sweep = (runner: Runner, run: RuleRun): void => {
  if (!isDue(runner.sweptAtMs, SWEEP_MS, run.nowMs)) return
  runner.sweptAtMs = run.nowMs
  for (const instance of [...runner.instances.all()]) sweepInstance(runner, run, instance)
  if (!isDue(runner.absenceSweptAtMs, ABSENCE_SWEEP_MS, run.nowMs)) return
  runner.absenceSweptAtMs = run.nowMs
  sweepAbsences(runner, run)
}

const swap = (runner: Runner, run: RuleRun, next: RuleSet): void => {
  const byId = new Map(next.rules.map((rule) => [rule.id, rule]))
  runner.tracks.rearrange(runner.rules, next)
  runner.rules = next
  for (const instance of [...runner.instances.all()]) {
    const rule = byId.get(instance.rule.id)
    const isSameShape =
      rule?.levels.length === instance.rule.levels.length && rule.family === instance.rule.family
    if (rule === undefined || !isSameShape) runner.instances.end(run, instance, "rule-changed")
    else instance.rule = rule
  }
}

const countsOf = ({ tracks, instances, rules, topology }: Runner) => {
  const counts = new Map<string, RuleCounts>(
    rules.rules.map(({ id }) => [id, { entities: 0, pending: 0, raised: 0 }]),
  )
  for (const rule of rules.rules) {
    const families = rule.family === null ? [...rule.families] : [rule.family]
    const keys = new Set<string>()
    for (const family of families)
      for (const track of tracks.ofFamily(family))
        if (tracks.concerned(rules, topology, track).includes(rule)) keys.add(track.entity.key)
    const own = counts.get(rule.id)
    if (own !== undefined) own.entities = keys.size
  }
  for (const { rule, state } of instances.all()) {
    const own = counts.get(rule.id)
    if (own === undefined) continue
    if (state.level !== null) own.raised += 1
    else if (state.phase === "pending") own.pending += 1
  }
  return counts
}

export const createRuleRunner = (
  { org, rules, baseline = () => null }: RunnerDeps,
  topology: Topology,
): RuleRunner => {
  const runner: Runner = {
    instances: createInstances(org),
    tracks: createTracks(),
    baseline,
    rules,
    topology,
    evaluations: 0,
    evaluatedMs: 0,
    late: 0,
    sweptAtMs: Number.NEGATIVE_INFINITY,
    absenceSweptAtMs: Number.NEGATIVE_INFINITY,
  }
  const { instances, tracks } = runner
  const readings = createReadings(FAMILIES)
  return {
    restore: (run, rows) => instances.restore(run, runner.rules, rows),
    observe: (run, input, origin) => {
      const startedMs = performance.now()
      observe(runner, run, readings, input, origin)
      runner.evaluatedMs += performance.now() - startedMs
    },
    sweep: (run) => sweep(runner, run),
    hide: (run, devices, reason) => {
      for (const device of devices) {
        tracks.clear(device)
        for (const instance of instances.atDevice(device))
          if (instance.state.phase !== "ok") instances.markUnknown(run, instance, reason)
      }
    },
    updateTopology: (run) => {
      runner.topology = run.evaluation.topology
      tracks.forgetScopes()
      tracks.keepDevices(runner.topology.monitored)
      for (const instance of [...instances.all()]) instances.endOutOfScope(run, instance)
    },
    rename: (table, renamed) => {
      tracks.rename(renamed)
      instances.rename(table, renamed)
    },
    swap: (run, next) => swap(runner, run, next),
    rules: () => runner.rules,
    isRule: (kind) => runner.rules.rules.some(({ id }) => id === kind),
    counts: () => countsOf(runner),
    drain: instances.drain,
    ...createProbesLately(runner),
    service: createServiceStates(runner),
    stats: () => ({
      evaluations: runner.evaluations,
      evaluatedMs: runner.evaluatedMs,
      late: runner.late,
      alerts: instances.size(),
      rules: runner.rules.rules.length,
    }),
  }
}
