/**
 * A rule tried on the past: stored values go through the same compiled rule, as samples that arrive
 * at their times. Nothing of it is stored.
 */
import type { Family } from "@ispvm/wire/families"
import type { DryRunAlert, DryRunResult } from "../../../api/alert-rule-answers.ts"
import type { Rule } from "../../../api/alert-rules.ts"
import type { OrgId } from "../../../platform/ids.ts"
import type { NamedEvent } from "../../events/model.ts"
import type { StoredSample } from "../../ingest/model.ts"
import type { UsualValue } from "../../series/model.ts"
import { createAlertTable } from "../alert-table.ts"
import type { Topology, Transition } from "../model.ts"
import { pastBaselines } from "./baselines.ts"
import { type CompiledRule, compileRules, type RuleSet } from "./compile.ts"
import { severityOf } from "./instance.ts"
import { METRICS } from "./metrics.ts"
import type { RuleRun } from "./rule-run.ts"
import { RuleState } from "./rule-state.ts"
import { createRuleRunner, type Origin } from "./runner.ts"
import { isInScope } from "./scope.ts"

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
export const RANGES_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS } as const
const BUCKETS_MS = [10 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS]
/** Values of one device are some hundred rows: more devices than this take minutes. */
export const MAX_DEVICES = 2_000
const DEVICES_AT_ONCE = 50
/** Rows of one rule, over all devices, so that an answer takes seconds. */
const MAX_ROWS = 1_000_000
const MAX_ALERTS = 300
const AS_THEY_ARE: Origin = {
  mayReport: () => true,
  toOurClock: (atMs) => atMs,
  sinceMs: 0,
}

export type ReadSamples = (request: {
  readonly family: Family
  readonly devices: readonly string[]
  readonly fromMs: number
  readonly toMs: number
  readonly bucketMs: number
  readonly source: "raw" | "5m"
}) => Promise<readonly StoredSample[]>
export type ReadEvents = (span: {
  readonly names: readonly string[]
  readonly devices: readonly string[]
  readonly fromMs: number
  readonly toMs: number
}) => Promise<readonly NamedEvent[]>
/** What was usual at these hours, each start of one in epoch ms. */
export type ReadPastUsual = (request: {
  readonly family: Family
  readonly metric: string
  readonly devices: readonly string[]
  readonly hoursMs: readonly number[]
}) => Promise<readonly (UsualValue & { readonly hourMs: number })[]>
export type DryRunDeps = {
  readonly org: OrgId
  readonly topology: Topology
  readonly read: ReadSamples
  readonly readEvents: ReadEvents
  readonly readUsual: ReadPastUsual
}
export type DryRunSpan = {
  readonly fromMs: number
  readonly toMs: number
  readonly bucketMs: number
  readonly devices: readonly string[]
  readonly ofDevices: number
}

/** Which devices, and how much time is one value: as fine as the number of things allows. */
export const spanOf = (
  topology: Topology,
  rules: readonly Rule[],
  rangeMs: number,
  nowMs: number,
): DryRunSpan => {
  const inScope = [...topology.devices.values()].filter(({ id }) =>
    rules.some(({ scope: { interfaces: _, names: __, units: ___, ...scope } }) =>
      isInScope(topology, scope, {
        ...{ key: id, family: "", device: id, interface: null, name: null, unit: null },
      }),
    ),
  )
  const devices = inScope.slice(0, MAX_DEVICES).map(({ id }) => id)
  const things = Math.max(1, devices.length)
  const bucketMs =
    BUCKETS_MS.find((width) => (rangeMs / width) * things <= MAX_ROWS) ?? 15 * MINUTE_MS
  const toMs = Math.floor(nowMs / bucketMs) * bucketMs
  return { fromMs: toMs - rangeMs, toMs, bucketMs, devices, ofDevices: inScope.length }
}

