/** An incident as the engine holds it and as the API returns it. */
import type { CheckId } from "../../api/check-messages.ts"
import type {
  Component,
  DiagnosisChange,
  Evidence,
  Hypothesis,
  IncidentWorkflow,
  Recheck,
  Severity,
  Incident as Shown,
  TimelineEntry,
} from "../../api/incidents.ts"
import type { StatusNow } from "../../api/inventory.ts"
import type { Named, Reason, TimelineMessage, Title } from "../../api/messages.ts"
import type { AlertId, DeviceId, IncidentId } from "../../platform/ids.ts"
import type { AlertNow } from "../alerts/alerts.ts"
import type { PlannedCause } from "./engine/planned-work.ts"
import type { Tensed } from "./messages/params.ts"

/** The status of a device or link, and the incident that explains it. */
export type EntityStatus = { readonly status: StatusNow; readonly incidentId: string | null }
/**
 * `cause`: of the failed component itself; `evidence`: reported by a neighbour; `downstream`:
 * suppressed, because the fault explains it.
 */
export type SymptomRole = "cause" | "evidence" | "downstream"

/** The time one alert is part of an incident; `untilMs` null: it still is. */
export type IncidentSymptom = {
  readonly alertId: AlertId
  /** Of the alert. */
  readonly observes: AlertNow["observes"]
  readonly deviceId: DeviceId | null
  readonly role: SymptomRole
  readonly sinceMs: number
  readonly untilMs: number | null
  /**
   * Where a person put it: `merged`, with what joins its group later; `split`, it alone. Null:
   * where root-cause analysis puts it.
   */
  readonly pin: "merged" | "split" | null
}
export type Expected = { readonly deviceId: DeviceId; readonly role: "cause" | "downstream" }
export type Incident = Readonly<IncidentWorkflow> & {
  readonly id: IncidentId
  readonly number: number
  readonly state: "open" | "acknowledged" | "closed"
  /** The check of the appliance itself that opened it; null: it is about the network. */
  readonly check: CheckId | null
  readonly severity: Severity
  /** The person who set it; null: it follows from what has failed. */
  readonly severitySetBy: string | null
  readonly title: Title
  readonly causes: readonly Component[]
  readonly alternatives: readonly Component[]
  readonly because: readonly Reason[]
  readonly confidence: number | null
  readonly hypotheses: readonly Hypothesis[]
  readonly evidence: readonly Evidence[]
  readonly rechecks: readonly Recheck[]
  /** The last entry of its diagnosis history. */
  readonly lastEntry: Pick<DiagnosisChange, "atMs" | "confidence"> | null
  readonly openedAtMs: number
  readonly closedAtMs: number | null
  readonly acknowledgedBy: string | null
  readonly acknowledgedAtMs: number | null
  readonly updatedAtMs: number
  readonly symptoms: ReadonlyMap<AlertId, IncidentSymptom>
  /** The last result of root-cause analysis; null: none since a restart, or none is possible. */
  readonly finding: Finding | null
  readonly manner: "steady" | "flapping"
  /** Devices that the topology says are unreachable and that were not probed yet. */
  readonly expected: readonly Expected[]
  /** How many devices are unreachable because of it, as its title says. */
  readonly downstream: number
}

/** Nobody has done anything yet. */
export const NO_WORKFLOW: IncidentWorkflow = {
  ownerId: null,
  ownerName: null,
  acknowledgedUntilMs: null,
  snoozedUntilMs: null,
  ticket: null,
  causeCode: null,
  causeCodedBy: null,
  causeCodedAtMs: null,
  mergedInto: null,
  feedback: null,
  maintenanceWindowId: null,
  recoveredAtMs: null,
}
/** What people did, and nothing else. */
export const workflowOf = (one: IncidentWorkflow): IncidentWorkflow => ({
  ownerId: one.ownerId,
  ownerName: one.ownerName,
  acknowledgedUntilMs: one.acknowledgedUntilMs,
  snoozedUntilMs: one.snoozedUntilMs,
  ticket: one.ticket,
  causeCode: one.causeCode,
  causeCodedBy: one.causeCodedBy,
  causeCodedAtMs: one.causeCodedAtMs,
  mergedInto: one.mergedInto,
  feedback: one.feedback,
  maintenanceWindowId: one.maintenanceWindowId,
  recoveredAtMs: one.recoveredAtMs ?? null,
})

