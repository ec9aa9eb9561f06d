/** Metric families for who stores, reads or draws them. */
export {
  describeFamily,
  type Entity,
  entityOf,
  type Metric,
  metricsOf,
  metricValues,
  numberOf,
  type PublicValue,
  publicValues,
  ruleMetrics,
  toPublic,
  type ValueKind,
} from "./catalog.ts"
export { FAMILIES } from "./families.ts"
export {
  type Chart,
  defineFamily,
  type Family,
  type Key,
  problemsOf,
  type RollupWidth,
  type Storage,
} from "./family.ts"
export {
  type Aggregate,
  bool,
  type ColumnType,
  type Combine,
  counter,
  type Derived,
  type Field,
  gauge,
  rate,
  type StoredField,
  state,
  UNITS,
  type Unit,
} from "./field.ts"
