/** The alerts of rules that are in memory: those that are not ok, or were not a while ago. */
import type { AlertId, DeviceId, OrgId } from "../../../platform/ids.ts"
import type { AlertTable } from "../alert-table.ts"
import type { StoredAlert, Topology } from "../model.ts"
import type { Renamed } from "../renames.ts"
import type { CompiledRule, RuleSet } from "./compile.ts"
import { alertIdOf, alertOf, type Instance, newInstance, remember } from "./instance.ts"
import type { RuleRun } from "./rule-run.ts"
import { endRule, FLAP_WITHIN_MS, isPlain, notAfter, RuleState, stepUnknown } from "./rule-state.ts"
import { isInScope } from "./scope.ts"
import type { Entity } from "./track.ts"

/** An alert that was not observed for this long ends: what it is about no longer exists. */
const GONE_MS = 86_400_000

export type Change = {
  readonly atMs: number
  readonly observedAtMs: number | null
  /** Of the step, if it is not the one of the state. */
  readonly reason?: string
}
export type Instances = {
  readonly get: (rule: string, entity: string) => Instance | undefined
  /** By rule. */
  readonly atEntity: (entity: string) => ReadonlyMap<string, Instance> | undefined
  readonly all: () => Iterable<Instance>
  readonly atDevice: (device: DeviceId) => readonly Instance[]
  readonly make: (run: RuleRun, rule: CompiledRule, entity: Entity, atMs: number) => Instance
  /** A changed phase or reason is a step. */
  readonly change: (run: RuleRun, instance: Instance, next: RuleState, change: Change) => void
  /** A raised alert was observed again and is as it was. */
  readonly observed: (run: RuleRun, instance: Instance, atMs: number) => void
  readonly markUnknown: (run: RuleRun, instance: Instance, reason: string) => void
  readonly end: (run: RuleRun, instance: Instance, reason: string) => void
  readonly endOutOfScope: (run: RuleRun, instance: Instance) => void
  /** Whether it was forgotten, because nothing depends on it any more. */
  readonly forgetIfOld: (run: RuleRun, instance: Instance) => boolean
  /** The ids of the rows that are of a rule. */
  /** Alerts stay with interfaces that were renamed. */
  readonly rename: (table: AlertTable, renamed: Renamed) => void
  readonly restore: (
    run: RuleRun,
    rules: RuleSet,
    rows: readonly StoredAlert[],
  ) => ReadonlySet<string>
  readonly size: () => number
  /** Alerts whose memory has changed without a step since the last call: they are stored as well. */
  readonly drain: () => readonly StoredAlert[]
}

const entityOfRow = (rule: CompiledRule, row: StoredAlert): Entity | null => {
  if (row.deviceId === null) return null
  const prefix = `${row.deviceId}/${rule.family ?? ""}/`
  const isNamed = row.interface === null && row.entity.startsWith(prefix)
  return {
    key: row.entity,
    family: rule.family ?? [...rule.families][0] ?? "",
    device: row.deviceId,
    interface: row.interface,
    name: isNamed ? row.entity.slice(prefix.length) : null,
    unit: null,
  }
}

type Own = {
  readonly org: OrgId
  /** By rule, of each entity that has any. */
  readonly byEntity: Map<string, Map<string, Instance>>
  readonly atDevice: Map<DeviceId, Set<Instance>>
  changed: Map<string, StoredAlert>
  size: number
}

const add = (own: Own, instance: Instance): void => {
  const { rule, entity } = instance
  const ofEntity = own.byEntity.get(entity.key) ?? new Map<string, Instance>()
  own.byEntity.set(entity.key, ofEntity)
  if (!ofEntity.has(rule.id)) own.size += 1
  ofEntity.set(rule.id, instance)
  const here = own.atDevice.get(entity.device)
  if (here === undefined) own.atDevice.set(entity.device, new Set([instance]))
  else here.add(instance)
}
const remove = (own: Own, { evaluation }: RuleRun, instance: Instance): void => {
  const { rule, entity, alert } = instance
  const ofEntity = own.byEntity.get(entity.key)
  if (ofEntity?.delete(rule.id) === true) own.size -= 1
  if (ofEntity?.size === 0) own.byEntity.delete(entity.key)
  own.atDevice.get(entity.device)?.delete(instance)
  evaluation.table.forget(alert)
}

const changeState = (
  own: Own,
  run: RuleRun,
  instance: Instance,
  next: RuleState,
  { atMs, observedAtMs, reason }: Change,
): void => {
  const { rule, entity, alert: was } = instance
  const isMemoryOther = instance.state.levels !== next.levels
  instance.state = next
  instance.alert = alertOf(own.org, rule, entity, next, observedAtMs ?? was.observedAtMs, was.id)
  run.evaluation.table.put(instance.alert)
  const { id } = instance.alert
  const { phase } = was.state
  if (phase === next.phase && was.state.reason === next.reason) {
    if (isMemoryOther) own.changed.set(id, instance.alert)
    return
  }
  own.changed.delete(id)
  const step = { was: phase, now: next.phase, reason: reason ?? next.reason, atMs }
  run.out.push({ org: own.org, alert: instance.alert, ...step })
}
const changeNow = (own: Own, run: RuleRun, instance: Instance, next: RuleState): void => {
  if (next === instance.state) return
  changeState(own, run, instance, next, { atMs: run.nowMs, observedAtMs: null })
  remember(instance, next, run.nowMs)
}

