/** Checks of what has a date: certificates and backups. Pure. */
import type { CheckState } from "../../api/health.ts"
import { grade, type Limits } from "./grade.ts"
import type { BackupReading, CheckResult, Readings } from "./model.ts"

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Somebody has to order and install it. */
const OWN: Limits = { warning: 21, critical: 7 }
/** Renewed by itself ten days before its end: with fewer, renewals have failed for days. */
const OF_AGENT: Limits = { warning: 7, critical: 2 }

type Dated = {
  /** Null: the provider's certificate of the UI. */
  readonly agent: string | null
  readonly days: number
  readonly limits: Limits
}
const datedCertificates = ({ nowMs, certificate, agents }: Readings): readonly Dated[] => {
  const daysTo = (atMs: number): number => (atMs - nowMs) / DAY_MS
  const { expiresAtMs } = certificate
  return [
    ...(expiresAtMs === null ? [] : [{ agent: null, days: daysTo(expiresAtMs), limits: OWN }]),
    ...(agents ?? []).flatMap(({ name, certificateExpiresAtMs: atMs }) =>
      atMs === null ? [] : [{ agent: name, days: daysTo(atMs), limits: OF_AGENT }],
    ),
  ]
}
/** The one that is closest to its limit. */
const nextToExpire = (readings: Readings): Dated | null => {
  const spare = ({ days, limits }: Dated): number => days - (limits.warning ?? 0)
  return [...datedCertificates(readings)].sort((a, b) => spare(a) - spare(b))[0] ?? null
}

export const certificateLimits = (readings: Readings): Limits =>
  nextToExpire(readings)?.limits ?? OWN

export const checkCertificates = (readings: Readings, was: CheckState): CheckResult => {
  const { fault } = readings.certificate
  // The appliance serves a certificate of its own meanwhile, which browsers do not trust.
  if (fault !== null)
    return {
      state: "critical",
      value: null,
      message: { code: "check.certificate-unusable", params: { fault } },
    }
  const next = nextToExpire(readings)
  if (next === null)
    return readings.agents === null
      ? { state: "unknown", value: null, message: { code: "check.no-data", params: {} } }
      : { state: "ok", value: null, message: { code: "check.certificates-own", params: {} } }
  const { agent, limits } = next
  const days = Math.max(0, Math.floor(next.days))
  return {
    state: grade(next.days, limits, "below", was),
    value: days,
    message:
      next.days <= 0
        ? { code: "check.certificate-expired", params: { agentName: agent } }
        : { code: "check.certificate-days", params: { agentName: agent, days } },
  }
}

/** A backup takes its time, and one may be missed. */
const OVERDUE = { warning: 1.5, critical: 3 } as const
export const backupLimits = ({ backup }: Readings): Limits =>
  backup === null || backup.everyMs === null
    ? { warning: null, critical: null }
    : {
        warning: backup.everyMs * OVERDUE.warning,
        critical: backup.everyMs * OVERDUE.critical,
      }

const neverVerified = (
  { hasFailed, keyMadeAtMs }: BackupReading,
  limits: Limits,
  nowMs: number,
  was: CheckState,
): CheckResult => {
  const sinceMs = keyMadeAtMs === null ? 0 : Math.max(0, nowMs - keyMadeAtMs)
  const state = grade(sinceMs, limits, "above", was)
  return {
    state: hasFailed && state === "ok" ? "warning" : state,
    value: null,
    message: { code: hasFailed ? "check.backup-only-failed" : "check.backup-never", params: {} },
  }
}

/** Backups that nobody has set up are a warning: it may be meant, and opens no incident. */
export const checkBackup = (readings: Readings, was: CheckState): CheckResult => {
  const { backup, nowMs } = readings
  if (backup === null)
    return { state: "unknown", value: null, message: { code: "check.no-data", params: {} } }
  if (backup.everyMs === null)
    return { state: "warning", value: null, message: { code: "check.backup-off", params: {} } }
  const limits = backupLimits(readings)
  if (backup.lastVerifiedAtMs === null) return neverVerified(backup, limits, nowMs, was)
  const agoMs = Math.max(0, nowMs - backup.lastVerifiedAtMs)
  const state = grade(agoMs, limits, "above", was)
  if (backup.hasFailed)
    return {
      state: state === "critical" ? state : "warning",
      value: agoMs,
      message: { code: "check.backup-failed", params: { agoMs } },
    }
  return {
    state,
    value: agoMs,
    message: {
      code: state === "ok" ? "check.backup-verified" : "check.backup-overdue",
      params: { agoMs },
    },
  }
}
