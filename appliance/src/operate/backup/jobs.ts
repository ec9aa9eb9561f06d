/** Backups as durable jobs: one that makes a backup, one that looks at the schedule. */
import { z } from "zod"
import { defineJob, type Job } from "../../platform/jobs/jobs.ts"

export const RunPayload = z.strictObject({ run: z.uuid() })
export type RunPayload = z.infer<typeof RunPayload>
const EACH_FIVE_MINUTES = "*/5 * * * *"
const MINUTE_S = 60
const MAX_S = 12 * 60 * MINUTE_S

type Making = {
  readonly run: (id: string, signal: AbortSignal) => Promise<void>
  readonly followSchedule: () => Promise<void>
}
export const backupJobs = (
  backups: () => Making,
): { readonly run: Job<RunPayload>; readonly schedule: Job<Record<string, never>> } => ({
  run: defineJob({
    name: "backup",
    payload: RunPayload,
    isUnique: true,
    retry: { limit: 2, delayS: MINUTE_S, maxDelayS: 10 * MINUTE_S },
    timeoutS: MAX_S,
    run: ({ run }, { signal }) => backups().run(run, signal),
  }),
  schedule: defineJob({
    name: "backup-schedule",
    payload: z.strictObject({}),
    schedule: { cron: EACH_FIVE_MINUTES, payload: {} },
    isUnique: true,
    retry: { limit: 0, delayS: MINUTE_S, maxDelayS: MINUTE_S },
    timeoutS: MINUTE_S,
    run: () => backups().followSchedule(),
  }),
})
