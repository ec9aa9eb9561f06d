/** `GET /api/v1/overview`: the four totals, open incidents and recent events. */
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
  /**
   * The current traffic of all monitored links, and that of the last hour, one value per minute.
   */
  trafficBps: z.number().nullable(),
  trafficHour: z.array(z.object({ atMs: EpochMs, bps: z.number().nullable() })),
  /** The median round-trip time of all devices that answer. */
  rttMs: z.number().nullable(),
  incidents: z.array(Incident),
  recentEvents: z.array(EventRow),
  quietSinceMs: EpochMs.nullable(),
})
export type Overview = z.infer<typeof Overview>
