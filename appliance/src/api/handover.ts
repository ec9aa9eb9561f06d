/** The handover between shifts, saved filters of the incident list, and post-mortems. */
import { z } from "zod"
import { Component, Feedback, Incident, Severity, Ticket, TimelineEntry } from "./incidents.ts"
import { TimelineMessage } from "./messages.ts"
import { EpochMs, Line, Note } from "./shared.ts"
import { CauseCode } from "./workflow-messages.ts"

/** One line of the timeline of an incident, with the incident it is about. */
export const HandoverEvent = z.object({
  incidentId: z.uuid(),
  number: z.int(),
  atMs: EpochMs,
  kind: TimelineEntry.shape.kind,
  who: z.string(),
  message: TimelineMessage,
})
export type HandoverEvent = z.infer<typeof HandoverEvent>
/** What was handed over: the text, and the incidents that were open then. */
export const HandoverNote = z.object({
  id: z.uuid(),
  atMs: EpochMs,
  sinceMs: EpochMs,
  who: z.string(),
  text: z.string(),
  open: z.array(z.object({ id: z.uuid(), number: z.int() })),
})
export type HandoverNote = z.infer<typeof HandoverNote>

/** `GET /handovers`; without `since`, since the last handover, or for 8 hours. */
export const HandoverQuery = z.strictObject({
  since: z.coerce.number().min(0).max(8.64e15).optional(),
})
export const Handover = z.object({
  sinceMs: EpochMs,
  open: z.array(Incident),
  /** Resolved since then, the newest first. */
  resolved: z.array(Incident),
  /** What opened, was resolved, and what people did, the newest first; at most 200. */
  events: z.array(HandoverEvent),
  /** Earlier handovers, the newest first. */
  notes: z.array(HandoverNote),
})
export type Handover = z.infer<typeof Handover>
export const HandoverRequest = z.strictObject({ sinceMs: EpochMs, text: Note.min(1) })

/** `query`: the query string of the incident list. */
export const SavedFilter = z.object({ id: z.uuid(), name: z.string(), query: z.string() })
export type SavedFilter = z.infer<typeof SavedFilter>
export const SavedFilterInput = z.strictObject({
  name: Line(60),
  query: z
    .string()
    .max(1_000)
    .regex(/^[\w.~%+&=,:-]*$/),
})

export const PostMortemQuery = z.strictObject({ language: z.enum(["en", "tr"]).default("en") })
const Span = z.number().min(0).nullable()
/** An incident as a document. Texts are in the language asked for; times are UTC in `markdown`. */
export const PostMortem = z.object({
  number: z.int(),
  title: z.string(),
  state: z.enum(["open", "acknowledged", "resolved", "closed"]),
  severity: Severity,
  causeCode: CauseCode.nullable(),
  causeCodedBy: z.string().nullable(),
  causes: z.array(Component),
  confidence: z.number().nullable(),
  because: z.array(z.string()),
  feedback: Feedback.nullable(),
  ticket: Ticket.nullable(),
  impact: z.object({
    devicesDown: z.int(),
    devicesUnreachable: z.int(),
    devices: z.array(z.string()),
  }),
  openedAtMs: EpochMs,
  resolvedAtMs: EpochMs.nullable(),
  durations: z.object({
    /** From the first symptom to the incident. */
    detectedAfterMs: Span,
    acknowledgedAfterMs: Span,
    resolvedAfterMs: Span,
  }),
  /** Who did what, in the order in which they began. */
  people: z.array(z.object({ name: z.string(), actions: z.array(z.string()) })),
  diagnosis: z.array(z.object({ atMs: EpochMs, text: z.string() })),
  timeline: z.array(
    z.object({ atMs: EpochMs, kind: z.string(), who: z.string(), text: z.string() }),
  ),
  markdown: z.string(),
})
export type PostMortem = z.infer<typeof PostMortem>
