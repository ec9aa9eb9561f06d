/** Requests of people about incidents. */
import { z } from "zod"
import { Component, Severity } from "./incidents.ts"
import { EpochMs, Line, Note } from "./shared.ts"
import { CauseCode } from "./workflow-messages.ts"

const MAX_ACKNOWLEDGE_MINUTES = 7 * 24 * 60
/** Null: until it is withdrawn. */
const ForMinutes = z.int().min(1).max(MAX_ACKNOWLEDGE_MINUTES).nullable()
/** Rejected if another person has acknowledged it meanwhile. False: it is taken over. */
const IfOpen = z.boolean().default(false)
export const NoteRequest = z.strictObject({ note: Note.min(1) })
/** What became of the names after an @: of people who may see the incident, and of others. */
export const NoteAnswer = z.object({
  id: z.uuid(),
  /** As written: they name nobody who may see it. */
  unknown: z.array(z.string()),
  /** Names of people with no channel of their own: nothing is sent to them. */
  withoutChannel: z.array(z.string()),
})
export type NoteAnswer = z.infer<typeof NoteAnswer>
export const AcknowledgeRequest = z.strictObject({
  note: Note.default(""),
  forMinutes: ForMinutes.default(null),
  ifOpen: IfOpen,
})

/** An address that a browser opens as a link; no other scheme may stand in its place. */
const TicketUrl = z.url({ protocol: /^https$/ }).max(2_000)

const IncidentIds = z.array(z.uuid()).min(1).max(200)
/** `POST /incidents/actions`: one action on several incidents, each as if it were the only one. */
export const IncidentsAction = z.discriminatedUnion("action", [
  z.strictObject({
    action: z.literal("acknowledge"),
    ids: IncidentIds,
    note: Note.default(""),
    forMinutes: ForMinutes.default(null),
    ifOpen: IfOpen,
  }),
  z.strictObject({ action: z.literal("unacknowledge"), ids: IncidentIds }),
  z.strictObject({ action: z.literal("note"), ids: IncidentIds, note: Note.min(1) }),
  /** `account` null: nobody. */
  z.strictObject({ action: z.literal("assign"), ids: IncidentIds, account: z.uuid().nullable() }),
  /** `untilMs` null ends the snooze. */
  z.strictObject({
    action: z.literal("snooze"),
    ids: IncidentIds,
    untilMs: EpochMs.max(8.64e15).nullable(),
  }),
  /** `severity` null: by what has failed. */
  z.strictObject({
    action: z.literal("severity"),
    ids: IncidentIds,
    severity: Severity.nullable(),
  }),
  /** Both null removes the ticket. */
  z.strictObject({
    action: z.literal("ticket"),
    ids: IncidentIds,
    url: TicketUrl.nullable(),
    number: Line(80).nullable(),
  }),
  /** While the fault lasts, the code is kept and the incident closes when it is over. */
  z.strictObject({
    action: z.literal("close"),
    ids: IncidentIds,
    causeCode: CauseCode,
    note: Note.default(""),
  }),
  z.strictObject({ action: z.literal("merge"), ids: IncidentIds, into: z.uuid() }),
  z.strictObject({
    action: z.literal("feedback"),
    ids: IncidentIds,
    rating: z.enum(["right", "wrong"]),
    actual: Component.strict()
      .extend({ name: Line(256) })
      .nullable()
      .default(null),
    note: Note.default(""),
  }),
])
export type IncidentsAction = z.infer<typeof IncidentsAction>
/** One result per incident, in the order of the request; `rejection` null: done. */
export const IncidentsActionAnswer = z.object({
  results: z.array(
    z.object({
      id: z.uuid(),
      rejection: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  ),
})
export type IncidentsActionAnswer = z.infer<typeof IncidentsActionAnswer>

/** `POST /incidents/{id}/split`: these symptoms become an incident of their own. */
export const SplitRequest = z.strictObject({ alertIds: z.array(z.uuid()).min(1).max(1_000) })

/** An account that incidents can be assigned to and notes can mention. */
export const Assignee = z.object({ id: z.uuid(), name: z.string() })
export type Assignee = z.infer<typeof Assignee>
