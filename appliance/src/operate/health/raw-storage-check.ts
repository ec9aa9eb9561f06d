/** Whether the disk of the database has room for raw values. Pure. */
import type { CheckMessage } from "../../api/check-messages.ts"
import type { CheckState } from "../../api/health.ts"
import { grade, type Limits } from "./grade.ts"
import type { CheckResult, RawStorageReading, Readings } from "./model.ts"

/** Shares that are free. Values are dropped early from the second on. */
const WARNING = 0.2
const CRITICAL = 0.1

export const rawStorageLimits = ({ rawStorage }: Readings): Limits => {
  if (rawStorage === null) return { warning: null, critical: null }
  const bytes = rawStorage.usedBytes + rawStorage.freeBytes
  return { warning: bytes * WARNING, critical: bytes * CRITICAL }
}

const messageOf = (reading: RawStorageReading, nowMs: number): CheckMessage => {
  const { usedBytes, freeBytes, level, droppedUntilMs, notStored } = reading
  const usedPct = Math.round((100 * usedBytes) / Math.max(1, usedBytes + freeBytes))
  switch (level) {
    case "normal":
      return { code: "check.storage-stored", params: { usedPct } }
    case "shorten": {
      const keptMs = droppedUntilMs === null ? null : Math.max(0, nowMs - droppedUntilMs)
      return { code: "check.storage-shortened", params: { usedPct, keptMs } }
    }
    case "stop":
      return { code: "check.storage-stopped", params: { usedPct, ...notStored } }
  }
}

export const checkRawStorage = (readings: Readings, was: CheckState): CheckResult => {
  const { rawStorage, nowMs } = readings
  if (rawStorage === null)
    return {
      state: "unknown",
      value: null,
      message: { code: "check.storage-elsewhere", params: {} },
    }
  const found = grade(rawStorage.freeBytes, rawStorageLimits(readings), "below", was)
  return {
    state: rawStorage.level === "normal" ? found : "critical",
    value: rawStorage.freeBytes,
    message: messageOf(rawStorage, nowMs),
  }
}
