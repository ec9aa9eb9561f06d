import type { CheckId } from "@ispvm/appliance/api/check-messages"
import type { CheckState } from "@ispvm/appliance/api/health"
import { plural } from "../format/plural.ts"

const checks: Readonly<Record<CheckId, string>> = {
  database: "Database",
  disk: "Disk",
  "raw-storage": "Storage of values",
  clock: "Clock",
  "ingest-lag": "Delivery of readings",
  queue: "Evaluation queue",
  certificates: "Certificates",
  backup: "Backups",
  agents: "Agents",
  update: "Updates",
  notifications: "Notifications",
  "slo-detection": "Detection of outages",
  "slo-ingest": "Acceptance of readings",
  "slo-queries": "Loading of pages",
  "slo-dispatch": "Delivery of notifications",
  "slo-evaluation": "Evaluation of readings",
}
const states: Readonly<Record<CheckState, string>> = {
  ok: "OK",
  warning: "Warning",
  critical: "Critical",
  unknown: "Unknown",
}

/** The health of the appliance itself, and its runbooks. */
export const health = {
  title: "Health",
  lead: "The state of this appliance itself, not of the network. A critical check opens an incident, which closes when the check is well again.",
  open: "Open health",
  openText: "Checks of the appliance itself, and what to do when one fails.",
  failed: "The health of the appliance could not be loaded",
  emptyTitle: "No check has run yet",
  emptyText: "The first results are here a few seconds after the start of the appliance.",
  checksTitle: "Checks",
  checkedAt: "Checked",
  checks,
  states,
  allOk: "All checks are ok",
  summary: (critical: number, warning: number, unknown: number) =>
    [
      ...(critical === 0 ? [] : [plural(critical, { one: "# critical", other: "# critical" })]),
      ...(warning === 0 ? [] : [plural(warning, { one: "# warning", other: "# warnings" })]),
      ...(unknown === 0 ? [] : [plural(unknown, { one: "# unknown", other: "# unknown" })]),
    ].join(", "),
  since: "for",
  limits: (warning: string, critical: string) => `Warning at ${warning}, critical at ${critical}`,
  warningAt: (warning: string) => `Warning at ${warning}`,
  days: (n: number) => plural(n, { one: "# day", other: "# days" }),
  runbook: "Runbook",
  runbookOf: (check: string) => `Runbook: ${check}`,
  databaseRunbook: "Database down",
  bar: (check: string, found: string) => `${check}: ${found}`,
  ownImpact: "This appliance",
  ownWhy: "What was found",
} as const
