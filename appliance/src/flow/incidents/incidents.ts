/** Incidents of one organisation as the pipeline drives them, and what people do to them. */
import { randomUUID } from "node:crypto"
import type { IncidentDetail, Incident as Shown, Symptom } from "../../api/incidents.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, notFound } from "../../platform/http/http-error.ts"
import { IncidentId, type OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import type { AlertNow } from "../alerts/alerts.ts"
import { createIncidentEngine, type IncidentEngine, type Outcome } from "./engine/engine.ts"
import { type Change, type Incident, type Line, showIncident } from "./model.ts"
import {
  type ListQuery,
  listIncidents,
  loadOpen,
  quietSince,
  readChanges,
  readIncident,
  readSymptoms,
  readTimeline,
  saveIncidents,
  touchIncident,
} from "./store.ts"

export { deviceStatus, linkStatus } from "./status.ts"

export type OrgIncidents = IncidentEngine & {
  /** Takes what has become of incidents, to be written. */
  readonly enqueue: (outcome: Pick<Outcome, "changed" | "lines" | "history">) => void
  /** Writes what is owed; after a failure it stays owed. */
  readonly flush: () => Promise<void>
}

/** A clock that was set back leaves times that have yet to come: they are taken as now. */
const notAfter = (incident: Incident, nowMs: number): Incident => ({
  ...incident,
  openedAtMs: Math.min(incident.openedAtMs, nowMs),
  symptoms: new Map(
    [...incident.symptoms].map(([id, symptom]) => [
      id,
      { ...symptom, sinceMs: Math.min(symptom.sinceMs, nowMs) },
    ]),
  ),
})

/** Loads what is open; it is weighed anew with the first looks and never opened twice. */
export const openIncidents = async (
  db: Db,
  org: OrgId,
  alerts: Iterable<AlertNow>,
  nowMs = Number.POSITIVE_INFINITY,
): Promise<OrgIncidents> => {
  const engine = createIncidentEngine(() => IncidentId.parse(randomUUID()))
  const byId = new Map([...alerts].map((alert) => [alert.id, alert]))
  const { incidents, nextNumber } = await db.asOrg(org, (tx) =>
    loadOpen(tx, org, (id) => byId.get(id)),
  )
  engine.restore(
    incidents.map((incident) => notAfter(incident, nowMs)),
    nextNumber,
  )
  let unwritten = new Map<IncidentId, Incident>()
  let lines: Line[] = []
  let history: Change[] = []
  return {
    ...engine,
    enqueue: (outcome) => {
      for (const incident of outcome.changed) unwritten.set(incident.id, incident)
      lines.push(...outcome.lines)
      history.push(...outcome.history)
    },
    flush: async () => {
      if (unwritten.size === 0 && lines.length === 0 && history.length === 0) return
      const [writing, timeline, changes] = [unwritten, lines, history]
      unwritten = new Map()
      lines = []
      history = []
      try {
        await db.asOrg(org, (tx) =>
          saveIncidents(tx, org, {
            changed: [...writing.values()],
            lines: timeline,
            history: changes,
          }),
        )
      } catch (error) {
        unwritten = new Map([...writing, ...unwritten])
        lines = [...timeline, ...lines]
        history = [...changes, ...history]
        throw error
      }
    },
  }
}

export type IncidentsDeps = {
  readonly db: Db
  readonly now: () => number
  /** Runs work in the organisation's own order, with its open incidents; tells what has changed when it is done. */
  readonly runSerially: <T>(org: OrgId, work: (incidents: OrgIncidents) => Promise<T>) => Promise<T>
  readonly onChanged: (org: OrgId, incident: Shown) => void
  readonly audit: (
    tx: Tx,
    actor: Actor,
    action: string,
    subject: string,
    id: string,
    detail: Record<string, unknown>,
  ) => Promise<void>
  readonly alertsById: (tx: Tx, org: OrgId, ids: readonly string[]) => Promise<AlertNow[]>
  readonly deviceName: (org: OrgId, device: string) => string | null
}
export type Incidents = {
  readonly list: (org: OrgId, query: ListQuery) => Promise<{ items: Shown[]; next: string | null }>
  /** What is open, newest first, and since when nothing has been. */
  readonly overview: (org: OrgId) => Promise<{ open: Shown[]; quietSinceMs: number | null }>
  readonly detail: (org: OrgId, id: string) => Promise<IncidentDetail>
  readonly acknowledge: (actor: Actor, id: string, note: string) => Promise<{ id: string }>
  readonly unacknowledge: (actor: Actor, id: string) => Promise<{ id: string }>
  readonly note: (actor: Actor, id: string, note: string) => Promise<{ id: string }>
}

const MAX_OVERVIEW = 200

type Act = {
  readonly next: Incident
  readonly lines: readonly Pick<Line, "kind" | "message">[]
  readonly action: string
}

export const createIncidents = (deps: IncidentsDeps): Incidents => {
  const { db } = deps
  /** One thing a person does: decided, audited and written in one transaction, then told. */
  const act = (
    actor: Actor,
    id: string,
    decide: (was: Incident, nowMs: number) => Act,
  ): Promise<{ id: string }> =>
    deps.runSerially(actor.org, async (incidents) => {
      const was = incidents.get(id)
      if (was === undefined) {
        const closed = await db.asOrg(actor.org, (tx) => readIncident(tx, actor.org, id))
        throw closed === null
          ? notFound("incident", id)
          : conflict("incident-closed", "This incident is closed.")
      }
      const nowMs = deps.now()
      const { next, lines, action } = decide(was, nowMs)
      const timeline = lines.map(
        (line): Line => ({ ...line, incidentId: next.id, atMs: nowMs, who: actor.name }),
      )
      await incidents.flush()
      await db.asOrg(actor.org, async (tx) => {
        await saveIncidents(tx, actor.org, { changed: [next], lines: timeline, history: [] })
        await deps.audit(tx, actor, action, "incident", id, { number: next.number })
      })
      incidents.put(next)
      deps.onChanged(actor.org, showIncident(next))
      return { id }
    })

  /** What was found out afterwards belongs to the incident too: nothing of it changes but its timeline. */
  const noteClosed = async (actor: Actor, id: string, text: string): Promise<{ id: string }> => {
    const nowMs = deps.now()
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
      await deps.audit(tx, actor, "incident.noted", "incident", id, { number })
      return { ...closed.shown, updatedAtMs: Math.max(nowMs, updatedAtMs) }
    })
    deps.onChanged(actor.org, shown)
    return { id }
  }

  return {
    list: async (org, query) => {
      const rows = await db.asOrg(org, (tx) =>
        listIncidents(tx, org, { ...query, limit: query.limit + 1 }),
      )
      const items = rows.slice(0, query.limit)
      return { items, next: rows.length > items.length ? String(items.at(-1)?.number) : null }
    },
    overview: (org) =>
      db.asOrg(org, async (tx) => ({
        open: await listIncidents(tx, org, { state: "active", before: null, limit: MAX_OVERVIEW }),
        quietSinceMs: await quietSince(tx, org),
      })),
    detail: (org, id) =>
      db.asOrg(org, async (tx) => {
        const found = await readIncident(tx, org, id)
        if (found === null) throw notFound("incident", id)
        const rows = await readSymptoms(tx, org, [id])
        const alerts = await deps.alertsById(
          tx,
          org,
          rows.map((one) => one.alertId),
        )
        const byId = new Map(alerts.map((alert) => [alert.id, alert]))
        const symptoms = rows.flatMap((one): Symptom[] => {
          const alert = byId.get(one.alertId)
          if (alert === undefined) return []
          const { kind, deviceId, state } = alert
          const over = one.untilMs !== null
          return [
            {
              alertId: one.alertId,
              kind,
              deviceId,
              deviceName: deviceId === null ? null : deps.deviceName(org, deviceId),
              interface: alert.interface,
              // Its part in this incident may be over while the alert goes on in another.
              phase: over ? "ok" : state.phase,
              reason: state.reason,
              part: one.role,
              sinceMs: Math.round(one.sinceMs),
            },
          ]
        })
        const { because, hypotheses, evidence, rechecks } = found.diagnosis
        return {
          ...found.shown,
          symptomList: symptoms,
          timeline: await readTimeline(tx, org, id),
          because: [...because],
          hypotheses: [...hypotheses],
          evidence: [...evidence],
          rechecks: [...rechecks],
          diagnosisHistory: await readChanges(tx, org, id),
        }
      }),
    acknowledge: (actor, id, note) =>
      act(actor, id, (was, nowMs) => ({
        next: {
          ...was,
          state: "acknowledged",
          acknowledgedBy: actor.name,
          acknowledgedAtMs: nowMs,
          updatedAtMs: nowMs,
        },
        lines: [
          {
            kind: "acknowledged",
            message: { code: "timeline.acknowledged", params: { by: actor.name, note } },
          },
        ],
        action: "incident.acknowledged",
      })),
    unacknowledge: (actor, id) =>
      act(actor, id, (was, nowMs) => ({
        next: {
          ...was,
          state: "open",
          acknowledgedBy: null,
          acknowledgedAtMs: null,
          updatedAtMs: nowMs,
        },
        lines: [
          {
            kind: "unacknowledged",
            message: { code: "timeline.unacknowledged", params: { by: actor.name } },
          },
        ],
        action: "incident.unacknowledged",
      })),
    note: async (actor, id, note) => {
      // One that is not in memory is closed, or not there at all.
      if (
        !(await deps.runSerially(actor.org, async (incidents) => incidents.get(id) !== undefined))
      )
        return noteClosed(actor, id, note)
      return act(actor, id, (was, nowMs) => ({
        next: { ...was, updatedAtMs: nowMs },
        lines: [{ kind: "note", message: { code: "timeline.note", params: { text: note } } }],
        action: "incident.noted",
      }))
    },
  }
}
