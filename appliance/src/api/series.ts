/** Values over time. Columns, not rows: `atMs[i]` belongs to `columns.x[i]`; a gap is null, never a line drawn through. */
import { z } from "zod"
import { EpochMs } from "./shared.ts"

/**
 * `GET /api/v1/devices/:id/series?kind=&from=&to=&interface=&points=`: from and to in epoch ms; at most `points` buckets (600).
 * ping: rttUs, rttMinUs, rttMaxUs, lossRatio · interface: rxBps, txBps, errorsPs, dropsPs, running · health: cpuRatio, memoryRatio, uptimeS ·
 * sensor: one column a sensor, named by it.
 */
export const SeriesQuery = z.object({
  kind: z.enum(["ping", "interface", "health", "sensor"]),
  from: z.coerce.number().int().nonnegative(),
  to: z.coerce.number().int().nonnegative(),
  interface: z.coerce.number().int().positive().optional(),
  points: z.coerce.number().int().min(2).max(2_000).default(600),
})
export type SeriesQuery = z.infer<typeof SeriesQuery>
export const SeriesAnswer = z.object({
  kind: SeriesQuery.shape.kind,
  fromMs: EpochMs,
  toMs: EpochMs,
  bucketMs: z.int().positive(),
  atMs: z.array(EpochMs),
  columns: z.record(z.string(), z.array(z.number().nullable())),
  units: z.record(z.string(), z.string()),
})
export type SeriesAnswer = z.infer<typeof SeriesAnswer>
