/** The open incidents of one organisation in memory, and their changes on the way to the database. */
import { randomUUID } from "node:crypto"
import { IncidentId, type OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import type { AlertNow } from "../alerts/alerts.ts"
import { createIncidentEngine, type IncidentEngine, type Outcome } from "./engine/engine.ts"
import { EXPLAINS_FOR_MS } from "./engine/explained.ts"
import { createReachability } from "./engine/reachability.ts"
import { type Coverage, createCoverage } from "./maintenance.ts"
import type { Change, Incident, Line } from "./model.ts"
import { type AfterSave, NOTHING_AFTER, saveAll } from "./save.ts"
import type { Solvers } from "./solver/model.ts"
import { loadOpen } from "./store.ts"
import { readConfirmed } from "./workflow-store.ts"

/** Networks change: what was the cause earlier says nothing about now. */
const CONFIRMED_FOR_MS = 180 * 86_400_000

/** Later than any incident. */
const NEVER_MS = 4e12

export type OrgIncidents = IncidentEngine & {
  /** Reads again what people have said about causes. */
  readonly reloadFeedback: (nowMs: number) => Promise<void>
  /** The maintenance windows of the organisation. */
  readonly maintenance: Pick<Coverage, "setWindows" | "update" | "covered">
  /** Queues changes of incidents to be written. */
  readonly enqueue: (outcome: Pick<Outcome, "changed" | "lines" | "history">) => void
  /** Writes the queued changes; after a failure they stay queued. */
  readonly flush: () => Promise<void>
}

/** A clock that was set back leaves times in the future: they become now. */
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

/** Loads the open incidents. They get a new finding with the first review and open only once. */
export const openIncidents = async (
  db: Db,
  org: OrgId,
  alerts: Iterable<AlertNow>,
  nowMs = Number.POSITIVE_INFINITY,
  afterSave: AfterSave = NOTHING_AFTER,
  solvers: Solvers | null = null,
): Promise<OrgIncidents> => {
  const engine = createIncidentEngine(
    () => IncidentId.parse(randomUUID()),
    solvers === null ? null : { ...solvers, owner: org },
  )
  const byId = new Map([...alerts].map((alert) => [alert.id, alert]))
  const { incidents, closed, nextNumber } = await db.asOrg(org, (tx) =>
    loadOpen(tx, org, (id) => byId.get(id), Math.min(nowMs, NEVER_MS) - EXPLAINS_FOR_MS),
  )
  engine.restore(
    incidents.map((incident) => notAfter(incident, nowMs)),
    nextNumber,
    closed,
  )
  let unwritten = new Map<IncidentId, Incident>()
  let lines: Line[] = []
  let history: Change[] = []
  const reloadFeedback = async (atMs: number): Promise<void> => {
    const sinceMs = atMs - CONFIRMED_FOR_MS
    engine.setConfirmed(await db.asOrg(org, (tx) => readConfirmed(tx, org, sinceMs)))
  }
  await reloadFeedback(Number.isFinite(nowMs) ? nowMs : 0)
  const coverage = createCoverage(createReachability())
  return {
    ...engine,
    maintenance: {
      ...coverage,
      setWindows: (windows) => {
        coverage.setWindows(windows)
        engine.setWindows(windows)
      },
    },
    reloadFeedback,
    review: (topology, view, reviewedAtMs) => {
      coverage.update(topology, reviewedAtMs)
      const outcome = engine.review(topology, view, reviewedAtMs)
      const marked = coverage.mark(engine.openOfComponents(), reviewedAtMs)
      for (const incident of marked.changed) engine.put(incident)
      const changed = new Map([...outcome.changed, ...marked.changed].map((one) => [one.id, one]))
      return {
        ...outcome,
        changed: [...changed.values()],
        lines: [...outcome.lines, ...marked.lines],
      }
    },
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
        const changed = [...writing.values()]
        await saveAll(db, org, { changed, lines: timeline, history: changes }, afterSave)
      } catch (error) {
        unwritten = new Map([...writing, ...unwritten])
        lines = [...timeline, ...lines]
        history = [...changes, ...history]
        throw error
      }
    },
  }
}
