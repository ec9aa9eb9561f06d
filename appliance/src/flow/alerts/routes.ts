import { z } from "zod"
import { Alert, AlertPhase } from "../../api/incidents.ts"
import { page } from "../../api/shared.ts"
import { type Route, route } from "../../platform/http.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { AlertNow } from "./book.ts"
import type { Watched } from "./watched.ts"

export type AlertsDeps = {
  readonly alerts: (org: OrgId) => { readonly watched: Watched; readonly all: readonly AlertNow[] }
  /** The open incident an alert stands in. */
  readonly incidentOf: (org: OrgId, alert: AlertNow) => string | null
}

const Query = z.strictObject({
  phase: AlertPhase.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  after: z.uuid().optional(),
})

export const showAlert = (watched: Watched, alert: AlertNow, incidentId: string | null): Alert => {
  const links = alert.deviceId === null ? [] : (watched.linksAt.get(alert.deviceId) ?? [])
  const link = links.find((one) =>
    [one.a, one.b].some((end) => end.deviceId === alert.deviceId && end.interface === alert.interface),
  )
  return {
    id: alert.id,
    kind: alert.kind,
    phase: alert.state.phase,
    reason: alert.state.reason,
    sinceMs: Math.round(alert.state.sinceMs),
    deviceId: alert.deviceId,
    deviceName: alert.deviceId === null ? null : (watched.devices.get(alert.deviceId)?.name ?? null),
    interface: alert.interface,
    linkId: alert.interface === null ? null : (link?.id ?? null),
    agentId: alert.agentId,
    incidentId,
  }
}

export const routes = ({ alerts, incidentOf }: AlertsDeps): readonly Route[] => [
  route({
    method: "GET",
    path: "/alerts",
    summary: "Alerts as they stand: those that are not ok, or those of one phase",
    permission: "incidents:read",
    query: Query,
    answer: page(Alert),
    handle: async ({ query }, { org }) => {
      const { watched, all } = alerts(org)
      const wanted = all
        .filter((alert) => (query.phase === undefined ? alert.state.phase !== "ok" : alert.state.phase === query.phase))
        .filter((alert) => query.after === undefined || alert.id > query.after)
        .sort((one, other) => (one.id < other.id ? -1 : 1))
      const shown = wanted.slice(0, query.limit)
      const next = wanted.length > shown.length ? (shown.at(-1)?.id ?? null) : null
      return { items: shown.map((alert) => showAlert(watched, alert, incidentOf(org, alert))), next }
    },
  }),
]
