/** Alerts, incidents and events: what is wrong, what explains it, what happened. */
import { z } from "zod"
import { EpochMs, Note } from "./shared.ts"

export const AlertPhase = z.enum(["ok", "degraded", "down", "recovering", "unknown"])
export const AlertKind = z.enum(["device-unreachable", "interface-down", "agent-silent"])
export const Alert = z.object({
  id: z.uuid(),
  kind: AlertKind,
  phase: AlertPhase,
  reason: z.string(),
  sinceMs: EpochMs,
  deviceId: z.uuid().nullable(),
  deviceName: z.string().nullable(),
  interface: z.string().nullable(),
  linkId: z.uuid().nullable(),
  agentId: z.uuid().nullable(),
  incidentId: z.uuid().nullable(),
})
export type Alert = z.infer<typeof Alert>

export const Component = z.object({ kind: z.enum(["link", "device", "agent"]), id: z.uuid(), name: z.string() })
export type Component = z.infer<typeof Component>

export const IncidentState = z.enum(["open", "acknowledged", "closed"])
/** `causes` are the failed things; `alternatives` could as well be it, seen from here. `behind` is down only because of the cause. */
export const Incident = z.object({
  id: z.uuid(),
  number: z.int(),
  state: IncidentState,
  title: z.string(),
  causes: z.array(Component),
  alternatives: z.array(Component),
  openedAtMs: EpochMs,
  closedAtMs: EpochMs.nullable(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedAtMs: EpochMs.nullable(),
  devicesDown: z.int(),
  devicesBehind: z.int(),
  symptoms: z.int(),
  updatedAtMs: EpochMs,
})
export type Incident = z.infer<typeof Incident>

export const Symptom = z.object({
  alertId: z.uuid(),
  kind: AlertKind,
  deviceId: z.uuid().nullable(),
  deviceName: z.string().nullable(),
  interface: z.string().nullable(),
  phase: AlertPhase,
  /** `cause`: the failed thing itself; `evidence`: told by a neighbour; `behind`: hidden by the cause. */
  part: z.enum(["cause", "evidence", "behind"]),
  reason: z.string(),
  sinceMs: EpochMs,
})
export type Symptom = z.infer<typeof Symptom>
export const TimelineEntry = z.object({
  id: z.string(),
  atMs: EpochMs,
  kind: z.enum([
    "opened",
    "cause-changed",
    "symptom",
    "recovered",
    "acknowledged",
    "unacknowledged",
    "note",
    "closed",
    "reopened",
    "event",
  ]),
  who: z.string(),
  text: z.string(),
})
export type TimelineEntry = z.infer<typeof TimelineEntry>
export const IncidentDetail = Incident.extend({
  symptomList: z.array(Symptom),
  timeline: z.array(TimelineEntry),
  /** Why we believe it, one sentence an item. */
  because: z.array(z.string()),
})
export type IncidentDetail = z.infer<typeof IncidentDetail>

export const NoteRequest = z.strictObject({ note: Note.min(1) })
export const AcknowledgeRequest = z.strictObject({ note: Note.default("") })

export const EventRow = z.object({
  id: z.uuid(),
  atMs: EpochMs,
  receivedAtMs: EpochMs,
  deviceId: z.uuid(),
  deviceName: z.string(),
  name: z.string(),
  source: z.string(),
  severity: z.string(),
  interface: z.string().nullable(),
  message: z.string(),
})
export type EventRow = z.infer<typeof EventRow>
