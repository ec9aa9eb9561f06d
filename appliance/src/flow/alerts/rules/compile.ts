/** A rule, ready to be evaluated: what it is about, its levels, and why it is not active. */
import type { LocalText, Rule, Scope } from "../../../api/alert-rules.ts"
import type { Severity } from "../../../api/incidents.ts"
import type { RuleInactiveMessage } from "../../../api/rule-messages.ts"
import type { RuleOfAlert } from "../model.ts"
import {
  EVENTS,
  keptMs,
  type Needs,
  noNeeds,
  type Readers,
  type Slots,
  type Test,
  testOf,
} from "./condition.ts"
import { conditionsOf, leavesOf, levelsOf, metricsNamed } from "./conditions-of.ts"
import { durationMs } from "./durations.ts"
import type { MetricCatalogue, RuleMetric } from "./metrics.ts"
import type { LevelTimes } from "./rule-state.ts"

export type CompiledLevel = LevelTimes & {
  readonly severity: Severity
  readonly test: Test
  /** The bound that raises it; null: the condition has none of its own. */
  readonly limit: number | null
  /** Counting is all it does, so changes that are explained otherwise leave nothing of it. */
  readonly isCount: boolean
}
export type CompiledRule = {
  readonly rule: Rule
  readonly id: string
  readonly name: { readonly en: string; readonly tr: string }
  readonly scope: Scope
  /** `device`, `interface`, or what the rows of a family by name are of. */
  readonly entity: string
  /** The family whose entities the alerts are of; null: any family of the device. */
  readonly family: string | null
  /** Families whose samples may change it, and what is kept of them. */
  readonly needs: Needs
  readonly families: ReadonlySet<string>
  /** The most severe first. */
  readonly levels: readonly CompiledLevel[]
  readonly unit: string
  /** Names of the values that alerts show; null: they are numbers. */
  readonly states: ReadonlyMap<number, string> | null
  readonly symptom: RuleOfAlert["symptom"]
  /** Its own text with placeholders; null: it has none. */
  readonly text: { readonly en: string; readonly tr: string } | null
  /** Two texts that are equal are one rule: its alerts go on when other rules change. */
  readonly fingerprint: string
}
export type InactiveRule = { readonly rule: Rule; readonly why: RuleInactiveMessage }

export const localText = (text: LocalText): { readonly en: string; readonly tr: string } =>
  typeof text === "string" ? { en: text, tr: text } : { en: text.en, tr: text.tr ?? text.en }

/** Why it cannot be evaluated now; null: it can. */
export const inactiveBecause = (
  catalogue: MetricCatalogue,
  rule: Rule,
): RuleInactiveMessage | null => {
  if (!rule.enabled) return { code: "rule.inactive.disabled", params: {} }
  const missing = [...metricsNamed(rule)].filter((name) => catalogue.get(name) === undefined)
  if (missing.length > 0)
    return { code: "rule.inactive.not-collected", params: { metrics: missing } }
  if (rule.scope.customers !== undefined || rule.scope.plans !== undefined)
    return { code: "rule.inactive.customers", params: {} }
  return null
}

const SEVERITIES: readonly Severity[] = ["critical", "major", "minor", "warning"]

/** What the alerts are of: the entity of the metrics that are not of the device itself. */
export const entityOfRule = (
  catalogue: MetricCatalogue,
  rule: Rule,
): { readonly entity: string; readonly family: string | null } => {
  const metrics = [...metricsNamed(rule)].flatMap((name) => catalogue.get(name) ?? [])
  const own = metrics.find(({ entity }) => entity !== "device") ?? metrics[0]
  return own === undefined
    ? { entity: "device", family: null }
    : { entity: own.entity, family: own.entity === "device" ? null : own.family }
}

/** The rule must be active and without problems. */
export const compileRule = (
  catalogue: MetricCatalogue,
  slots: Slots,
  rule: Rule,
  readers: Readers = new Map(),
): CompiledRule => {
  const needs = noNeeds()
  const levels = levelsOf(rule)
    .map(({ severity, when, forText, recoverText, status }): CompiledLevel => {
      const [leaf] = leavesOf(when)
      const limit =
        leaf !== undefined && "metric" in leaf ? (leaf.above ?? leaf.below ?? null) : null
      return {
        severity,
        status,
        forMs: durationMs(forText),
        recoverMs: durationMs(recoverText),
        test: testOf({ catalogue, slots, needs, readers }, when),
        limit,
        isCount: "changes" in when || "events" in when,
      }
    })
    .toSorted((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity))
  const families = new Set([...needs.metrics].map(({ family }) => family))
  if (needs.events.size > 0) families.add(EVENTS)
  const [first] = conditionsOf(rule).flatMap((one) => [...leavesOf(one)])
  return {
    rule,
    id: rule.id,
    name: localText(rule.name),
    scope: rule.scope,
    ...entityOfRule(catalogue, rule),
    needs,
    families,
    levels,
    unit: unitOf(catalogue, first),
    states: statesOf(catalogue, first),
    symptom: symptomOf(rule),
    text: rule.message === undefined ? null : localText(rule.message),
    fingerprint: JSON.stringify({ ...rule, name: null, description: null, runbook: null }),
  }
}