const end = (own: Own, run: RuleRun, instance: Instance, reason: string): void => {
  if (!isPlain(instance.state))
    changeNow(own, run, instance, endRule(instance.state, reason, run.nowMs))
  remove(own, run, instance)
}

const endOutOfScope = (own: Own, run: RuleRun, instance: Instance): void => {
  const { topology } = run.evaluation
  const { rule, entity } = instance
  if (!topology.monitored.has(entity.device)) end(own, run, instance, "no-longer-monitored")
  // After a restart, the unit of a sensor is known with its first sample.
  else if (
    (rule.scope.units === undefined || entity.unit !== null) &&
    !isInScope(topology, rule.scope, entity)
  )
    end(own, run, instance, "out-of-scope")
}

const forgetIfOld = (own: Own, run: RuleRun, instance: Instance): boolean => {
  const { state, alert } = instance
  const ageMs = run.nowMs - Math.max(state.sinceMs, alert.observedAtMs ?? 0)
  if (isPlain(state) && ageMs > FLAP_WITHIN_MS) {
    remove(own, run, instance)
    return true
  }
  if (state.phase !== "unknown" || ageMs <= GONE_MS) return false
  end(own, run, instance, "no-longer-monitored")
  return true
}

const restore = (
  own: Own,
  run: RuleRun,
  rules: RuleSet,
  rows: readonly StoredAlert[],
): ReadonlySet<string> => {
  const byId = new Map(rules.rules.map((rule) => [rule.id, rule]))
  const taken = new Set<string>()
  for (const row of rows) {
    const rule = byId.get(row.kind)
    const entity = rule === undefined ? null : entityOfRow(rule, row)
    const stored = RuleState.safeParse(row.memory).data
    if (rule === undefined || entity === null) continue
    taken.add(row.id)
    if (stored === undefined || stored.levels.length !== rule.levels.length) continue
    const state = notAfter(stored, run.nowMs)
    const instance = newInstance(own.org, rule, entity, run.nowMs, row.id)
    instance.state = state
    instance.alert = alertOf(own.org, rule, entity, state, state.sinceMs, row.id)
    instance.history = [{ atMs: state.sinceMs, state }]
    add(own, instance)
    run.evaluation.table.put(instance.alert)
  }
  return taken
}

const rename = (own: Own, table: AlertTable, renamed: Renamed): void => {
  const moved = [...renamed.keys()].flatMap((entity) => [
    ...(own.byEntity.get(entity)?.values() ?? []),
  ])
  for (const { entity, alert } of moved) {
    own.byEntity.delete(entity.key)
    table.forget(alert)
  }
  for (const instance of moved) {
    const next = renamed.get(instance.entity.key)
    if (next === undefined) continue
    own.size -= 1
    own.atDevice.get(instance.entity.device)?.delete(instance)
    instance.entity = { ...instance.entity, key: next.entity, interface: next.interface }
    const { rule, entity, state, alert } = instance
    instance.alert = alertOf(own.org, rule, entity, state, alert.observedAtMs, alert.id)
    add(own, instance)
    table.put(instance.alert)
  }
}

/** The alert of an interface that had this name before may still exist. */
const newIdOf = (topology: Topology, org: OrgId, rule: CompiledRule, entity: Entity): AlertId => {
  const port = topology.interfaces?.get(entity.key)
  return alertIdOf(
    org,
    rule.id,
    port?.isNameReused === true ? `${entity.key} ${port.id}` : entity.key,
  )
}

export const createInstances = (org: OrgId): Instances => {
  const own: Own = { org, byEntity: new Map(), atDevice: new Map(), changed: new Map(), size: 0 }
  return {
    get: (rule, entity) => own.byEntity.get(entity)?.get(rule),
    atEntity: (entity) => own.byEntity.get(entity),
    all: function* () {
      for (const ofEntity of own.byEntity.values()) yield* ofEntity.values()
    },
    atDevice: (device) => [...(own.atDevice.get(device) ?? [])],
    make: ({ evaluation: { topology } }, rule, entity, atMs) => {
      const instance = newInstance(org, rule, entity, atMs, newIdOf(topology, org, rule, entity))
      add(own, instance)
      return instance
    },
    change: (run, instance, next, change) => changeState(own, run, instance, next, change),
    observed: (run, instance, atMs) => {
      if (atMs <= (instance.alert.observedAtMs ?? 0)) return
      instance.alert = { ...instance.alert, observedAtMs: atMs }
      run.evaluation.table.put(instance.alert)
    },
    markUnknown: (run, instance, reason) =>
      changeNow(own, run, instance, stepUnknown(instance.state, reason, run.nowMs)),
    end: (run, instance, reason) => end(own, run, instance, reason),
    endOutOfScope: (run, instance) => endOutOfScope(own, run, instance),
    forgetIfOld: (run, instance) => forgetIfOld(own, run, instance),
    rename: (table, renamed) => rename(own, table, renamed),
    restore: (run, rules, rows) => restore(own, run, rules, rows),
    size: () => own.size,
    drain: () => {
      const alerts = [...own.changed.values()]
      own.changed = new Map()
      return alerts
    },
  }
}
