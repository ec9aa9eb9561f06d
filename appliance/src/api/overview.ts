/** `GET /api/v1/overview`: the four figures and what stands out. */
import { z } from "zod"
import { EventRow, Incident } from "./incidents.ts"
import { EpochMs } from "./shared.ts"

export const Overview = z.object({
  devices: z.object({
    total: z.int(),
    ok: z.int(),
    degraded: z.int(),
    down: z.int(),
    unreachable: z.int(),
    recovering: z.int(),
    unknown: z.int(),
  }),
  links: z.object({ total: z.int(), down: z.int() }),
  agents: z.object({ total: z.int(), offline: z.int() }),
  /** What all watched links carry now, and over the last hour a minute a point. */
  trafficBps: z.number().nullable(),
  trafficHour: z.array(z.object({ atMs: EpochMs, bps: z.number().nullable() })),
  /** Median round trip to all devices that answer. */
  rttUs: z.number().nullable(),
  incidents: z.array(Incident),
  recentEvents: z.array(EventRow),
  quietSinceMs: EpochMs.nullable(),
})
export type Overview = z.infer<typeof Overview>
