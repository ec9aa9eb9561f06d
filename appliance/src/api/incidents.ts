/** Alerts, incidents and events. */
import { z } from "zod"
import { CheckId } from "./check-messages.ts"
import {
  EvidenceMessage,
  HistoryMessage,
  Reason,
  RecheckMessage,
  RuleFinding,
  TimelineMessage,
  Title,
} from "./messages.ts"
import { EpochMs, Line } from "./shared.ts"
import { CauseCode } from "./workflow-messages.ts"

export type { LogMeaning } from "@ispvm/wire/log-meanings"

/** The levels of ITU-T X.733, the most severe first. */
export const SEVERITIES = ["critical", "major", "minor", "warning"] as const
export const Severity = z.enum(SEVERITIES)
export type Severity = z.infer<typeof Severity>

export const AlertPhase = z.enum(["ok", "pending", "degraded", "down", "recovering", "unknown"])
/** For example `interface-down`; later releases may add kinds. */
export const AlertKind = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/)
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
  /** The incident that explains an alert of a rule, which therefore opens none; it may have closed. */
  suppressedBy: z.object({ id: z.uuid(), number: z.int() }).nullable(),
  /** Of an alert of a rule: what the rule found, and how severe it is while it is raised. */
  found: RuleFinding.optional(),
  severity: Severity.nullable(),
})
export type Alert = z.infer<typeof Alert>
/** `GET /alerts`: without `phase`, those that are not ok. */
export const AlertQuery = z.strictObject({
  phase: AlertPhase.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  /** `next` of the page before. */
  cursor: z.uuid().optional(),
  /** The same as `cursor`, for older clients. */
  after: z.uuid().optional(),
  kind: AlertKind.optional(),
  device: z.uuid().optional(),
})

/**
 * `site`: the power of the site, shared by all of its devices; `id` is that of the site. `agent`:
 * the agent itself or its uplink.
 */
export const Component = z.object({
  kind: z.enum(["link", "device", "agent", "site"]),
  id: z.uuid(),
  name: z.string(),
})
export type Component = z.infer<typeof Component>

/** Of another system. At least one of the two is set. */
export const Ticket = z.object({ url: z.string().nullable(), number: z.string().nullable() })
export type Ticket = z.infer<typeof Ticket>

/** Whether the stated causes were right; `actual`: what it was instead, if it is a component. */
export const Feedback = z.object({
  rating: z.enum(["right", "wrong"]),
  stated: z.array(Component),
  actual: Component.nullable(),
  note: z.string(),
  by: z.string(),
  atMs: EpochMs,
})
export type Feedback = z.infer<typeof Feedback>

export const IncidentWorkflow = z.object({
  /** Who works on it. `ownerId` null with a name: an account that is no longer known. */
  ownerId: z.uuid().nullable(),
  ownerName: z.string().nullable(),
  /** When the acknowledgement ends by itself; null: never. */
  acknowledgedUntilMs: EpochMs.nullable(),
  /** Until then nobody is notified. */
  snoozedUntilMs: EpochMs.nullable(),
  ticket: Ticket.nullable(),
  /** Set: once its fault is over, the incident is closed for people as well. */
  causeCode: CauseCode.nullable(),
  causeCodedBy: z.string().nullable(),
  causeCodedAtMs: EpochMs.nullable(),
  /** The incident that took over its symptoms. */
  mergedInto: z.object({ id: z.uuid(), number: z.int() }).nullable(),
  /** The latest. */
  feedback: Feedback.nullable(),
  /** The maintenance window that explains it: nobody is notified while it is set. */
  maintenanceWindowId: z.uuid().nullable(),
  /** Since when all of it has recovered, while it is open; nobody is notified of it meanwhile. */
  recoveredAtMs: EpochMs.nullable().optional(),
})
export type IncidentWorkflow = z.infer<typeof IncidentWorkflow>

/** `closed`: its fault is over (resolved); with a cause code it is closed for people as well. */
export const IncidentState = z.enum(["open", "acknowledged", "closed"])
/**
 * `causes` are the failed components. `alternatives` have the same visible effects. `behind`:
 * unreachable because of the cause.
 */
export const Incident = z.object({
  id: z.uuid(),
  number: z.int(),
  state: IncidentState,
  /**
   * Null: about the network. Else the check of the appliance itself that is critical: it has no
   * causes, no symptoms and no devices.
   */
  check: CheckId.nullable(),
  /** The highest so far; `severitySetBy` null: by what has failed, else by this person. */
  severity: Severity,
  severitySetBy: z.string().nullable(),
  title: Title,
  causes: z.array(Component),
  alternatives: z.array(Component),
  /**
   * The probability that this cause, or one that is indistinguishable from it, has failed. Null:
   * not calculated.
   */
  confidence: z.number().min(0).max(1).nullable(),
  openedAtMs: EpochMs,
  closedAtMs: EpochMs.nullable(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedAtMs: EpochMs.nullable(),
  devicesDown: z.int(),
  devicesUnreachable: z.int(),
  symptoms: z.int(),
  updatedAtMs: EpochMs,
  ...IncidentWorkflow.shape,
})
export type Incident = z.infer<typeof Incident>

export const Symptom = z.object({
  alertId: z.uuid(),
  kind: AlertKind,
  deviceId: z.uuid().nullable(),
  deviceName: z.string().nullable(),
  interface: z.string().nullable(),
  phase: AlertPhase,
  /**
   * `cause`: the failed component itself; `evidence`: reported by a neighbour; `behind`:
   * unreachable because of the cause.
   */
  part: z.enum(["cause", "evidence", "downstream"]),
  reason: z.string(),
  sinceMs: EpochMs,
  /** What a rule found; absent: the symptom is of no rule. */
  found: RuleFinding.optional(),
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
    "acknowledgement-expired",
    "assigned",
    "snoozed",
    "snooze-ended",
    "severity",
    "ticket",
    "cause-code",
    "merged",
    "split",
    "feedback",
    "maintenance",
  ]),
  who: z.string(),
  /** Accounts that the text mentions. */
  mentions: z.array(z.uuid()).optional(),
  message: TimelineMessage,
})
export type TimelineEntry = z.infer<typeof TimelineEntry>
/** A maintenance window, and the probability that its work is why the components have failed. */
export const PlannedShare = z.object({
  id: z.uuid(),
  name: z.string(),
  probability: z.number().min(0).max(1),
})
export type PlannedShare = z.infer<typeof PlannedShare>
/**
 * One explanation of all observations: the failed components, and for each of them the
 * indistinguishable ones.
 */