type Open = Map<string, DryRunAlert>
const collect = (
  rule: CompiledRule,
  topology: Topology,
  out: readonly Transition[],
  open: Open,
  done: DryRunAlert[],
): void => {
  for (const { alert, atMs } of out) {
    const state = RuleState.safeParse(alert.memory).data
    const severity = state === undefined ? null : severityOf(rule, state)
    const was = open.get(alert.id)
    if (was !== undefined && severity === null) {
      open.delete(alert.id)
      done.push({ ...was, untilMs: Math.round(atMs) })
    } else if (severity !== null && alert.deviceId !== null) {
      const device = topology.devices.get(alert.deviceId)
      open.set(alert.id, {
        deviceId: alert.deviceId,
        deviceName: device?.name ?? "",
        subject: alert.rule?.subject ?? alert.interface,
        ...(alert.rule?.isPersonal === true ? { isPersonal: true } : {}),
        severity: was?.severity ?? severity,
        fromMs: was?.fromMs ?? Math.round(atMs),
        untilMs: null,
        value: state?.value ?? null,
        ...(alert.rule?.state === undefined ? {} : { state: alert.rule.state }),
      })
    }
  }
}

const replayDevices = async (
  { org, topology, read, readEvents, readUsual }: DryRunDeps,
  rules: RuleSet,
  { fromMs, toMs, bucketMs }: DryRunSpan,
  devices: readonly string[],
): Promise<DryRunAlert[]> => {
  const [rule] = rules.rules
  if (rule === undefined) return []
  const source = bucketMs >= 5 * MINUTE_MS ? "5m" : "raw"
  const lists = await Promise.all(
    [...rules.kept.keys()].flatMap((name) => {
      const family = METRICS.family(name)
      if (family === undefined) return []
      const from = source === "5m" && !family.storage.rollups.includes("5m") ? "raw" : source
      return [read({ family, devices, fromMs, toMs, bucketMs, source: from })]
    }),
  )
  const names = [...rules.events]
  const events = names.length === 0 ? [] : await readEvents({ names, devices, fromMs, toMs })
  const eventsByTime = Map.groupBy(events, ({ atMs }) => Math.ceil(atMs / bucketMs) * bucketMs)
  const byTime = Map.groupBy(lists.flat(), ({ atMs }) => atMs)
  const baseline = await pastBaselines(rules.baselines, fromMs, toMs, (family, metric, hoursMs) =>
    readUsual({ family, metric, devices, hoursMs }),
  )
  const runner = createRuleRunner({ org, rules, baseline }, topology)
  const table = createAlertTable()
  const open: Open = new Map()
  const done: DryRunAlert[] = []
  for (let nowMs = fromMs + bucketMs; nowMs <= toMs; nowMs += bucketMs) {
    const run: RuleRun = { nowMs, out: [], evaluation: { topology, table, kinds: [] } }
    const others = byTime.get(nowMs) ?? []
    const input = { pings: [], interfaces: [], others, events: eventsByTime.get(nowMs) ?? [] }
    runner.observe(run, input, AS_THEY_ARE)
    runner.sweep(run)
    collect(rule, topology, run.out, open, done)
  }
  return [...done, ...open.values()]
}

export const dryRun = async (
  deps: DryRunDeps,
  rule: Rule,
  span: DryRunSpan,
): Promise<DryRunResult> => {
  const rules = compileRules(METRICS, [rule])
  const found: DryRunAlert[] = []
  for (let from = 0; from < span.devices.length; from += DEVICES_AT_ONCE)
    found.push(
      ...(await replayDevices(deps, rules, span, span.devices.slice(from, from + DEVICES_AT_ONCE))),
    )
  const alerts = found.toSorted((one, other) => one.fromMs - other.fromMs)
  return {
    raised: alerts.length,
    entities: new Set(alerts.map(({ deviceId, subject }) => `${deviceId} ${subject}`)).size,
    alerts: alerts.slice(0, MAX_ALERTS),
  }
}
