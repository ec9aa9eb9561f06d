/** Incidents of all organisations as the API reads them, and what people do to them. */

import type { PostMortem } from "../../api/handover.ts"
import type { IncidentDetail, Incident as Shown, Symptom } from "../../api/incidents.ts"
import type { Named } from "../../api/messages.ts"
import type { Language } from "../../messages/text.ts"
import { notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import { type KeysetPage, keysetPage } from "../../platform/keyset.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { AlertNow } from "../alerts/alerts.ts"
import { type ActionDeps, type Actions, createActions } from "./actions.ts"
import { createHandovers, type Handovers } from "./handover.ts"
import { findingOf } from "./messages/symptom-messages.ts"
import { postMortemOf } from "./post-mortem.ts"
import {
  countIncidents,
  type ListQuery,
  listIncidents,
  quietSince,
  readChanges,
  readIncident,
  readSymptoms,
  readTimeline,
  type SymptomRow,
} from "./store.ts"

export type { IncidentOfCheck } from "./engine/check-incidents.ts"
export { detectionTimes } from "./engine/detection-times.ts"
export { type OrgIncidents, openIncidents } from "./org-incidents.ts"
export { type AfterSave, type Mention, NOTHING_AFTER } from "./save.ts"
export type { Solvers } from "./solver/model.ts"
export { createSolvers, type SolverThreadDeps } from "./solver/solver-thread.ts"
export { deviceStatus, linkStatus } from "./status.ts"

export type IncidentsDeps = ActionDeps & {
  readonly alertsById: (tx: Tx, org: OrgId, ids: readonly string[]) => Promise<AlertNow[]>
  readonly deviceName: (org: OrgId, device: string) => string | null
  readonly peerOf: (org: OrgId, alert: AlertNow) => Named | null
}
export type Incidents = Actions &
  Handovers & {
    /** `shown`: what of it its reader may see. */
    readonly postMortem: (
      org: OrgId,
      id: string,
      language: Language,
      shown?: (incident: IncidentDetail) => IncidentDetail,
    ) => Promise<PostMortem>
    readonly list: (org: OrgId, query: ListQuery) => Promise<KeysetPage<Shown>>
    /** The open incidents, newest first; if there are none, since when. */
    readonly overview: (org: OrgId) => Promise<{ open: Shown[]; quietSinceMs: number | null }>
    /** Newest first. */
    readonly byIds: (org: OrgId, ids: readonly string[]) => Promise<Shown[]>
    /** Throws `HttpError` not-found. */
    readonly detail: (org: OrgId, id: string) => Promise<IncidentDetail>
  }

const MAX_OVERVIEW = 200

const symptomOf = (
  row: SymptomRow,
  { kind, deviceId, interface: port, state, rule }: AlertNow,
  deviceName: string | null,
  peer: Named | null,
): Symptom => ({
  alertId: row.alertId,
  kind,
  deviceId,
  deviceName,
  interface: port,
  // A symptom of this incident may be over while its alert is active in another one.
  phase: row.untilMs === null ? state.phase : "ok",
  reason: state.reason,
  part: row.role,
  sinceMs: Math.round(row.sinceMs),
  ...(rule === undefined
    ? {}
    : { found: findingOf(rule, { id: deviceId, name: deviceName }, port, peer) }),
})

const readDetail = async (
  { alertsById, deviceName, peerOf }: IncidentsDeps,
  tx: Tx,
  org: OrgId,
  id: string,
): Promise<IncidentDetail> => {
  const found = await readIncident(tx, org, id)
  if (found === null) throw notFound("incident", id)
  const rows = await readSymptoms(tx, org, [id])
  const alerts = await alertsById(
    tx,
    org,
    rows.map((one) => one.alertId),
  )
  const byId = new Map(alerts.map((alert) => [alert.id, alert]))
  const symptomList = rows.flatMap((row): Symptom[] => {
    const alert = byId.get(row.alertId)
    if (alert === undefined) return []
    const name = alert.deviceId === null ? null : deviceName(org, alert.deviceId)
    return [symptomOf(row, alert, name, peerOf(org, alert))]
  })
  const { because, hypotheses, evidence, rechecks } = found.diagnosis
  return {
    ...found.shown,
    symptomList,
    timeline: await readTimeline(tx, org, id),
    because: [...because],
    hypotheses: [...hypotheses],
    evidence: [...evidence],
    rechecks: [...rechecks],
    diagnosisHistory: await readChanges(tx, org, id),
  }
}

export const createIncidents = (deps: IncidentsDeps): Incidents => ({
  ...createActions(deps),
  ...createHandovers(deps),
  postMortem: async (org, id, language, shown = (all) => all) =>
    postMortemOf(shown(await deps.db.asOrg(org, (tx) => readDetail(deps, tx, org, id))), language),
  list: async (org, query) => {
    return await deps.db.asOrg(org, async (tx) => {
      const items = await listIncidents(tx, org, query)
      const position = await countIncidents(tx, org, query, items[0]?.number ?? null)
      return keysetPage(items, position, ({ number }) => number)
    })
  },
  overview: (org) =>
    deps.db.asOrg(org, async (tx) => ({
      open: await listIncidents(tx, org, { state: "active", before: null, limit: MAX_OVERVIEW }),
      quietSinceMs: await quietSince(tx, org),
    })),
  byIds: (org, ids) =>
    deps.db.asOrg(org, (tx) =>
      listIncidents(tx, org, { state: null, before: null, limit: 500, ids }),
    ),
  detail: (org, id) => deps.db.asOrg(org, (tx) => readDetail(deps, tx, org, id)),
})
