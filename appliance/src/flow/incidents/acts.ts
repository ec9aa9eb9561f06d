/** What each action of a person changes of an incident, and its timeline line. Pure. */
import type { AuditAction } from "../../api/audit-actions.ts"
import type { Assignee, IncidentsAction } from "../../api/incident-actions.ts"
import type { Component, IncidentWorkflow, Incident as Shown } from "../../api/incidents.ts"
import type { ProblemMessage } from "../../api/problem-messages.ts"
import type { Actor } from "../../platform/http/http.ts"
import type { Line } from "./model.ts"

/** An action on one incident. A merge is about two and is decided elsewhere (`engine/`). */
export type Request = Exclude<IncidentsAction, { action: "merge" }>
/** What an action may change. */
type Patch = Partial<
  IncidentWorkflow &
    Pick<Shown, "state" | "severity" | "severitySetBy" | "acknowledgedBy" | "acknowledgedAtMs">
>
export type Act = {
  readonly patch: Patch
  readonly kind: Line["kind"]
  readonly message: Line["message"]
  readonly action: AuditAction
  readonly mentions?: readonly string[]
  /** Whom its note mentions, and what after an @ names nobody. */
  readonly note?: {
    readonly text: string
    readonly named: readonly string[]
    readonly unknown: readonly string[]
  }
}
/** `rejected`: why the incident cannot be changed so. */
export type Decision = Act | { readonly rejected: ProblemMessage }
export type ActContext = {
  readonly actor: Pick<Actor, "account" | "name">
  readonly nowMs: number
  /** By the inventory; null: it has no such component. */
  readonly nameOf: (component: Pick<Component, "kind" | "id">) => string | null
  readonly assignees: readonly Assignee[]
  /** Who may see the incident: a note can mention them. */
  readonly readers: readonly Assignee[]
}

/** Whether an action applies to an incident whose fault is over. */
export const isForClosed = ({ action }: Request): boolean =>
  ["note", "assign", "ticket", "close", "feedback"].includes(action)

const isWordPart = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}_]/u.test(character)

/** What follows an @ that names nobody, up to the end of the word. */
const WORD = /^[\p{L}\p{N}_]+(?:[.-][\p{L}\p{N}_]+)*/u
const MAX_UNKNOWN = 20

/**
 * Accounts whose name follows an @, of people who may see the incident. Of names that begin alike,
 * the longest counts.
 */
export const mentionsIn = (
  text: string,
  readers: readonly Assignee[],
): { readonly named: readonly string[]; readonly unknown: readonly string[] } => {
  const lower = text.toLocaleLowerCase()
  // A name may get longer in lower case: İ does.
  const byLength = readers
    .map(({ id, name }) => ({ id, name: name.toLocaleLowerCase() }))
    .sort((one, other) => other.name.length - one.name.length)
  const named = new Set<string>()
  const unknown = new Set<string>()
  for (let at = lower.indexOf("@"); at !== -1; at = lower.indexOf("@", at + 1)) {
    if (isWordPart(lower[at - 1])) continue
    const found = byLength.find(
      ({ name }) => lower.startsWith(name, at + 1) && !isWordPart(lower[at + 1 + name.length]),
    )
    const word = WORD.exec(lower.slice(at + 1))?.[0]
    if (found !== undefined) named.add(found.id)
    else if (word !== undefined) unknown.add(word)
  }
  return { named: [...named], unknown: [...unknown].slice(0, MAX_UNKNOWN) }
}

type Acknowledge = Extract<Request, { action: "acknowledge" }>
const isOfAnother = (was: Shown, { actor }: ActContext): boolean =>
  was.state === "acknowledged" &&
  (was.acknowledgedBy !== actor.name || (was.ownerId !== null && was.ownerId !== actor.account))
