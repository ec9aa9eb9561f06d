/** `GET /api/v1/health`: problems of the appliance itself, not of the monitored network. */
import { z } from "zod"
import { HealthMessage } from "./notice-messages.ts"
import { EpochMs } from "./shared.ts"

export const Health = z.object({
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