export const Hypothesis = z.object({
  components: z.array(Component),
  probability: z.number().min(0).max(1),
  equivalents: z.array(z.array(Component)),
  /** Planned work that explains it, the likeliest first. */
  planned: z.array(PlannedShare).optional(),
})
export type Hypothesis = z.infer<typeof Hypothesis>
/** `atMs`: when the evidence for it began, or when the evidence against it was observed. */
export const Evidence = z.object({
  stance: z.enum(["for", "against"]),
  message: EvidenceMessage,
  deviceId: z.uuid().nullable(),
  linkId: z.uuid().nullable(),
  atMs: EpochMs.nullable(),
})
export type Evidence = z.infer<typeof Evidence>
/** A probe or poll that was requested because it would decide; `result` null: still running. */
export const Recheck = z.object({
  message: RecheckMessage,
  requestedAtMs: EpochMs,
  answeredAtMs: EpochMs.nullable(),
  result: z.enum(["up", "down", "no-answer"]).nullable(),
})
export type Recheck = z.infer<typeof Recheck>
/** The causes and the confidence from `atMs` on; `message` gives the reason for the change. */
export const DiagnosisChange = z.object({
  atMs: EpochMs,
  causes: z.array(Component),
  confidence: z.number().min(0).max(1).nullable(),
  message: HistoryMessage,
})
export type DiagnosisChange = z.infer<typeof DiagnosisChange>
export const IncidentDetail = Incident.extend({
  symptomList: z.array(Symptom),
  timeline: z.array(TimelineEntry),
  /** The reasons for the cause, most important first. */
  because: z.array(Reason),
  /** At most 5, the most probable first; the first one is the cause that the incident states. */
  hypotheses: z.array(Hypothesis),
  /** The strongest first. */
  evidence: z.array(Evidence),
  rechecks: z.array(Recheck),
  /** Oldest first. */
  diagnosisHistory: z.array(DiagnosisChange),
})
export type IncidentDetail = z.infer<typeof IncidentDetail>

const IncidentNumber = z.coerce.number().int().positive().max(2_147_483_647)
/** `GET /incidents`, newest first. */
export const IncidentQuery = z.strictObject({
  /** `active`: open or acknowledged. */
  state: z.enum(["open", "acknowledged", "closed", "active"]).optional(),
  /** `next` of the page before; the same as `before`. */
  cursor: IncidentNumber.optional(),
  /** Only numbers below this one: the older page. */
  before: IncidentNumber.optional(),
  /** Only numbers above this one, and the lowest of them: the newer page. */
  after: IncidentNumber.optional(),
  /** Epoch ms: incidents that were still open at `from` and were opened before `to`. */
  from: z.coerce.number().min(0).max(8.64e15).optional(),
  to: z.coerce.number().min(0).max(8.64e15).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** Only incidents that concern this link. */
  link: z.uuid().optional(),
  /** Only incidents that concern this device, or with `interface`, that interface of it. */
  device: z.uuid().optional(),
  interface: Line(256).optional(),
  /** A number, or part of the name of a device, link or site that it concerns. */
  q: Line(200).optional(),
  severity: Severity.optional(),
  /** An account, or `none`. */
  owner: z.union([z.uuid(), z.literal("none")]).optional(),
  /** Only incidents that concern this site. */
  site: z.uuid().optional(),
  /** `none`: without one. */
  causeCode: z.union([CauseCode, z.literal("none")]).optional(),
})
export type IncidentQuery = z.infer<typeof IncidentQuery>

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
  /** Of a log line, as the device names them; absent in the live stream. */
  topics: z.string().nullable().optional(),
})
export type EventRow = z.infer<typeof EventRow>

/** `GET /devices/{id}/events`; times in epoch ms. */
export const DeviceEventQuery = z.strictObject({
  interface: Line(256).optional(),
  since: z.coerce.number().int().nonnegative().max(8_640_000_000_000_000).optional(),
  /** Only of this source, such as `syslog`. */
  source: z.enum(["routeros-api", "snmp", "icmp", "tcp", "syslog", "push", "agent"]).optional(),
  /** The lowest severity. */
  severity: z.enum(["debug", "info", "warning", "error"]).optional(),
  /** A part of the message or of the topics of a log line. */
  search: Line(120).optional(),
  cursor: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
/** `GET /events` */
export const EventQuery = DeviceEventQuery.omit({ interface: true }).extend({
  device: z.uuid().optional(),
})
