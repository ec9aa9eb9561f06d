/** All checks of the appliance itself: what each reads, its limits, and how long a change waits. */
import type { CheckId, CheckMessage } from "../../api/check-messages.ts"
import type { CheckState, HealthCheck } from "../../api/health.ts"
import { backupLimits, certificateLimits, checkBackup, checkCertificates } from "./dated-checks.ts"
import { grade, type Limits } from "./grade.ts"
import type { Hold } from "./hold.ts"
import type { CheckResult, Latency, Readings } from "./model.ts"
import { checkNotifications } from "./notification-check.ts"
import { checkRawStorage, rawStorageLimits } from "./raw-storage-check.ts"

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const GB = 1e9

export type Check = {
  readonly unit: HealthCheck["unit"]
  readonly limits: (readings: Readings) => Limits
  readonly hold: Hold
  /** `was`: the state that holds now. */
  readonly run: (readings: Readings, was: CheckState) => CheckResult
}

const NEVER: Limits = { warning: null, critical: null }
const unknown = (message: CheckMessage): CheckResult => ({ state: "unknown", value: null, message })
const NO_DATA = unknown({ code: "check.no-data", params: {} })
const hold = (worseMs: number, betterMs = worseMs): Hold => ({ worseMs, betterMs })

/** Of a disk: a share of it, and no more than what is plenty on a large one. */
const diskLimits = (totalBytes: number): Limits => ({
  warning: Math.min(totalBytes * 0.15, 30 * GB),
  critical: Math.min(totalBytes * 0.05, 10 * GB),
})
/** The disk with the least room for its size. */
const fullestDisk = ({ disks }: Readings) =>
  [...disks].sort((a, b) => a.freeBytes / a.totalBytes - b.freeBytes / b.totalBytes)[0]

const database: Check = {
  unit: "ms",
  limits: () => NEVER,
  hold: hold(30 * SECOND_MS, 15 * SECOND_MS),
  run: ({ storageFault: fault }) =>
    fault === null
      ? { state: "ok", value: null, message: { code: "check.database-works", params: {} } }
      : {
          state: "critical",
          value: null,
          message: { code: "check.database-failing", params: { fault } },
        },
}

const disk: Check = {
  unit: "bytes",
  limits: (readings) => {
    const fullest = fullestDisk(readings)
    return fullest === undefined ? NEVER : diskLimits(fullest.totalBytes)
  },
  hold: hold(30 * SECOND_MS),
  run: (readings, was) => {
    const fullest = fullestDisk(readings)
    if (fullest === undefined) return NO_DATA
    return {
      state: grade(fullest.freeBytes, diskLimits(fullest.totalBytes), "below", was),
      value: fullest.freeBytes,
      message: { code: "check.disk-free", params: fullest },
    }
  },
}

const CLOCK: Limits = { warning: 5 * MINUTE_MS, critical: HOUR_MS }
const clock: Check = {
  unit: "ms",
  limits: () => CLOCK,
  hold: hold(0, MINUTE_MS),
  run: ({ nowMs, clock: { isSynchronized, lostSinceMs } }, was) => {
    if (isSynchronized === null) return unknown({ code: "check.clock-unknown", params: {} })
    if (isSynchronized || lostSinceMs === null)
      return { state: "ok", value: 0, message: { code: "check.clock-follows", params: {} } }
    const forMs = Math.max(0, nowMs - lostSinceMs)
    return {
      state: grade(forMs, CLOCK, "above", was),
      value: forMs,
      message: { code: "check.clock-lost", params: { forMs } },
    }
  },
}

const LAG: Limits = { warning: MINUTE_MS, critical: 15 * MINUTE_MS }
/** An agent that is offline delivers later; that is another check. */
const ingestLag: Check = {
  unit: "ms",
  limits: () => LAG,
  hold: hold(MINUTE_MS),
  run: ({ agents, nowMs }, was) => {
    if (agents === null) return NO_DATA
    const lags = agents
      .filter(({ isOnline, oldestBufferedAtMs }) => isOnline && oldestBufferedAtMs !== null)
      .map(({ name, oldestBufferedAtMs }) => ({
        name,
        lagMs: Math.max(0, nowMs - (oldestBufferedAtMs ?? nowMs)),
      }))
      .sort((a, b) => b.lagMs - a.lagMs)
    const [worst] = lags
    if (worst === undefined || worst.lagMs < MINUTE_MS)
      return {
        state: grade(worst?.lagMs ?? 0, LAG, "above", was),
        value: worst?.lagMs ?? 0,
        message: { code: "check.ingest-current", params: {} },
      }
    const behind = lags.filter(({ lagMs }) => lagMs >= MINUTE_MS).length
    return {
      state: grade(worst.lagMs, LAG, "above", was),
      value: worst.lagMs,
      message: {
        code: "check.ingest-behind",
        params: { agentName: worst.name, lagMs: worst.lagMs, agents: behind },
      },
    }
  },
}