/** An open incident of which nothing is known yet but its number. */
export const emptyIncident = (id: IncidentId, number: number, nowMs: number): Incident => ({
  id,
  number,
  state: "open",
  check: null,
  severity: "warning",
  severitySetBy: null,
  title: { code: "legacy-text", params: { text: "" } },
  causes: [],
  alternatives: [],
  because: [],
  confidence: null,
  hypotheses: [],
  evidence: [],
  rechecks: [],
  lastEntry: null,
  openedAtMs: nowMs,
  closedAtMs: null,
  acknowledgedBy: null,
  acknowledgedAtMs: null,
  updatedAtMs: nowMs,
  symptoms: new Map(),
  finding: null,
  manner: "steady",
  expected: [],
  downstream: 0,
  ...NO_WORKFLOW,
})

export type Finding = {
  readonly alternatives: readonly Component[]
  readonly because: Tensed<readonly Reason[]>
  /** The reason that names the alternatives. */
  readonly indistinguishable: Tensed<Reason> | null
  /** Devices at which an administrator disabled the cut link's port. */
  readonly switchedOff: readonly Named[]
  /** Null: a person has split these symptoms off, so nothing is calculated. */
  readonly confidence: number | null
  readonly hypotheses: readonly Hypothesis[]
  /** Planned work that may be why the cause has failed, the likeliest first. */
  readonly planned: readonly PlannedCause[]
  readonly evidence: Tensed<readonly Evidence[]>
}
/** One cause and the symptoms it explains. */
export type Draft = {
  readonly cause: Component
  readonly alternatives: readonly Component[]
  readonly symptoms: Map<AlertId, SymptomRole>
  readonly alerts: AlertNow[]
  /** The incident that people put its symptoms into; null: the one that holds most of them. */
  readonly incident: IncidentId | null
  /** A person split its symptoms off the fault that explains them. */
  readonly isSplitOff: boolean
  /** Devices that are unreachable although a path is left: packets still take what has failed. */
  readonly unrouted: ReadonlySet<string>
}
/** A draft with its finding: one fault, one group, one incident. */
export type Group = Finding & {
  readonly cause: Component
  readonly symptoms: ReadonlyMap<AlertId, SymptomRole>
  readonly incident: IncidentId | null
}
/** An entry of the diagnosis history, before it is stored. */
export type Change = DiagnosisChange & { readonly incidentId: IncidentId }
/** A line of an incident's timeline, before it is stored. */
export type Line = {
  readonly incidentId: IncidentId
  readonly atMs: number
  readonly kind: TimelineEntry["kind"]
  readonly who: string
  readonly message: TimelineMessage
  /** Accounts that the text mentions. */
  readonly mentions?: readonly string[]
}

/** The author of timeline lines that no person wrote. */
export const SYSTEM = "ISP Visual Monitor"

const isUnreachableDevice = (symptom: IncidentSymptom): boolean => symptom.observes === "device"

/** Devices that are down now, observed or expected; of a closed incident, all that were. */
export const countDevices = (incident: Incident): { down: number; downstream: number } => {
  // The devices of an isolated agent are unknown, not down.
  if (incident.causes.some(({ kind }) => kind === "agent")) return { down: 0, downstream: 0 }
  let down = incident.expected.filter(({ role }) => role === "cause").length
  let downstream = incident.expected.length - down
  for (const symptom of incident.symptoms.values()) {
    if (!isUnreachableDevice(symptom) || (symptom.untilMs !== null && incident.state !== "closed"))
      continue
    if (symptom.role === "downstream") downstream += 1
    else down += 1
  }
  return { down, downstream }
}

export const showIncident = (incident: Incident): Shown => {
  const { down, downstream } = countDevices(incident)
  return {
    id: incident.id,
    number: incident.number,
    state: incident.state,
    check: incident.check,
    severity: incident.severity,
    severitySetBy: incident.severitySetBy,
    title: incident.title,
    causes: [...incident.causes],
    alternatives: [...incident.alternatives],
    confidence: incident.confidence,
    openedAtMs: Math.round(incident.openedAtMs),
    closedAtMs: incident.closedAtMs === null ? null : Math.round(incident.closedAtMs),
    acknowledgedBy: incident.acknowledgedBy,
    acknowledgedAtMs:
      incident.acknowledgedAtMs === null ? null : Math.round(incident.acknowledgedAtMs),
    devicesDown: down,
    devicesUnreachable: downstream,
    symptoms: incident.symptoms.size,
    updatedAtMs: Math.round(incident.updatedAtMs),
    ...workflowOf(incident),
  }
}
