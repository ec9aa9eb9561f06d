/** Actions of people on incidents, each in the organisation's serial queue. */
import type { AuditAction } from "../../api/audit-actions.ts"
import type { Assignee, IncidentsAction, NoteAnswer } from "../../api/incident-actions.ts"
import type { Incident as Shown } from "../../api/incidents.ts"
import type { ProblemMessage } from "../../api/problem-messages.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, HttpError, notFound } from "../../platform/http/http-error.ts"
import { AlertId, IncidentId, type OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import type { Topology } from "../alerts/alerts.ts"
import {
  type Act,
  type ActContext,
  decideWithMentions,
  isForClosed,
  isOfRule,
  isRepeated,
  type Request,
} from "./acts.ts"
import type { AlertView } from "./engine/alert-view.ts"
import { activeSymptoms, type Regrouped } from "./engine/merge-split.ts"
import { type Incident, type Line, showIncident } from "./model.ts"
import type { OrgIncidents } from "./org-incidents.ts"
import { type AfterSave, saveAll } from "./save.ts"
import { severityOf } from "./severity.ts"
import { readIncident, saveIncidents, touchIncident } from "./store.ts"
import { readAssignees, readReaders, saveWorkflow } from "./workflow-store.ts"

/** What the organisation's worker holds besides its incidents. */
export type Network = { readonly topology: Topology; readonly view: AlertView }
export type ActionDeps = {
  readonly db: Db
  readonly now: () => number
  /** Runs work in the organisation's serial queue, with its open incidents. */
  readonly runSerially: <T>(
    org: OrgId,
    work: (incidents: OrgIncidents, network: Network) => Promise<T>,
  ) => Promise<T>
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
type Done = Promise<NoteAnswer>
/**
 * Throw `HttpError`: not-found; incident-closed, if only an open incident can be changed so; and
 * the codes of `problem-messages.ts` that the action names.
 */
export type Actions = {
  /** `ids` of the request are not read: the action is on `id` alone. */
  readonly act: (actor: Actor, id: string, request: IncidentsAction) => Done
  /** Rejected if another person has acknowledged it. */
  readonly acknowledge: (actor: Actor, id: string, note: string) => Done
  readonly note: (actor: Actor, id: string, note: string) => Done
  /** Answers the id of the new incident. */
  readonly split: (actor: Actor, id: string, alertIds: readonly string[]) => Done
  readonly assignees: (org: OrgId) => Promise<Assignee[]>
}

const rejection = (message: ProblemMessage): HttpError =>
  message.code === "problem.not-found"
    ? new HttpError(404, "not-found", message)
    : conflict(message.code.replace(/^problem\./, ""), message)

type OfIncident = Extract<ProblemMessage, { code: `problem.incident-${string}` }>
type Plain = Exclude<OfIncident, { code: "problem.incident-acknowledged" }>["code"]
const plainConflict = (code: Plain): HttpError => rejection({ code, params: {} })

const missing = async ({ db }: ActionDeps, org: OrgId, id: string): Promise<HttpError> => {
  const closed = await db.asOrg(org, (tx) => readIncident(tx, org, id))
  return closed === null ? notFound("incident", id) : plainConflict("problem.incident-closed")
}

const lineOf = (id: IncidentId, actor: Actor, nowMs: number, act: Act): Line => ({
  incidentId: id,
  atMs: nowMs,
  kind: act.kind,
  who: actor.name,
  message: act.message,
  mentions: act.mentions ?? [],
})

const plainly = (id: string): NoteAnswer => ({ id, unknown: [], withoutChannel: [] })

/** In the transaction of the note: who is mentioned is notified once, or not at all with the note. */
const notifyMentioned = async (
  { afterSave }: ActionDeps,
  tx: Tx,
  actor: Actor,
  incident: string,
  { note }: Act,
  { readers }: ActContext,
): Promise<NoteAnswer> => {
  if (note === undefined) return plainly(incident)
  const { text, named, unknown } = note
  const accounts = named.filter((account) => account !== actor.account)
  const mention = { incident, accounts, by: actor.name, text }
  const missing = accounts.length === 0 ? [] : await afterSave.mentioned?.(tx, actor.org, mention)
  const nameOf = (account: string): string =>
    readers.find(({ id }) => id === account)?.name ?? account
  return { id: incident, unknown: [...unknown], withoutChannel: (missing ?? []).map(nameOf) }
}

const nameIn =
  ({ devices, links, sites, agents }: Topology): ActContext["nameOf"] =>
  ({ kind, id }) =>
    new Map<string, { readonly name: string }>(
      { device: devices, link: links, site: sites, agent: agents }[kind],
    ).get(id)?.name ?? null

const contextOf = async (
  tx: Tx,
  actor: Actor,
  topology: Topology,
  nowMs: number,
): Promise<ActContext> => ({
  actor,
  nowMs,
  nameOf: nameIn(topology),
  assignees: await readAssignees(tx, actor.org),
  readers: await readReaders(tx, actor.org),
})

/** Decides, audits and writes in one transaction, then publishes. */
const actOnOpen = async (
  deps: ActionDeps,
  actor: Actor,
  was: Incident,
  incidents: OrgIncidents,
  topology: Topology,
  request: Request,
): Done => {
  const { db, now, audit, onChanged, afterSave } = deps
  const nowMs = now()
  if (isRepeated(request, showIncident(was), actor)) return plainly(was.id)
  await incidents.flush()
  const context = await db.asOrg(actor.org, (tx) => contextOf(tx, actor, topology, nowMs))
  const act = decideWithMentions(request, showIncident(was), context)
  if ("rejected" in act) throw rejection(act.rejected)
  const patched: Incident = { ...was, ...act.patch, updatedAtMs: nowMs }
  const severity = isOfRule(was) ? patched.severity : severityOf(topology, patched)
  const next: Incident = { ...patched, severity }
  const lines = [lineOf(was.id, actor, nowMs, act)]
  let answer = plainly(was.id)
  await saveAll(db, actor.org, { changed: [next], lines, history: [] }, afterSave, async (tx) => {
    await audit(tx, actor, act.action, "incident", was.id, { number: was.number })
    answer = await notifyMentioned(deps, tx, actor, was.id, act, context)
  })
  incidents.put(next)
  onChanged(actor.org, showIncident(next))
  return answer
}

/** Its fault is over: it is in the database alone. */
const actOnClosed = async (
  deps: ActionDeps,
  actor: Actor,
  id: string,
  topology: Topology,
  request: Request,
): Done => {
  const { db, now, audit, onChanged, afterSave } = deps
  const nowMs = now()
  const { shown, answer } = await db.asOrg(actor.org, async (tx) => {
    const found = await readIncident(tx, actor.org, id)
    if (found === null) throw notFound("incident", id)
    if (!isForClosed(request)) throw plainConflict("problem.incident-closed")
    const was = found.shown
    const context = await contextOf(tx, actor, topology, nowMs)
    const act = decideWithMentions(request, was, context)
    if ("rejected" in act) throw rejection(act.rejected)
    const updatedAtMs = Math.max(nowMs, was.updatedAtMs)
    const changed: Shown = { ...was, ...act.patch, updatedAtMs }
    const lines = [lineOf(IncidentId.parse(id), actor, nowMs, act)]
    await saveIncidents(tx, actor.org, { changed: [], lines, history: [] })
    await saveWorkflow(tx, actor.org, [changed])
    await touchIncident(tx, actor.org, id, nowMs)
    await audit(tx, actor, act.action, "incident", id, { number: was.number })
    return { shown: changed, answer: await notifyMentioned(deps, tx, actor, id, act, context) }
  })
  afterSave.committed(actor.org)
  onChanged(actor.org, shown)
  return answer
}

/** Both incidents, or the old and the new one, in one transaction. */
const regroup = async (
  { db, audit, onChanged, afterSave }: ActionDeps,
  actor: Actor,
  incidents: OrgIncidents,
  { changed, lines }: Regrouped,
  action: AuditAction,
): Promise<void> => {
  await incidents.flush()
  await saveAll(db, actor.org, { changed, lines, history: [] }, afterSave, async (tx) => {
    for (const { id, number } of changed) await audit(tx, actor, action, "incident", id, { number })
  })
  for (const incident of changed) {
    incidents.put(incident)
    onChanged(actor.org, showIncident(incident))
  }
}

const merge = (deps: ActionDeps, actor: Actor, id: string, intoId: string): Done =>
  deps.runSerially(actor.org, async (incidents, { topology, view }) => {
    if (id === intoId) throw plainConflict("problem.incident-merge-itself")
    const from = incidents.get(id)
    const into = incidents.get(intoId)
    if (from === undefined) throw await missing(deps, actor.org, id)
    if (into === undefined) throw await missing(deps, actor.org, intoId)
    if (from.check !== null || into.check !== null)
      throw plainConflict("problem.incident-of-appliance")
    const work = { by: actor, from, into }
    const outcome = incidents.merge(topology, view, work, deps.now())
    await regroup(deps, actor, incidents, outcome, "incident.merged")
    return plainly(id)
  })

const split = (deps: ActionDeps, actor: Actor, id: string, alertIds: readonly string[]): Done =>
  deps.runSerially(actor.org, async (incidents, { topology, view }) => {
    const from = incidents.get(id)
    if (from === undefined) throw await missing(deps, actor.org, id)
    if (from.check !== null) throw plainConflict("problem.incident-of-appliance")
    const wanted = new Set(alertIds)
    const active = activeSymptoms(from)
    const moved = active.filter(({ alertId }) => wanted.has(alertId))
    if (moved.length === 0) throw plainConflict("problem.incident-split-nothing")
    if (moved.length === active.length) throw plainConflict("problem.incident-split-all")
    const ids = new Set(moved.map(({ alertId }) => AlertId.parse(alertId)))
    const work = { by: actor, from }
    const outcome = incidents.split(topology, view, work, ids, deps.now())
    await regroup(deps, actor, incidents, outcome, "incident.split")
    return plainly(outcome.changed.find((one) => one.id !== from.id)?.id ?? id)
  })

export const createActions = (deps: ActionDeps): Actions => {
  const act: Actions["act"] = (actor, id, request) =>
    request.action === "merge"
      ? merge(deps, actor, id, request.into)
      : deps.runSerially(actor.org, async (incidents, { topology }) => {
          const was = incidents.get(id)
          const done =
            was === undefined
              ? await actOnClosed(deps, actor, id, topology, request)
              : await actOnOpen(deps, actor, was, incidents, topology, request)
          if (request.action === "feedback") await incidents.reloadFeedback(deps.now())
          return done
        })
  return {
    act,
    acknowledge: (actor, id, note) =>
      act(actor, id, { action: "acknowledge", ids: [id], note, forMinutes: null, ifOpen: true }),
    note: (actor, id, note) => act(actor, id, { action: "note", ids: [id], note }),
    split: (actor, id, alertIds) => split(deps, actor, id, alertIds),
    assignees: (org) => deps.db.asOrg(org, (tx) => readAssignees(tx, org)),
  }
}
