/** The names of the runbooks, and of their two kinds. */
import type { RunbookId } from "@ispvm/appliance/api/runbooks"

const names: Readonly<Record<RunbookId, string>> = {
  "database-down": "Database down",
  "disk-full": "Disk full",
  "raw-storage": "Values are not stored",
  "clock-wrong": "Clock wrong",
  "ingest-backlog": "Ingest backlog",
  "certificate-expiry": "Certificate expiry",
  "backup-failing": "Backups fail",
  "agent-offline": "Agent offline",
  "slow-appliance": "Slow appliance",
  "notifications-failing": "Notifications fail",
  restore: "Restore a backup",
  "failed-update": "Failed update",
  "factory-reset": "Factory reset",
  "device-unreachable": "Device unreachable",
  "interface-fault": "Interface fault",
  "link-full": "Link full",
  "loss-and-latency": "Loss and latency",
  "routing-neighbours": "Routing neighbours",
  "sessions-lost": "Sessions lost",
  "router-health": "Router health",
  "radio-weak": "Radio weak",
  "tunnel-down": "Tunnel down",
  "access-and-configuration": "Access and configuration",
}

export const runbooks = {
  names,
  title: "Runbooks",
  lead: "What to do, step by step. They are part of this appliance and need no Internet.",
  failedWhy: "The appliance is unreachable, or it runs a newer release. Try again.",
  failed: "The runbook could not be loaded",
  missingText: "The address may be mistyped. All runbooks are listed on the Health page.",
  missing: "There is no such runbook",
  ofAppliance: "The appliance",
  ofNetwork: "The network",
} as const
