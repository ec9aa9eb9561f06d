/** The API's answers about the health of the appliance. */
import { CheckId } from "@ispvm/appliance/api/check-messages"
import { Health, type HealthCheck } from "@ispvm/appliance/api/health"
import { RUNBOOK_OF } from "@ispvm/appliance/api/runbooks"

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const GB = 1e9
const never = { warning: null, critical: null }

const WELL: Readonly<Record<CheckId, Pick<HealthCheck, "unit" | "value" | "limits" | "message">>> =
  {
    database: {
      ...{ unit: "ms", value: null, limits: never },
      message: { code: "check.database-works", params: {} },
    },
    disk: {
      ...{ unit: "bytes", value: 180 * GB },
      limits: { warning: 30 * GB, critical: 10 * GB },
      message: {
        code: "check.disk-free",
        params: { path: "/var/lib/ispvm", freeBytes: 180 * GB, totalBytes: 240 * GB },
      },
    },
    "raw-storage": {
      ...{ unit: "bytes", value: 180 * GB },
      limits: { warning: 48 * GB, critical: 24 * GB },
      message: { code: "check.storage-stored", params: { usedPct: 25 } },
    },
    clock: {
      ...{ unit: "ms", value: 0, limits: { warning: 5 * MINUTE_MS, critical: HOUR_MS } },
      message: { code: "check.clock-follows", params: {} },
    },
    "ingest-lag": {
      ...{ unit: "ms", value: 900, limits: { warning: MINUTE_MS, critical: 15 * MINUTE_MS } },
      message: { code: "check.ingest-current", params: {} },
    },
    queue: {
      ...{ unit: "count", value: 0, limits: { warning: 32, critical: 64 } },
      message: { code: "check.queue-waiting", params: { waiting: 0 } },
    },
    certificates: {
      ...{ unit: "days", value: 29, limits: { warning: 7, critical: 2 } },
      message: { code: "check.certificate-days", params: { agentName: "ankara-1", days: 29 } },
    },
    backup: {
      ...{ unit: "ms", value: 9 * HOUR_MS },
      limits: { warning: 36 * HOUR_MS, critical: 72 * HOUR_MS },
      message: { code: "check.backup-verified", params: { agoMs: 9 * HOUR_MS } },
    },
    agents: {
      ...{ unit: "count", value: 0, limits: { warning: 1, critical: null } },
      message: { code: "check.agents-online", params: { agents: 7 } },
    },
    update: {
      ...{ unit: "count", value: null, limits: never },
      message: { code: "check.update-well", params: {} },
    },
    notifications: {
      ...{ unit: "count", value: 0, limits: { warning: 1, critical: null } },
      message: { code: "check.notifications-work", params: { channels: 3 } },
    },
    "slo-dispatch": {
      ...{ unit: "ms", value: 640, limits: { warning: 30_000, critical: 5 * MINUTE_MS } },
      message: { code: "check.latency", params: { p95Ms: 640, samples: 4 } },
    },
    "slo-evaluation": {
      ...{ unit: "ms", value: 18, limits: { warning: 3_000, critical: 60_000 } },
      message: {
        code: "check.evaluation",
        params: { p95Ms: 18, samples: 2_000, rulesPerS: 3_840, alertsPerS: 0.4 },
      },
    },
    "slo-detection": {
      ...{ unit: "ms", value: 2_350, limits: { warning: 30_000, critical: 5 * MINUTE_MS } },
      message: { code: "check.latency", params: { p95Ms: 2_350, samples: 4 } },
    },
    "slo-ingest": {
      ...{ unit: "ms", value: 38, limits: { warning: 500, critical: 10_000 } },
      message: { code: "check.latency", params: { p95Ms: 38, samples: 2_000 } },
    },
    "slo-queries": {
      ...{ unit: "ms", value: 142, limits: { warning: 2_000, critical: 20_000 } },
      message: { code: "check.latency", params: { p95Ms: 142, samples: 311 } },
    },
  }

/** All ok, but for what is given. */
export const makeHealth = (
  more: Readonly<Partial<Record<CheckId, Partial<HealthCheck>>>> = {},
): Health =>
  Health.parse({
    checkedAtMs: Date.now() - 2_000,
    problems: [],
    checks: CheckId.options.map((id, n) => ({
      id,
      state: "ok",
      sinceMs: Date.now() - (n + 1) * 26 * HOUR_MS,
      ...WELL[id],
      runbook: RUNBOOK_OF[id],
      ...more[id],
    })),
  })

const LONG = "ankara-north-datacenter-1-rack-12-unit-40-agent"
/** Every state, and texts as long as they become. */
export const makeTroubledHealth = (): Health =>
  makeHealth({
    disk: {
      ...{ state: "critical", value: 4.1 * GB, sinceMs: Date.now() - 14 * MINUTE_MS },
      message: {
        code: "check.disk-free",
        params: { path: "/var/lib/ispvm-database", freeBytes: 4.1 * GB, totalBytes: 240 * GB },
      },
    },
    "ingest-lag": {
      ...{ state: "warning", value: 4 * MINUTE_MS, sinceMs: Date.now() - 3 * MINUTE_MS },
      message: {
        code: "check.ingest-behind",
        params: { agentName: LONG, lagMs: 4 * MINUTE_MS, agents: 3 },
      },
    },
    agents: {
      ...{ state: "warning", value: 6, sinceMs: Date.now() - 9 * MINUTE_MS },
      message: {
        code: "check.agents-offline",
        params: { offline: 6, agents: 12, names: [1, 2, 3, 4, 5].map((n) => `${LONG}-${n}`) },
      },
    },
    backup: {
      ...{ state: "warning", value: null, limits: never },
      message: { code: "check.backup-off", params: {} },
    },
    "slo-detection": {
      ...{ state: "unknown", value: null },
      message: { code: "check.too-few", params: { samples: 0, needed: 1 } },
    },
  })