const SYMPTOMS: Readonly<Record<string, RuleOfAlert["symptom"]>> = {
  "ping.loss_pct": "loss",
  "ping.rtt_ms": "latency",
  "interface.errors": "errors",
  "interface.drops": "drops",
  "interface.load_pct": "load",
  "device.cpu_pct": "processor",
  "service.up": "service",
  "service.outcome": "service",
}
/** A rule about several things is about none of them. */
const symptomOf = (rule: Rule): RuleOfAlert["symptom"] => {
  const [metric = "", ...more] = metricsNamed(rule)
  if (more.length > 0) return null
  return SYMPTOMS[metric] ?? (metric.startsWith("optics.") ? "optics" : null)
}

const unitOf = (
  catalogue: MetricCatalogue,
  leaf: ReturnType<typeof leavesOf>[number] | undefined,
): string => {
  if (leaf === undefined) return ""
  if ("metric" in leaf && leaf.by === "change-pct") return "%"
  const name = "metric" in leaf ? leaf.metric : "deviation" in leaf ? leaf.deviation : null
  return name === null ? "" : (catalogue.get(name)?.unit ?? "")
}

/** A mean or a difference of states is none. */
const OF_ONE_VALUE: ReadonlySet<string> = new Set(["last", "min", "max"])
const statesOf = (
  catalogue: MetricCatalogue,
  leaf: ReturnType<typeof leavesOf>[number] | undefined,
): CompiledRule["states"] => {
  if (leaf === undefined || !("metric" in leaf)) return null
  const isOne = leaf.over === undefined || OF_ONE_VALUE.has(leaf.by ?? "")
  const states = isOne ? (catalogue.get(leaf.metric)?.states ?? null) : null
  return states && new Map(Object.entries(states).map(([name, value]) => [value, name]))
}

/** All active rules together: which values points keep, and for how long. */
export type RuleSet = {
  readonly rules: readonly CompiledRule[]
  readonly inactive: readonly InactiveRule[]
  /** Rules over the conditions of the program, by evaluator. */
  readonly evaluators: ReadonlyMap<string, Rule>
  readonly byFamily: ReadonlyMap<string, readonly CompiledRule[]>
  /** Metrics whose values are kept, by family, in the order of the slots. */
  readonly kept: ReadonlyMap<string, readonly RuleMetric[]>
  readonly keepMs: ReadonlyMap<string, number>
  readonly countMs: ReadonlyMap<string, number>
  readonly changeSlots: ReadonlyMap<string, readonly number[]>
  readonly events: ReadonlySet<string>
  readonly baselines: ReadonlySet<string>
}

export const compileRules = (catalogue: MetricCatalogue, given: readonly Rule[]): RuleSet => {
  const inactive: InactiveRule[] = []
  const active: Rule[] = []
  const evaluators = new Map<string, Rule>()
  for (const rule of given) {
    const why = inactiveBecause(catalogue, rule)
    if (rule.evaluator !== undefined) evaluators.set(rule.evaluator, rule)
    else if (why !== null) inactive.push({ rule, why })
    else active.push(rule)
  }
  const kept = new Map<string, RuleMetric[]>()
  const slots = slotsOf(kept)
  const readers: Readers = new Map()
  const rules = active.map((rule) => compileRule(catalogue, slots, rule, readers))
  const families = new Set([...rules.flatMap((one) => [...one.families])])
  const maxOf = (of: (one: CompiledRule) => number): number => Math.max(0, ...rules.map(of))
  return {
    rules,
    inactive,
    evaluators,
    kept,
    byFamily: new Map(
      [...families].map((name) => [name, rules.filter((one) => one.families.has(name))]),
    ),
    keepMs: new Map([...families].map((name) => [name, maxOf(({ needs }) => keptMs(needs, name))])),
    countMs: new Map(
      [...families].map((name) => [name, maxOf(({ needs }) => needs.countMs.get(name) ?? 0)]),
    ),
    changeSlots: new Map(
      [...families].map((name) => [
        name,
        [...new Set(rules.flatMap(({ needs }) => [...needs.counted]))].flatMap((metric) =>
          metric.family === name ? [slots(metric)[0] ?? 0] : [],
        ),
      ]),
    ),
    events: new Set(rules.flatMap(({ needs }) => [...needs.events])),
    baselines: new Set(rules.flatMap(({ needs }) => [...needs.baselines])),
  }
}

/** Each metric that a rule names takes the next slots of its family. */
const slotsOf = (kept: Map<string, RuleMetric[]>): Slots => {
  const known = new Map<RuleMetric, readonly number[]>()
  return (metric) => {
    const found = known.get(metric)
    if (found !== undefined) return found
    const list = kept.get(metric.family) ?? []
    const from = list.reduce((sum, { reads }) => sum + reads.length, 0)
    kept.set(metric.family, [...list, metric])
    const slots = metric.reads.map((_, index) => from + index)
    known.set(metric, slots)
    return slots
  }
}
