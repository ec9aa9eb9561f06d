/** What people ask of the flow: incidents, alert rules and maintenance, and their routes. */
import type { Route } from "../platform/http/http.ts"
import { notFound } from "../platform/http/http-error.ts"
import type { OrgId } from "../platform/ids.ts"
import { alertsById, createAlertRules, type RuleSet, ruleRoutes } from "./alerts/alerts.ts"
import { routes as alertRoutes } from "./alerts/routes.ts"
import { readNamedEvents } from "./events/events.ts"
import { createIncidents, type Incidents, NOTHING_AFTER } from "./incidents/incidents.ts"
import { routes as incidentRoutes } from "./incidents/routes.ts"
import { routes as liveRoutes } from "./live/routes.ts"
import { createMaintenance } from "./maintenance/maintenance.ts"
import { routes as maintenanceRoutes } from "./maintenance/routes.ts"
import type { OrgWorker } from "./org-worker.ts"
import type { Flow } from "./pipeline-model.ts"
import { readSamples, readUsualAt } from "./series/series.ts"

/** Evaluates other rules from now on. */
export type ApplyRules = (org: OrgId, rules: RuleSet) => Promise<void>

const workerOf = ({ workers }: Flow, org: OrgId): OrgWorker => {
  const worker = workers.get(org)
  if (worker === undefined) throw notFound("organisation", org)
  return worker
}

export const incidentsOf = ({ deps, live, workers }: Flow): Incidents =>
  createIncidents({
    db: deps.ui,
    now: deps.clock.now,
    runSerially: (org, work) =>
      workers.runSerially(org, async ({ alerts, incidents }) => {
        await alerts.flush()
        return await work(incidents, { topology: alerts.topology(), view: alerts })
      }),
    onChanged: (org, incident) => live.publish(org, "incident", incident),
    afterSave: deps.afterSave ?? NOTHING_AFTER,
    audit: deps.audit,
    alertsById,
    deviceName: (org, device) =>
      workers.get(org)?.alerts.topology().devices.get(device)?.name ?? null,
    peerOf: (org, alert) => workers.get(org)?.alerts.peerOf(alert) ?? null,
  })

const rulesOf = (flow: Flow, apply: ApplyRules) =>
  createAlertRules({
    db: flow.deps.ui,
    audit: flow.deps.audit,
    now: (org) => {
      const { alerts } = workerOf(flow, org)
      return { topology: alerts.topology(), counts: alerts.rules()?.counts() ?? new Map() }
    },
    apply,
    read: readSamples,
    readEvents: readNamedEvents,
    readPastUsual: readUsualAt,
    clock: flow.deps.clock,
  })

const maintenanceOf = ({ deps }: Flow, incidents: Incidents) =>
  createMaintenance({
    db: deps.ui,
    now: deps.clock.now,
    onChanged: (org, id) => deps.changes.emit({ org, what: "maintenance", id }),
    incidents: incidents.byIds,
  })

export const routesOf = (
  flow: Flow,
  incidents: Incidents,
  applyRules: ApplyRules,
): readonly Route[] => {
  const { deps, live, workers } = flow
  return [
    ...ruleRoutes(rulesOf(flow, applyRules)),
    ...incidentRoutes(incidents, (error) => deps.onError("incidents", error)),
    ...alertRoutes({
      alerts: (org) => {
        const { alerts } = workerOf(flow, org)
        return { topology: alerts.topology(), all: [...alerts.all()] }
      },
      incidentOf: (org, alert) => workers.get(org)?.incidents.incidentOf(alert.id)?.id ?? null,
      suppressedBy: (org, alert) => {
        const found = workers.get(org)?.incidents.suppressedBy(alert.id)
        return found === undefined ? null : { id: found.id, number: found.number }
      },
      peerOf: (org, alert) => workers.get(org)?.alerts.peerOf(alert) ?? null,
    }),
    ...maintenanceRoutes(maintenanceOf(flow, incidents)),
    ...liveRoutes({ live, allowed: deps.allowed }),
  ]
}
