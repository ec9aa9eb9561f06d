import type { Alert } from "../../api/incidents.ts"
import type { RuleFinding } from "../../api/messages.ts"
import { endpoint, type Route, route } from "../../platform/http/http.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { AlertNow, RuleOfAlert, Topology } from "./model.ts"

export type AlertsDeps = {
  readonly alerts: (org: OrgId) => {
    readonly topology: Topology
    readonly all: readonly AlertNow[]
  }
  /** The open incident that holds an alert. */
  readonly incidentOf: (org: OrgId, alert: AlertNow) => string | null
  /** The incident because of which an alert of a rule opens none. */
  readonly peerOf: (org: OrgId, alert: AlertNow) => RuleFinding["peer"] | null
  readonly suppressedBy: (org: OrgId, alert: AlertNow) => Alert["suppressedBy"]
}

const findingOf = (
  topology: Topology,
  { deviceId, interface: port }: AlertNow,
  { id, name, subject, isPersonal, value, state, limit, unit, forMs, text }: RuleOfAlert,
  peer: RuleFinding["peer"] | null,
): RuleFinding => ({
  rule: { id, ...name },
  device: { id: deviceId, name: topology.devices.get(deviceId ?? "")?.name ?? null },
  subject: subject ?? port,
  ...(isPersonal === true ? { isPersonal } : {}),
  ...(peer == null ? {} : { peer }),
  value,
  ...(state === undefined ? {} : { state }),
  limit,
  unit,
  forMs,
  text,
})

const showAlert = (
  topology: Topology,
  alert: AlertNow,
  { incidentId, suppressedBy }: Pick<Alert, "incidentId" | "suppressedBy">,
  peer: RuleFinding["peer"] | null,
): Alert => {
  const links = alert.deviceId === null ? [] : (topology.linksAt.get(alert.deviceId) ?? [])
  const link = links.find((one) =>
    [one.a, one.b].some(
      (end) => end.deviceId === alert.deviceId && end.interface === alert.interface,
    ),
  )
  return {
    id: alert.id,
    kind: alert.kind,
    phase: alert.state.phase,
    reason: alert.state.reason,
    sinceMs: Math.round(alert.state.sinceMs),
    deviceId: alert.deviceId,
    deviceName:
      alert.deviceId === null ? null : (topology.devices.get(alert.deviceId)?.name ?? null),
    interface: alert.interface,
    linkId: alert.interface === null ? null : (link?.id ?? null),
    agentId: alert.agentId,
    incidentId,
    suppressedBy,
    ...(alert.rule === undefined ? {} : { found: findingOf(topology, alert, alert.rule, peer) }),
    severity: alert.rule?.severity ?? null,
  }
}

export const routes = ({
  alerts,
  incidentOf,
  peerOf,
  suppressedBy,
}: AlertsDeps): readonly Route[] => [
  route({
    ...endpoint("GET /alerts"),
    permission: "incidents:read",
    summary: "Current alerts by id, in pages: those that are not ok, or those in one phase",
    handle: async ({ query }, { org }) => {
      const { topology, all } = alerts(org)
      const matching = all
        .filter((alert) =>
          query.phase === undefined
            ? alert.state.phase !== "ok"
            : alert.state.phase === query.phase,
        )
        .filter(({ kind }) => query.kind === undefined || kind === query.kind)
        .filter(({ deviceId }) => query.device === undefined || deviceId === query.device)
        .sort((one, other) => (one.id < other.id ? -1 : 1))
      const after = query.cursor ?? query.after ?? ""
      const rest = matching.filter(({ id }) => id > after)
      const shown = rest.slice(0, query.limit)
      const next = rest.length > shown.length ? (shown.at(-1)?.id ?? null) : null
      return {
        items: shown.map((alert) =>
          showAlert(
            topology,
            alert,
            { incidentId: incidentOf(org, alert), suppressedBy: suppressedBy(org, alert) },
            peerOf(org, alert),
          ),
        ),
        next,
        total: matching.length,
      }
    },
  }),
]
