/** Actions of people on incidents: acknowledge, withdraw, add notes. */
import type { AuditAction } from "../../api/audit-actions.ts"
import type { Incident as Shown } from "../../api/incidents.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, notFound } from "../../platform/http/http-error.ts"
import { IncidentId, type OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { type Incident, type Line, showIncident } from "./model.ts"
import type { OrgIncidents } from "./org-incidents.ts"
import { type AfterSave, saveAll } from "./save.ts"
import { readIncident, saveIncidents, touchIncident } from "./store.ts"

export type ActionDeps = {
  readonly db: Db
  readonly now: () => number
  /** Runs work in the organisation's serial queue, with its open incidents. */
  readonly runSerially: <T>(org: OrgId, work: (incidents: OrgIncidents) => Promise<T>) => Promise<T>
  readonly onChanged: (org: OrgId, incident: Shown) => void
  readonly afterSave: AfterSave
  readonly audit: (
    tx: Tx,
    actor: Actor,
    action: AuditAction,
    subject: string,
    id: string,
    detail: Record<string, unknown>,
  ) => Promise<void>
}
/** Throw `HttpError`: not-found; incident-closed, if only an open incident can be changed so. */
export type Actions = {
  readonly acknowledge: (actor: Actor, id: string, note: string) => Promise<{ id: string }>
  readonly unacknowledge: (actor: Actor, id: string) => Promise<{ id: string }>
  readonly note: (actor: Actor, id: string, note: string) => Promise<{ id: string }>
}

type Act = {
  readonly next: Incident
  readonly kind: Line["kind"]
  readonly message: Line["message"]
  readonly action: AuditAction
}
const acknowledged = (actor: Actor, note: string, was: Incident, nowMs: number): Act => ({
  next: {
    ...was,
    state: "acknowledged",
    acknowledgedBy: actor.name,
    acknowledgedAtMs: nowMs,
    updatedAtMs: nowMs,
  },
  kind: "acknowledged",
  message: { code: "timeline.acknowledged", params: { by: actor.name, note } },
  action: "incident.acknowledged",
})
const unacknowledged = (actor: Actor, was: Incident, nowMs: number): Act => ({
  next: {
    ...was,
    state: "open",
    acknowledgedBy: null,
    acknowledgedAtMs: null,
    updatedAtMs: nowMs,
  },
  kind: "unacknowledged",
  message: { code: "timeline.unacknowledged", params: { by: actor.name } },
  action: "incident.unacknowledged",
})
const noted = (text: string, was: Incident, nowMs: number): Act => ({
  next: { ...was, updatedAtMs: nowMs },
  kind: "note",
  message: { code: "timeline.note", params: { text } },
  action: "incident.noted",
})

/** Decides, audits and writes in one transaction, then publishes. */
const actOnOpen = (
  deps: ActionDeps,
  actor: Actor,
  id: string,
  decide: (was: Incident, nowMs: number) => Act,
): Promise<{ id: string }> =>
  deps.runSerially(actor.org, async (incidents) => {
    const was = incidents.get(id)
    if (was === undefined) {
      const closed = await deps.db.asOrg(actor.org, (tx) => readIncident(tx, actor.org, id))
      throw closed === null
        ? notFound("incident", id)
        : conflict("incident-closed", { code: "problem.incident-closed", params: {} })
    }
    const nowMs = deps.now()
    const { next, kind, message, action } = decide(was, nowMs)
    const line: Line = { incidentId: next.id, atMs: nowMs, kind, who: actor.name, message }
    await incidents.flush()
    const changes = { changed: [next], lines: [line], history: [] }
    await saveAll(deps.db, actor.org, changes, deps.afterSave, (tx) =>
      deps.audit(tx, actor, action, "incident", id, { number: next.number }),
    )
    incidents.put(next)
    deps.onChanged(actor.org, showIncident(next))
    return { id }
  })

/** A closed incident takes notes too; only its timeline changes. */
const noteClosed = async (
  { db, now, audit, onChanged }: ActionDeps,
  actor: Actor,
  id: string,
  text: string,
): Promise<{ id: string }> => {
  const nowMs = now()
  const shown = await db.asOrg(actor.org, async (tx) => {
    const closed = await readIncident(tx, actor.org, id)
    if (closed === null) throw notFound("incident", id)
    const { number, updatedAtMs } = closed.shown
    const line: Line = {
      incidentId: IncidentId.parse(id),
      atMs: nowMs,
      kind: "note",
      who: actor.name,
      message: { code: "timeline.note", params: { text } },
    }
    await saveIncidents(tx, actor.org, { changed: [], lines: [line], history: [] })
    await touchIncident(tx, actor.org, id, nowMs)
    await audit(tx, actor, "incident.noted", "incident", id, { number })
    return { ...closed.shown, updatedAtMs: Math.max(nowMs, updatedAtMs) }
  })
  onChanged(actor.org, shown)
  return { id }
}

export const createActions = (deps: ActionDeps): Actions => ({
  acknowledge: (actor, id, note) =>
    actOnOpen(deps, actor, id, (was, nowMs) => acknowledged(actor, note, was, nowMs)),
  unacknowledge: (actor, id) =>
    actOnOpen(deps, actor, id, (was, nowMs) => unacknowledged(actor, was, nowMs)),
  note: async (actor, id, text) => {
    // An incident that is not in memory is closed or does not exist.
    const isOpen = await deps.runSerially(
      actor.org,
      async (incidents) => incidents.get(id) !== undefined,
    )
    return isOpen
      ? actOnOpen(deps, actor, id, (was, nowMs) => noted(text, was, nowMs))
      : noteClosed(deps, actor, id, text)
  },
})
