/** When backups are due. Times are epoch ms, in UTC. */
import type { BackupFrequency } from "../../api/backup.ts"

export type Schedule = { readonly frequency: BackupFrequency; readonly hourUtc: number }

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const EVERY_MS = { hourly: HOUR_MS, daily: DAY_MS, weekly: 7 * DAY_MS } as const
/** The first Sunday of 1970. */
const SUNDAY_MS = 3 * DAY_MS

/** The latest moment at or before `nowMs` at which a backup was due; null: none is. */
export const latestSlotMs = ({ frequency, hourUtc }: Schedule, nowMs: number): number | null => {
  if (frequency === "off") return null
  const everyMs = EVERY_MS[frequency]
  const firstMs =
    (frequency === "weekly" ? SUNDAY_MS : 0) + (frequency === "hourly" ? 0 : hourUtc * HOUR_MS)
  return firstMs + Math.floor((nowMs - firstMs) / everyMs) * everyMs
}
export const nextSlotMs = (schedule: Schedule, nowMs: number): number | null => {
  const latestMs = latestSlotMs(schedule, nowMs)
  if (latestMs === null || schedule.frequency === "off") return null
  return latestMs + EVERY_MS[schedule.frequency]
}
/** One that was made since counts, by whatever reason; what was due while the appliance was off is made up once. */
export const isDue = (
  schedule: Schedule,
  lastStartedAtMs: number | null,
  nowMs: number,
): boolean => {
  const slotMs = latestSlotMs(schedule, nowMs)
  return slotMs !== null && (lastStartedAtMs === null || lastStartedAtMs < slotMs)
}
