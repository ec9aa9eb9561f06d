/** Metrics by their public names: what an alert rule may reference, and the values of a sample. */

import { FAMILIES } from "./families.ts"
import type { Family } from "./family.ts"
import type { Field, StoredField, Unit } from "./field.ts"

/** What a value belongs to: a device, an interface, or a named thing of a device such as "peer". */
export type Entity = string
export type ValueKind = "number" | "bool" | "state"
export type Metric = {
  readonly family: string
  readonly metric: string
  readonly unit: Unit
  readonly entity: Entity
  readonly kind: ValueKind
  /** Code by name, of a state; a higher code is worse. */
  readonly states: Readonly<Record<string, number>> | null
  readonly label: string
  readonly description: string
  readonly isRuleMetric: boolean
}

export const entityOf = ({ key }: Pick<Family, "key">): Entity =>
  key.by === "name" ? key.field : key.by === "target" ? "device" : key.by

const kindOf = ({ kind }: Field): ValueKind =>
  kind === "bool" || kind === "state" ? kind : "number"

export const metricsOf = (family: Family): readonly Metric[] => {
  const common = { family: family.name, entity: entityOf(family) }
  return [
    ...family.fields.map(
      ({ field }): Metric => ({
        ...common,
        metric: field.metric,
        unit: field.unit,
        kind: kindOf(field),
        states: field.kind === "state" ? field.states : null,
        label: field.label ?? field.description,
        description: field.description,
        isRuleMetric: field.isNoRuleMetric !== true,
      }),
    ),
    ...family.derived.map(
      ({ metric, unit, description, label = description }): Metric => ({
        ...common,
        metric,
        unit,
        kind: "number",
        states: null,
        label,
        description,
        isRuleMetric: true,
      }),
    ),
  ]
}

/** What an alert rule may reference. */
export const ruleMetrics = (families: readonly Family[] = FAMILIES): readonly Metric[] =>
  families.flatMap(metricsOf).filter(({ isRuleMetric }) => isRuleMetric)

/** A family as the UI API describes it. */
export const describeFamily = (family: Family) => ({
  family: family.name,
  title: family.title,
  description: family.description,
  entity: entityOf(family),
  metrics: metricsOf(family).map(({ family: _, entity: __, states, ...metric }) => ({
    ...metric,
    states: states === null ? null : { ...states },
  })),
  charts: family.charts.map((chart) => ({
    title: chart.title,
    metrics: [...chart.metrics],
    style: chart.style ?? "line",
    minRange: chart.minRange ?? 0,
    top: chart.top ?? null,
    isFault: chart.isFault ?? false,
  })),
})

type AnySample = Readonly<Record<string, unknown>>

const rawValue = ({ name, field: { path } }: StoredField, sample: AnySample): unknown => {
  if (path === undefined) return sample[name]
  const group = sample[path[0]]
  return typeof group === "object" && group !== null ? (group as AnySample)[path[1]] : null
}

/** The value of a field as a number: 1 for true, the code of a state; null if there is none. */
export const numberOf = (stored: StoredField, sample: object): number | null => {
  const value = rawValue(stored, sample as AnySample)
  if (typeof value === "number") return value
  if (typeof value === "boolean") return value ? 1 : 0
  if (typeof value === "string" && stored.field.kind === "state")
    return stored.field.states[value] ?? null
  return null
}

export type PublicValue = number | boolean | string | null

/** Divides by 1000 rather than multiplying by 0.001: 4012 × 0.001 is not 4.012. */
export const toPublic = (value: number, scale = 1): number =>
  scale < 1 ? value / Math.round(1 / scale) : value * scale

const publicValue = ({ field }: StoredField, value: number | null): PublicValue => {
  if (value === null) return null
  if (field.kind === "bool") return value === 1
  if (field.kind === "state")
    return Object.entries(field.states).find(([, code]) => code === value)?.[0] ?? null
  return toPublic(value, field.scale)
}

/** Public values by metric, from the numbers of `numberOf` by field name. */
export const publicValues = (
  { fields, derived }: Family,
  numbers: Readonly<Record<string, number | null>>,
): Readonly<Record<string, PublicValue>> => ({
  ...Object.fromEntries(
    fields.map((stored) => [
      stored.field.metric,
      publicValue(stored, numbers[stored.name] ?? null),
    ]),
  ),
  ...Object.fromEntries(
    derived.map(({ metric, of, to, isRest, scale }) => {
      const [part, whole] = [numbers[of] ?? null, numbers[to] ?? null]
      if (part === null || whole === null || whole === 0) return [metric, null]
      return [metric, scale * (isRest === true ? 1 - part / whole : part / whole)]
    }),
  ),
})

/** Public values of a sample by metric, in public units. */
export const metricValues = (family: Family, sample: object): ReturnType<typeof publicValues> =>
  publicValues(
    family,
    Object.fromEntries(family.fields.map((stored) => [stored.name, numberOf(stored, sample)])),
  )
