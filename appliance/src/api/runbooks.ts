/** Pages in docs/runbooks: what to do, step by step. Without imports: the UI bundles it. */
import type { CheckId } from "./check-messages.ts"

export const RUNBOOK_IDS = [
  "database-down",
  "disk-full",
  "clock-wrong",
  "ingest-backlog",
  "certificate-expiry",
  "backup-failing",
  "agent-offline",
  "slow-appliance",
  "notifications-failing",
  "restore",
  "failed-update",
  "factory-reset",
] as const
export type RunbookId = (typeof RUNBOOK_IDS)[number]

/** The runbook of each check. */
export const RUNBOOK_OF = {
  database: "database-down",
  disk: "disk-full",
  clock: "clock-wrong",
  "ingest-lag": "ingest-backlog",
  queue: "ingest-backlog",
  certificates: "certificate-expiry",
  backup: "backup-failing",
  agents: "agent-offline",
  update: "failed-update",
  notifications: "notifications-failing",
  "slo-detection": "slow-appliance",
  "slo-ingest": "ingest-backlog",
  "slo-queries": "slow-appliance",
  "slo-dispatch": "notifications-failing",
} as const satisfies Readonly<Record<CheckId, RunbookId>>
