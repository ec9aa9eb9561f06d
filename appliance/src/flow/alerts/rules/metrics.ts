/**
 * The metrics that rules may name, and how a value is read from a sample. A ratio is kept as its
 * two parts, so that over a window it is the ratio of their sums: of 60 probes, not of 60 shares.
 */
import {
  entityOf,
  FAMILIES,
  type Family,
  metricsOf,
  numberOf,
  toPublic,
} from "@ispvm/wire/families"

/** The number of a part of a value in a sample; NaN: none. */
export type Read = (sample: object) => number
export type RuleMetric = {
  readonly metric: string
  readonly family: string
  /** `device`, `interface`, or what the family's rows are of, such as `sensor`. */
  readonly entity: string
  readonly unit: string
  readonly kind: "number" | "bool" | "state"
  readonly states: Readonly<Record<string, number>> | null
  readonly description: string
  /** What a point keeps of it. */
  readonly reads: readonly Read[]
  /** From the parts, or from the sums of them; `capacity`: of the interface, in bit/s. */
  readonly valueOf: (parts: readonly number[], capacity: number | null) => number
  /** `valueOf` needs the capacity. */
  readonly usesCapacity?: true
  /** Sums of the parts give the value over a window. */
  readonly isRatio: boolean
}

const nan = (value: number | null): number => value ?? Number.NaN
const single = (parts: readonly number[]): number => parts[0] ?? Number.NaN

type Probe = {
  readonly answers?: boolean
  readonly icmp?: { readonly sent: number; readonly received: number } | null
}
/** A device that drops ICMP and answers by TCP has no loss: such a round does not count. */
const countsAsProbe = ({ answers, icmp }: Probe): boolean =>
  icmp != null && !(answers === true && icmp.received === 0)
const LOSS_READS: readonly Read[] = [
  (sample) => {
    const probe = sample as Probe
    return countsAsProbe(probe) ? (probe.icmp?.received ?? 0) : Number.NaN
  },
  (sample) => {
    const probe = sample as Probe
    return countsAsProbe(probe) ? (probe.icmp?.sent ?? 0) : Number.NaN
  },
]

const metricsOfFamily = (family: Family): RuleMetric[] => {
  const byMetric = new Map(metricsOf(family).map((one) => [one.metric, one]))
  const readOf = (name: string): Read => {
    const stored = family.fields.find((one) => one.name === name)
    return (sample) => (stored === undefined ? Number.NaN : nan(numberOf(stored, sample)))
  }
  const made = (metric: string, own: Pick<RuleMetric, "reads" | "valueOf" | "isRatio">) => {
    const known = byMetric.get(metric)
    if (known?.isRuleMetric !== true) return []
    const { unit, kind, states, description } = known
    const common = { metric, family: family.name, entity: entityOf(family) }
    return [{ ...common, unit, kind, states, description, ...own }]
  }
  return [
    ...family.fields.flatMap((stored) =>
      made(stored.field.metric, {
        reads: [
          (sample) => {
            const value = numberOf(stored, sample)
            return value === null ? Number.NaN : toPublic(value, stored.field.scale)
          },
        ],
        valueOf: single,
        isRatio: false,
      }),
    ),
    ...family.derived.flatMap(({ metric, of, to, isRest, scale }) =>
      made(metric, {
        reads: metric === "ping.loss_pct" ? LOSS_READS : [readOf(of), readOf(to)],
        valueOf: ([part = Number.NaN, whole = Number.NaN]) => {
          if (!(whole > 0)) return Number.NaN
          return scale * (isRest === true ? 1 - part / whole : part / whole)
        },
        isRatio: true,
      }),
    ),
  ]
}

/** Computed here, because what it needs besides samples is in the inventory. */
const LOAD: Omit<RuleMetric, "reads"> = {
  metric: "interface.load_pct",
  family: "interface",
  entity: "interface",
  unit: "%",
  kind: "number",
  states: null,
  description: "the busier direction, of the link's capacity or else of the interface's own speed",
  valueOf: ([rx = Number.NaN, tx = Number.NaN], capacity) =>
    capacity === null || !(capacity > 0) ? Number.NaN : (100 * Math.max(rx, tx)) / capacity,
  isRatio: false,
  usesCapacity: true,
}

const withLoad = (metrics: readonly RuleMetric[]): RuleMetric[] => {
  const readOf = (name: string): Read =>
    metrics.find(({ metric }) => metric === name)?.reads[0] ?? (() => Number.NaN)
  const reads = [readOf("interface.rx_bps"), readOf("interface.tx_bps")]
  return [...metrics, { ...LOAD, reads }]
}

export type MetricCatalogue = {
  readonly get: (metric: string) => RuleMetric | undefined
  readonly all: readonly RuleMetric[]
  /** Metrics of the same first word as an unknown one: it is a typing error, if there are any. */
  readonly like: (metric: string) => readonly string[]
  readonly family: (name: string) => Family | undefined
}

export const createMetricCatalogue = (families: readonly Family[] = FAMILIES): MetricCatalogue => {
  const all = withLoad(families.flatMap(metricsOfFamily))
  const byName = new Map(all.map((one) => [one.metric, one]))
  const byFamily = new Map(families.map((one) => [one.name, one]))
  const subject = (metric: string): string => metric.split(".")[0] ?? ""
  return {
    all,
    get: (metric) => byName.get(metric),
    like: (metric) =>
      all.flatMap((one) => (subject(one.metric) === subject(metric) ? [one.metric] : [])),
    family: (name) => byFamily.get(name),
  }
}
export const METRICS = createMetricCatalogue()
