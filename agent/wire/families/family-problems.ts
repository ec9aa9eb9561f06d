/** What is wrong with rows of metric families. Checked by a test, and before tables are made. */
import type { Family } from "./family.ts"
import type { StoredField } from "./field.ts"

/** The `kind` of a sample: also part of the name of a collector. */
const FAMILY_NAME = /^[a-z][a-z0-9-]{0,31}$/
const METRIC_NAME = /^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/
const FIELD_NAME = /^[a-z][A-Za-z0-9]{0,40}$/
/** A name that the database, the wire and the docs all take. */
const COLUMN_NAME = /^[a-z][a-z0-9_]{0,40}$/
/** Other items of a batch have these kinds. */
const OTHER_KINDS = ["event", "facts", "rows"]
/** Probes have a writer of their own; no other family can be by target. */
const PROBES = "ping"
/** Members that every sample has. */
const SAMPLE_FIELDS = ["kind", "device", "atMs", "source"]
/** Columns that every table has, and names that statements use beside them. */
const RESERVED_COLUMNS = ["ts", "at", "key"]

const repeatedIn = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
]

const nameProblems = ({ name, key }: Family): readonly string[] => [
  ...(FAMILY_NAME.test(name) ? [] : ["its name is not in kebab case, such as dhcp-pool"]),
  ...(OTHER_KINDS.includes(name) ? ["other items of a batch have this name"] : []),
  ...(key.by === "target" && name !== PROBES ? ["only probes are by target"] : []),
]

const fieldProblems = ({ key, fields }: Family): readonly string[] => {
  const taken = [
    ...SAMPLE_FIELDS,
    ...(key.by === "interface" ? ["interface"] : []),
    ...(key.by === "name" && key.units !== undefined ? ["unit"] : []),
  ]
  const keyFields = key.by === "name" ? [key.field] : []
  const names = [...keyFields, ...fields.map(({ name }) => name)]
  return [
    ...names.filter((each) => !FIELD_NAME.test(each)).map((each) => `${each} is no field name`),
    ...[...names.filter((each) => taken.includes(each)), ...repeatedIn(names)].map(
      (each) => `a sample has another field called ${each}`,
    ),
  ]
}

/** `n` counts the rows of a bucket: also the values of a field that is never null. */
const rollupColumns = (fields: readonly StoredField[]): readonly string[] =>
  fields.flatMap(({ rollup, field }) =>
    Object.entries(rollup ?? {}).flatMap(([aggregate, column]) =>
      aggregate === "n" && column === "n" && field.isRequired === true ? [] : [column],
    ),
  )

const columnProblems = ({ storage, fields }: Family): readonly string[] => {
  const reserved = [...RESERVED_COLUMNS, storage.key]
  const columns = fields.map(({ column }) => column)
  const stored = rollupColumns(fields)
  const names = [storage.table, storage.last, ...columns, ...stored]
  return [
    ...names.filter((each) => !COLUMN_NAME.test(each)).map((each) => `${each} is no column name`),
    ...[
      ...columns.filter((each) => reserved.includes(each)),
      ...stored.filter((each) => reserved.includes(each) || each === "n"),
    ].map((each) => `the column ${each} is reserved`),
    ...[...repeatedIn(columns), ...repeatedIn(stored)].map(
      (each) => `two fields have the column ${each}`,
    ),
  ]
}

const metricNames = ({ fields, derived }: Family): readonly string[] => [
  ...fields.map(({ field }) => field.metric),
  ...derived.map(({ metric }) => metric),
]

const metricProblems = (family: Family): readonly string[] => {
  const { fields, derived, charts } = family
  const metrics = metricNames(family)
  return [
    ...metrics
      .filter((each) => !METRIC_NAME.test(each))
      .map((each) => `${each} is no metric name, such as ping.rtt_ms`),
    ...charts
      .flatMap((chart) => chart.metrics)
      .filter((each) => !metrics.includes(each))
      .map((each) => `a chart shows ${each}, which it does not have`),
    ...derived.flatMap(({ metric, of, to }) =>
      [of, to]
        .filter((each) => !fields.some(({ name }) => name === each))
        .map((each) => `${metric} is derived from ${each}, which it does not have`),
    ),
  ]
}

const valueProblems = ({ field, rollup }: StoredField): readonly string[] => {
  const codes = field.kind === "state" ? Object.values(field.states) : []
  const hasBoth = rollup?.min !== undefined && rollup.max !== undefined
  return [
    ...(repeatedIn(codes.map(String)).length > 0
      ? [`two states of ${field.metric} have one code`]
      : []),
    ...(field.hasExtremes === true && !hasBoth
      ? [`${field.metric} has extremes, and its rollup has no min and max`]
      : []),
  ]
}

const problemsIn = (family: Family): readonly string[] => [
  ...nameProblems(family),
  ...fieldProblems(family),
  ...columnProblems(family),
  ...metricProblems(family),
  ...family.fields.flatMap(valueProblems),
  ...(family.storage.rollups.includes("1h") ? [] : ["long ranges need a rollup of 1h"]),
]

/** In sentences; empty if nothing is wrong. */
export const problemsOf = (families: readonly Family[]): readonly string[] => {
  const taken = new Set<string>()
  return families.flatMap((family) => {
    const { name, storage } = family
    const repeated = [name, ...metricNames(family), storage.table].filter((each, index, all) => {
      const isOwnTable = index === all.length - 1 && each === name
      if (taken.has(each) && !isOwnTable) return true
      taken.add(each)
      return false
    })
    return [...repeated.map((each) => `the name ${each} is used twice`), ...problemsIn(family)].map(
      (text) => `metric family ${name}: ${text}`,
    )
  })
}
