/** Metric families for who stores, reads or draws them. */
export {
  describeFamily,
  entityOf,
  metricsOf,
  numberOf,
  type PublicValue,
  publicValues,
  toPublic,
} from "./catalog.ts"
export { FAMILIES } from "./families.ts"
export { defineFamily, type Family, type RollupWidth } from "./family.ts"
export { problemsOf } from "./family-problems.ts"
export {
  type Aggregate,
  bool,
  type ColumnType,
  counter,
  type Field,
  gauge,
  rate,
  type StoredField,
  state,
  UNITS,
  type Unit,
} from "./field.ts"
