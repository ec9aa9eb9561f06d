/**
 * Values over time and the latest ones. Metrics have their public names and units (docs/metrics.md),
 * whatever agents send and tables hold. Columns, not rows: `atMs[i]` belongs to `columns.x[i]`; a
 * gap is null, never a line drawn through.
 */
import { FAMILIES, type Family, metricsOf, UNITS } from "@ispvm/wire/families"
import { z } from "zod"
import { fieldParams } from "./field-messages.ts"
import { EpochMs } from "./shared.ts"

const MAX_THINGS = 200

/**
 * `GET /devices/{id}/series`: `from` and `to` in epoch ms, at most `points` buckets. `interface` is
 * needed for families by interface. Of a family by name, the answer has the thing called `name`, or
 * at most `top` things. `metrics` selects columns, joined by commas.
 */
export const seriesQuery = (families: readonly Family[]) =>
  z
    .object({
      family: z.enum(families.map(({ name }) => name)),
      from: z.coerce.number().int().nonnegative(),
      to: z.coerce.number().int().nonnegative(),
      interface: z.coerce.number().int().positive().optional(),
      name: z.string().max(256).optional(),
      top: z.coerce.number().int().min(1).max(MAX_THINGS).default(50),
      metrics: z
        .string()
        .max(2_000)
        .transform((text) => text.split(","))
        .optional(),
      points: z.coerce.number().int().min(2).max(2_000).default(600),
    })
    .superRefine(({ family, metrics = [] }, context) => {
      const known = families.flatMap((each) =>
        each.name === family ? metricsOf(each).map(({ metric }) => metric) : [],
      )
      const metric = metrics.find((each) => !known.includes(each))
      if (metric === undefined) return
      const params = fieldParams({
        code: "field.metric",
        params: { metric, family, choices: known },
      })
      context.addIssue({ code: "custom", path: ["metrics"], params })
    })
export const SeriesQuery = seriesQuery(FAMILIES)

const Units = z.record(z.string(), z.enum(UNITS))
/**
 * One item, or one for each named thing. `unit` is the thing's own, of a metric with the unit
 * `sample`. A metric with extremes has columns `<metric>.min` and `<metric>.max` as well. `states`
 * has the code of each state by name, for metrics that are states; a higher code is worse. `total`
 * is how many things there are.
 */
export const SeriesAnswer = z.object({
  family: z.string(),
  fromMs: EpochMs,
  toMs: EpochMs,
  bucketMs: z.int().positive(),
  atMs: z.array(EpochMs),
  items: z.array(
    z.object({
      name: z.string().nullable(),
      unit: z.string().nullable(),
      columns: z.record(z.string(), z.array(z.number().nullable())),
    }),
  ),
  total: z.int().nonnegative(),
  units: Units,
  states: z.record(z.string(), z.record(z.string(), z.int())),
})
export type SeriesAnswer = z.infer<typeof SeriesAnswer>

/** `GET /devices/{id}/metrics`: of one family, or of all. */
export const latestQuery = (families: readonly Family[]) =>
  z.object({ family: z.enum(families.map(({ name }) => name)).optional() })
export const LatestQuery = latestQuery(FAMILIES)
/** Latest values by metric. `name`: of an interface or a named thing. */
export const LatestValues = z.object({
  family: z.string(),
  name: z.string().nullable(),
  unit: z.string().nullable(),
  atMs: EpochMs,
  values: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()]).nullable()),
})
export type LatestValues = z.infer<typeof LatestValues>

/**
 * `GET /metric-families`: what is measured, of what, in which unit, and how it is drawn. Metrics of
 * one chart share its unit. `top`: how many things of a family by name one chart shows.
 */
export const MetricFamily = z.object({
  family: z.string(),
  title: z.string(),
  description: z.string(),
  /** What a row is about: `device`, `interface`, or a named thing such as `peer`. */
  entity: z.string(),
  metrics: z.array(
    z.object({
      metric: z.string(),
      unit: z.enum(UNITS),
      kind: z.enum(["number", "bool", "state"]),
      states: z.record(z.string(), z.int()).nullable(),
      /** Its name in legends. */
      label: z.string(),
      description: z.string(),
      /** Whether an alert rule may reference it. */
      isRuleMetric: z.boolean(),
    }),
  ),
  charts: z.array(
    z.object({
      title: z.string(),
      metrics: z.array(z.string()),
      style: z.enum(["line", "area", "band"]),
      minRange: z.number(),
      top: z.int().positive().nullable(),
      isFault: z.boolean(),
    }),
  ),
})
export type MetricFamily = z.infer<typeof MetricFamily>
/** `GET /devices/{id}/metric-families`: every family, and whether the device has values of it. */
export const DeviceMetricFamily = MetricFamily.extend({ hasValues: z.boolean() })
export type DeviceMetricFamily = z.infer<typeof DeviceMetricFamily>