const acknowledge = (
  { note, forMinutes, ifOpen }: Acknowledge,
  was: Shown,
  context: ActContext,
): Decision => {
  const { actor, nowMs } = context
  const by = actor.name
  if (ifOpen && isOfAnother(was, context))
    return {
      rejected: {
        code: "problem.incident-acknowledged",
        params: {
          by: was.acknowledgedBy ?? "",
          agoMs: Math.max(0, nowMs - (was.acknowledgedAtMs ?? nowMs)),
        },
      },
    }
  const forMs = forMinutes === null ? null : forMinutes * 60_000
  return {
    patch: {
      state: "acknowledged",
      acknowledgedBy: by,
      acknowledgedAtMs: nowMs,
      acknowledgedUntilMs: forMs === null ? null : nowMs + forMs,
      ownerId: actor.account,
      ownerName: by,
    },
    kind: "acknowledged",
    message:
      forMs === null
        ? { code: "timeline.acknowledged", params: { by, note } }
        : { code: "timeline.acknowledged-for", params: { by, forMs, note } },
    action: "incident.acknowledged",
  }
}

/**
 * A second tap, or a request that is repeated because its answer was lost: it would notify everybody
 * again, and be in the timeline twice.
 */
export const isRepeated = (request: Request, was: Shown, actor: ActContext["actor"]): boolean =>
  request.action === "acknowledge" &&
  request.note === "" &&
  request.forMinutes === null &&
  was.state === "acknowledged" &&
  was.acknowledgedUntilMs === null &&
  was.acknowledgedBy === actor.name &&
  was.ownerId === actor.account

/** Who owned it by acknowledging it owns it no more; who was assigned does. */
const unacknowledge = (was: Shown, { actor }: ActContext): Act => ({
  patch: {
    state: "open",
    acknowledgedBy: null,
    acknowledgedAtMs: null,
    acknowledgedUntilMs: null,
    ...(was.ownerName === was.acknowledgedBy ? { ownerId: null, ownerName: null } : {}),
  },
  kind: "unacknowledged",
  message: { code: "timeline.unacknowledged", params: { by: actor.name } },
  action: "incident.unacknowledged",
})

type Assign = Extract<Request, { action: "assign" }>
const assign = ({ account }: Assign, { actor, assignees }: ActContext): Decision => {
  const by = actor.name
  const kind = "assigned"
  const action = "incident.assigned"
  if (account === null)
    return {
      patch: { ownerId: null, ownerName: null },
      kind,
      message: { code: "timeline.unassigned", params: { by } },
      action,
    }
  const owner = assignees.find(({ id }) => id === account)
  if (owner === undefined)
    return {
      rejected: { code: "problem.not-found", params: { what: "account", id: account } },
    }
  return {
    patch: { ownerId: owner.id, ownerName: owner.name },
    kind,
    message: { code: "timeline.assigned", params: { by, to: owner.name } },
    action,
    mentions: owner.id === actor.account ? [] : [owner.id],
  }
}

type Snooze = Extract<Request, { action: "snooze" }>
/** What is snoozed notifies nobody: a mistaken year must not be for ever. */
const MAX_SNOOZE_DAYS = 30
const MAX_SNOOZE_MS = MAX_SNOOZE_DAYS * 86_400_000
const snooze = ({ untilMs }: Snooze, { actor, nowMs }: ActContext): Decision => {
  const by = actor.name
  if (untilMs !== null && untilMs <= nowMs)
    return { rejected: { code: "problem.snooze-past", params: {} } }
  if (untilMs !== null && untilMs > nowMs + MAX_SNOOZE_MS)
    return { rejected: { code: "problem.snooze-far", params: { days: MAX_SNOOZE_DAYS } } }
  return {
    patch: { snoozedUntilMs: untilMs },
    kind: untilMs === null ? "snooze-ended" : "snoozed",
    message:
      untilMs === null
        ? { code: "timeline.unsnoozed", params: { by } }
        : { code: "timeline.snoozed", params: { by, forMs: untilMs - nowMs } },
    action: "incident.snoozed",
  }
}

