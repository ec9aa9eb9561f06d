/** Pages in docs/runbooks: what to do, step by step. Without imports: the UI bundles it. */
import type { CheckId } from "./check-messages.ts"

export const APPLIANCE_RUNBOOKS = [
  "database-down",
  "disk-full",
  "raw-storage",
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
/** What to do about the alerts of the default pack. */
export const NETWORK_RUNBOOKS = [
  "device-unreachable",
  "interface-fault",
  "link-full",
  "loss-and-latency",
  "routing-neighbours",
  "sessions-lost",
  "router-health",
  "radio-weak",
  "tunnel-down",
  "access-and-configuration",
] as const
export const RUNBOOK_IDS = [...APPLIANCE_RUNBOOKS, ...NETWORK_RUNBOOKS] as const
export type RunbookId = (typeof RUNBOOK_IDS)[number]

/** The runbook of each check. */
export const RUNBOOK_OF = {
  database: "database-down",
  disk: "disk-full",
  "raw-storage": "raw-storage",
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
  "slo-evaluation": "ingest-backlog",
} as const satisfies Readonly<Record<CheckId, RunbookId>>

export type RunbookLink =
  | { readonly kind: "page"; readonly id: RunbookId }
  | { readonly kind: "url"; readonly href: string }
const PAGE = /^(?:docs|)\/?runbooks\/([a-z-]{1,40})(?:\.md)?$/
/** Of other schemes, such as `javascript:`, and with a user name, there is no link. */
const WEB = /^https?:\/\/[^\s/?#@\\]+(?:[/?#]\S*)?$/i
/** The runbook of an alert rule: a page of the docs or of the web. Null: neither. */
export const runbookLinkOf = (text: string): RunbookLink | null => {
  const name = PAGE.exec(text)?.[1]
  const id = RUNBOOK_IDS.find((one) => one === name)
  if (id !== undefined) return { kind: "page", id }
  return WEB.test(text) && URL.canParse(text) ? { kind: "url", href: new URL(text).href } : null
}
