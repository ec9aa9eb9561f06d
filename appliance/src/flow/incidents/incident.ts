/** An incident as the program keeps it, and as the HTTP contract shows it. */
import type {
  CauseChange,
  Component,
  Evidence,
  Hypothesis,
  Recheck,
  Incident as Shown,
  TimelineEntry,
} from "../../api/incidents.ts"
import type { AlertId, DeviceId, IncidentId } from "../../platform/ids.ts"
import type { Kind } from "../alerts/alerts.ts"
import type { Part } from "./groups.ts"
import type { Tensed } from "./wording.ts"

/** One alert's time in one incident; `untilMs` null: it still stands. */
export type Held = {
  readonly alertId: AlertId
  readonly kind: Kind
  readonly deviceId: DeviceId | null
  readonly part: Part
  readonly sinceMs: number
  readonly untilMs: number | null
}
export type Expected = { readonly deviceId: DeviceId; readonly part: "cause" | "behind" }
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
  readonly entered: Pick<CauseChange, "atMs" | "confidence"> | null
  readonly openedAtMs: number
  readonly closedAtMs: number | null
  readonly acknowledgedBy: string | null
  readonly acknowledgedAtMs: number | null
  readonly updatedAtMs: number
  readonly held: ReadonlyMap<AlertId, Held>
  /** What was last found, whatever has been seen since; null: not weighed anew since a restart, or nothing to weigh. */
  readonly told: Finding | null
  readonly manner: "stands" | "flaps"
  /** Devices that by the drawing cannot be reached now and have not been looked at yet. */
  readonly expected: readonly Expected[]
  /** Devices behind it, as its title counts them. */
  readonly behind: number
}
export type Finding = {
  readonly alternatives: readonly Component[]
  readonly because: Tensed<readonly string[]>
  /** The sentence on what would show exactly the same. */
  readonly twins: Tensed<string> | null
  readonly switchedOff: readonly string[]
  readonly confidence: number
  readonly hypotheses: readonly Hypothesis[]
  readonly evidence: Tensed<readonly Evidence[]>
}
/** What it says from now on and why, before that is stored. */
export type Change = CauseChange & { readonly incidentId: IncidentId }
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

const isSilentDevice = (held: Held): boolean => held.kind === "device-unreachable"

/** Devices that are down in it now, by what was seen or must be so; of a closed incident, all that were. */
export const countDevices = (incident: Incident): { down: number; behind: number } => {
  // Of what a blind agent watches nobody can know.
  if (incident.causes.some(({ kind }) => kind === "agent")) return { down: 0, behind: 0 }
  let down = incident.expected.filter(({ part }) => part === "cause").length
  let behind = incident.expected.length - down
  for (const held of incident.held.values()) {
    if (!isSilentDevice(held) || (held.untilMs !== null && incident.state !== "closed")) continue
    if (held.part === "behind") behind += 1
    else down += 1
  }
  return { down, behind }
}

export const showIncident = (incident: Incident): Shown => {
  const { down, behind } = countDevices(incident)
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
    acknowledgedAtMs: incident.acknowledgedAtMs === null ? null : Math.round(incident.acknowledgedAtMs),
    devicesDown: down,
    devicesBehind: behind,
    symptoms: incident.held.size,
    updatedAtMs: Math.round(incident.updatedAtMs),
  }
}
