/** `GET /api/v1/health`: problems of the appliance itself, not of the monitored network. */
import { z } from "zod"
import { CheckId, CheckMessage } from "./check-messages.ts"
import { HealthMessage } from "./notice-messages.ts"
import { RUNBOOK_IDS } from "./runbooks.ts"
import { EpochMs } from "./shared.ts"

/** `unknown`: not known yet, or what it is read from does not answer. */
export const CheckState = z.enum(["ok", "warning", "critical", "unknown"])
export type CheckState = z.infer<typeof CheckState>

export const HealthCheck = z.object({
  id: CheckId,
  /** A state holds: it follows what is measured only when that lasts. */
  state: CheckState,
  /** Epoch ms since when it has this state. */
  sinceMs: EpochMs,
  unit: z.enum(["ms", "bytes", "count", "days"]),
  /** What was measured last; null: not known, or nothing to measure. */
  value: z.number().nullable(),
  /** Where the state changes; null: never, or by something that is no number. */
  limits: z.object({ warning: z.number().nullable(), critical: z.number().nullable() }),
  message: CheckMessage,
  runbook: z.enum(RUNBOOK_IDS),
})
export type HealthCheck = z.infer<typeof HealthCheck>

export const Health = z.object({
  /** Epoch ms of the last evaluation; null: none yet. */
  checkedAtMs: EpochMs.nullable(),
  checks: z.array(HealthCheck),
  problems: z.array(
    z.object({
      /**
       * `storage-failing`: nothing can be stored. `clock-set`: the clock of its host was set
       * recently. `clock-unsynchronised`: it follows no time server. `seed`: parts of the headless
       * configuration were not applied. `certificate`: the provider's certificate of the UI is not
       * usable, or expires soon.
       */
      reason: z.enum([
        "storage-failing",
        "clock-set",
        "clock-unsynchronised",
        "seed",
        "certificate",
      ]),
      message: HealthMessage,
      sinceMs: EpochMs,
    }),
  ),
})
export type Health = z.infer<typeof Health>