/** Its severity is the rule's. */
export const isOfRule = ({ title }: Pick<Shown, "title">): boolean =>
  title.code === "title.rule" || title.code === "title.degradation"

type Severity = Extract<Request, { action: "severity" }>
/** Left to what has failed: from the lowest it is raised again, as far as that goes. */
const severity = ({ severity: wanted }: Severity, was: Shown, { actor }: ActContext): Act => {
  const by = actor.name
  return {
    patch:
      wanted === null
        ? { severity: isOfRule(was) ? was.severity : "warning", severitySetBy: null }
        : { severity: wanted, severitySetBy: by },
    kind: "severity",
    message:
      wanted === null
        ? { code: "timeline.severity-automatic", params: { by } }
        : { code: "timeline.severity", params: { by, before: was.severity, severity: wanted } },
    action: "incident.severity-changed",
  }
}

type Ticket = Extract<Request, { action: "ticket" }>
const ticket = ({ url, number }: Ticket, { actor }: ActContext): Act => {
  const by = actor.name
  const name = number ?? url
  return {
    patch: { ticket: name === null ? null : { url, number } },
    kind: "ticket",
    message:
      name === null
        ? { code: "timeline.ticket-removed", params: { by } }
        : { code: "timeline.ticket", params: { by, ticket: name } },
    action: "incident.ticket-linked",
  }
}

type Close = Extract<Request, { action: "close" }>
const close = ({ causeCode, note }: Close, was: Shown, { actor, nowMs }: ActContext): Act => {
  const by = actor.name
  const isOver = was.state === "closed"
  return {
    patch: { causeCode, causeCodedBy: by, causeCodedAtMs: nowMs },
    kind: "cause-code",
    message: { code: "timeline.cause-code", params: { by, causeCode, isOver, note } },
    action: "incident.cause-coded",
  }
}

type Feedback = Extract<Request, { action: "feedback" }>
const feedback = (
  { rating, actual, note }: Feedback,
  was: Shown,
  { actor, nowMs, nameOf }: ActContext,
): Decision => {
  const by = actor.name
  const asked = rating === "right" ? null : actual
  const name = asked === null ? null : nameOf(asked)
  if (asked !== null && name === null)
    return { rejected: { code: "problem.not-found", params: { what: asked.kind, id: asked.id } } }
  const instead = asked === null || name === null ? null : { ...asked, name }
  return {
    patch: {
      feedback: { rating, stated: was.causes, actual: instead, note, by, atMs: nowMs },
    },
    kind: "feedback",
    message:
      rating === "right"
        ? { code: "timeline.cause-right", params: { by, note } }
        : {
            code: "timeline.cause-wrong",
            params: { by, actual: instead?.name ?? null, note },
          },
    action: "incident.cause-rated",
  }
}

export const decide = (request: Request, was: Shown, context: ActContext): Decision => {
  switch (request.action) {
    case "acknowledge":
      return acknowledge(request, was, context)
    case "unacknowledge":
      return unacknowledge(was, context)
    case "note":
      return {
        patch: {},
        kind: "note",
        message: { code: "timeline.note", params: { text: request.note } },
        action: "incident.noted",
      }
    case "assign":
      return assign(request, context)
    case "snooze":
      return snooze(request, context)
    case "severity":
      return severity(request, was, context)
    case "ticket":
      return ticket(request, context)
    case "close":
      return close(request, was, context)
    case "feedback":
      return feedback(request, was, context)
  }
}

/** With the accounts that its note mentions. */
export const decideWithMentions = (request: Request, was: Shown, context: ActContext): Decision => {
  const decision = decide(request, was, context)
  if ("rejected" in decision) return decision
  if (!("note" in request)) return decision
  const note = { text: request.note, ...mentionsIn(request.note, context.readers) }
  const mentions = [...new Set([...(decision.mentions ?? []), ...note.named])]
  return { ...decision, mentions, note }
}
