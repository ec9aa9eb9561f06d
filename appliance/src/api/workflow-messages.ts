/** Timeline lines about what people do with incidents, and what ends by itself of it. */
import { z } from "zod"
import { message } from "./message-schema.ts"

/** Why an incident happened, as a person states it when closing it. */
export const CAUSE_CODES = [
  "fibre-cut",
  "power",
  "hardware",
  "configuration",
  "upstream-provider",
  "planned-work",
  "false-alarm",
  "unknown",
  "other",
] as const
export const CauseCode = z.enum(CAUSE_CODES)
export type CauseCode = z.infer<typeof CauseCode>

/** The levels of ITU-T X.733, the most severe first. */
const Level = z.enum(["critical", "major", "minor", "warning"])
const By = z.object({ by: z.string() })
/** `name` null: the window was removed. */
const InWindow = z.object({ window: z.string(), name: z.string().nullable() })
const Count = z.int().min(0)
const DurationMs = z.number().min(0)

export const workflowMessages = [
  message(
    "timeline.acknowledged-for",
    z.object({ by: z.string(), forMs: DurationMs, note: z.string() }),
  ),
  message("timeline.acknowledgement-expired", By),
  message("timeline.assigned", z.object({ by: z.string(), to: z.string() })),
  message("timeline.unassigned", By),
  message("timeline.snoozed", z.object({ by: z.string(), forMs: DurationMs })),
  message("timeline.unsnoozed", By),
  message("timeline.snooze-ended", z.object({})),
  message("timeline.severity", z.object({ by: z.string(), before: Level, severity: Level })),
  message("timeline.severity-automatic", By),
  message("timeline.ticket", z.object({ by: z.string(), ticket: z.string() })),
  message("timeline.ticket-removed", By),
  message(
    "timeline.cause-code",
    z.object({ by: z.string(), causeCode: CauseCode, isOver: z.boolean(), note: z.string() }),
  ),
  message("timeline.merged-by", z.object({ by: z.string(), into: z.string(), number: z.int() })),
  message("timeline.took-over", z.object({ by: z.string(), number: z.int(), symptoms: Count })),
  message("timeline.split-off", z.object({ by: z.string(), number: z.int(), symptoms: Count })),
  message("timeline.split-from", z.object({ by: z.string(), number: z.int(), symptoms: Count })),
  message("timeline.in-maintenance", InWindow),
  message("timeline.maintenance-over", InWindow),
  message("timeline.maintenance-exceeded", InWindow),
  message("timeline.cause-right", z.object({ by: z.string(), note: z.string() })),
  message(
    "timeline.cause-wrong",
    z.object({ by: z.string(), actual: z.string().nullable(), note: z.string() }),
  ),
] as const
export type WorkflowMessage = z.infer<(typeof workflowMessages)[number]>