/** From 64 on, agents wait for the evaluation of what they send. */
const QUEUE: Limits = { warning: 32, critical: 64 }
const queue: Check = {
  unit: "count",
  limits: () => QUEUE,
  hold: hold(30 * SECOND_MS),
  run: ({ waiting }, was) =>
    waiting === null
      ? NO_DATA
      : {
          state: grade(waiting, QUEUE, "above", was),
          value: waiting,
          message: { code: "check.queue-waiting", params: { waiting } },
        },
}

const NAMES_SHOWN = 5
/** Never critical: an agent that is offline is an incident of its own already. */
const agents: Check = {
  unit: "count",
  limits: () => ({ warning: 1, critical: null }),
  hold: hold(30 * SECOND_MS, 15 * SECOND_MS),
  run: ({ agents: all }) => {
    if (all === null) return NO_DATA
    if (all.length === 0)
      return { state: "warning", value: 0, message: { code: "check.agents-none", params: {} } }
    const offline = all.filter(({ isOnline }) => !isOnline)
    const message: CheckMessage =
      offline.length === 0
        ? { code: "check.agents-online", params: { agents: all.length } }
        : {
            code: "check.agents-offline",
            params: {
              offline: offline.length,
              agents: all.length,
              names: offline.slice(0, NAMES_SHOWN).map(({ name }) => name),
            },
          }
    return { state: offline.length === 0 ? "ok" : "warning", value: offline.length, message }
  },
}

/** Never critical: the release before runs. */
const update: Check = {
  unit: "count",
  limits: () => NEVER,
  hold: hold(0),
  run: ({ undoneUpdate, agents: all, nowMs }) => {
    const agent = (all ?? []).find(({ gaveUp }) => gaveUp !== null)
    const message: CheckMessage | null =
      undoneUpdate !== null
        ? {
            code: undoneUpdate.isIncomplete ? "check.update-incomplete" : "check.update-undone",
            params: { to: undoneUpdate.to, agoMs: Math.max(0, nowMs - undoneUpdate.atMs) },
          }
        : agent === undefined
          ? null
          : {
              code: "check.update-of-agent",
              params: { agentName: agent.name, to: agent.gaveUp ?? "" },
            }
    return message === null
      ? { state: "ok", value: null, message: { code: "check.update-well", params: {} } }
      : { state: "warning", value: null, message }
  },
}

/** An objective for a latency: missed is a warning, missed by far is critical. */
const objective = (
  limits: Limits,
  needed: number,
  latencyOf: (readings: Readings) => Latency,
): Check => ({
  unit: "ms",
  limits: () => limits,
  hold: hold(2 * MINUTE_MS),
  run: (readings, was) => {
    const { p95Ms, samples } = latencyOf(readings)
    if (p95Ms === null || samples < needed)
      return unknown({ code: "check.too-few", params: { samples, needed } })
    return {
      state: grade(p95Ms, limits, "above", was),
      value: p95Ms,
      message: { code: "check.latency", params: { p95Ms, samples } },
    }
  },
})

const latencyOfEvaluation = objective(
  { warning: 3 * SECOND_MS, critical: 60 * SECOND_MS },
  20,
  ({ evaluation: own }) => own,
)
/** A tenth is exact enough. */
const rounded = (rate: number | null): number => Math.round(10 * (rate ?? 0)) / 10
const evaluation: Check = {
  ...latencyOfEvaluation,
  run: (readings, was) => {
    const found = latencyOfEvaluation.run(readings, was)
    if (found.message.code !== "check.latency") return found
    const { rulesPerS, alertsPerS } = readings.evaluation
    const rates = { rulesPerS: rounded(rulesPerS), alertsPerS: rounded(alertsPerS) }
    const params = { ...found.message.params, ...rates }
    return { ...found, message: { code: "check.evaluation", params } }
  },
}

export const CHECKS: Readonly<Record<CheckId, Check>> = {
  database,
  disk,
  "raw-storage": {
    unit: "bytes",
    limits: rawStorageLimits,
    hold: hold(30 * SECOND_MS),
    run: checkRawStorage,
  },
  clock,
  "ingest-lag": ingestLag,
  queue,
  certificates: {
    unit: "days",
    limits: certificateLimits,
    hold: hold(0, MINUTE_MS),
    run: checkCertificates,
  },
  backup: { unit: "ms", limits: backupLimits, hold: hold(0), run: checkBackup },
  agents,
  update,
  notifications: {
    unit: "count",
    limits: () => ({ warning: 1, critical: null }),
    hold: hold(2 * MINUTE_MS, 15 * SECOND_MS),
    run: checkNotifications,
  },
  "slo-detection": objective(
    { warning: 30 * SECOND_MS, critical: 5 * MINUTE_MS },
    1,
    ({ detection }) => detection,
  ),
  "slo-ingest": objective({ warning: 500, critical: 10 * SECOND_MS }, 20, ({ ingest }) => ingest),
  "slo-queries": objective(
    { warning: 2 * SECOND_MS, critical: 20 * SECOND_MS },
    20,
    ({ queries }) => queries,
  ),
  "slo-dispatch": objective(
    { warning: 30 * SECOND_MS, critical: 5 * MINUTE_MS },
    1,
    ({ dispatch }) => dispatch,
  ),
  "slo-evaluation": evaluation,
}
