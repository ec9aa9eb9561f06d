/** An incident as the program keeps it, and as the HTTP contract shows it. */
import type {
  Component,
  DiagnosisChange,
  Evidence,
  Hypothesis,
  Recheck,
  Incident as Shown,
  TimelineEntry,
} from "../../api/incidents.ts"
import type { StatusNow } from "../../api/inventory.ts"
import type { AlertId, DeviceId, IncidentId } from "../../platform/ids.ts"
import type { Kind } from "../alerts/alerts.ts"
import type { SymptomRole } from "./engine/groups.ts"
import type { Tensed } from "./text/wording.ts"

/** The status of a device or link, and the incident that explains it. */
export type EntityStatus = { readonly status: StatusNow; readonly incidentId: string | null }
/** One alert's time in one incident; `untilMs` null: it still stands. */
export type IncidentSymptom = {
  readonly alertId: AlertId
  readonly kind: Kind
  readonly deviceId: DeviceId | null
  readonly role: SymptomRole
  readonly sinceMs: number
  readonly untilMs: number | null
}
export type Expected = { readonly deviceId: DeviceId; readonly role: "cause" | "downstream" }
export type Incident = {
  readonly id: IncidentId
  readonly number: number
  readonly state: "open" | "acknowledged" | "closed"
  readonly title: string
  readonly causes: readonly Component[]
  readonly alternatives: readonly Component[]
  readonly because: readonly string[]
  readonly confidence: number | null
  readonly hypotheses: readonly Hypothesis[]
  readonly evidence: readonly Evidence[]
  readonly rechecks: readonly Recheck[]
  /** What was last entered in the history of its causes. */
  readonly lastEntry: Pick<DiagnosisChange, "atMs" | "confidence"> | null
  readonly openedAtMs: number
  readonly closedAtMs: number | null
  readonly acknowledgedBy: string | null
  readonly acknowledgedAtMs: number | null
  readonly updatedAtMs: number
  readonly symptoms: ReadonlyMap<AlertId, IncidentSymptom>
  /** What was last found, whatever has been seen since; null: not weighed anew since a restart, or nothing to weigh. */
  readonly finding: Finding | null
  readonly manner: "steady" | "flapping"
  /** Devices that by the drawing cannot be reached now and have not been looked at yet. */
  readonly expected: readonly Expected[]
  /** Devices behind it, as its title counts them. */
  readonly downstream: number
}
export type Finding = {
  readonly alternatives: readonly Component[]
  readonly because: Tensed<readonly string[]>
  /** The sentence on what would show exactly the same. */
  readonly indistinguishable: Tensed<string> | null
  readonly switchedOff: readonly string[]
  readonly confidence: number
  readonly hypotheses: readonly Hypothesis[]
  readonly evidence: Tensed<readonly Evidence[]>
}
/** What it says from now on and why, before that is stored. */
export type Change = DiagnosisChange & { readonly incidentId: IncidentId }
/** A line of an incident's timeline, before it is stored. */
export type Line = {
  readonly incidentId: IncidentId
  readonly atMs: number
  readonly kind: TimelineEntry["kind"]
  readonly who: string
  readonly text: string
}

/** Who acts when nobody does. */
export const SYSTEM = "ISP Visual Monitor"

const isUnreachableDevice = (symptom: IncidentSymptom): boolean =>
  symptom.kind === "device-unreachable"

/** Devices that are down in it now, by what was seen or must be so; of a closed incident, all that were. */
export const countDevices = (incident: Incident): { down: number; downstream: number } => {
  // Of what a blind agent watches nobody can know.
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
  }
}
