/** The status of a device or link, with its reason and message. Pure. */
import type { StatusNow } from "../../api/inventory.ts"
import type { Named, StatusMessage } from "../../api/messages.ts"
import type { AlertNow, MonitoredLink, Topology } from "../alerts/alerts.ts"
import { type AlertView, portAlert, reachAlert } from "./engine/alert-view.ts"
import type { IncidentEngine } from "./engine/engine.ts"
import type { Covered } from "./maintenance.ts"
import type { EntityStatus, Incident } from "./model.ts"

/** A data source that is configured and cannot be read. */
export type SourceFailure = {
  readonly source: string
  readonly message: string
  readonly sinceMs: number
}
export type StatusContext = {
  readonly topology: Topology
  readonly view: AlertView
  readonly incidentEngine: Pick<IncidentEngine, "incidentOf" | "open">
  readonly failingSource: (device: string) => SourceFailure | null
  /** The maintenance windows that are on. */
  readonly covered?: readonly Covered[]
}

type Plain = Extract<StatusMessage, { params: Record<string, never> }>["code"]
const plain = (code: Plain): StatusMessage => ({ code, params: {} })

const make = (
  status: StatusNow["status"],
  reason: string,
  message: StatusMessage,
  sinceMs: number | null,
  incident?: Incident,
): EntityStatus => ({
  status: { status, reason, message, sinceMs: sinceMs === null ? null : Math.round(sinceMs) },
  incidentId: incident?.id ?? null,
})

const agentNamed = (context: StatusContext, id: string | null): Named => ({
  id,
  name: context.topology.agents.get(id ?? "")?.name ?? null,
})

/** An agent that is back online has not probed all of its devices at once. */
const staleMessage = (
  context: StatusContext,
  agentId: string | null,
  sinceMs: number,
): StatusMessage => {
  const agent = agentNamed(context, agentId)
  const upAgainAtMs =
    agentId === null ? null : (context.view.observing("agent", agentId)?.state.upAgainAtMs ?? null)
  return agent.name === null || upAgainAtMs === null || upAgainAtMs < sinceMs
    ? plain("status.no-recent-data")
    : { code: "status.not-probed-since", params: { agent } }
}

const unknownDevice = (
  context: StatusContext,
  alert: AlertNow,
  agentId: string | null,
): EntityStatus => {
  const { sinceMs } = alert.state
  // Restored, or assigned to another agent since: an online agent is not the reason.
  const isOffline =
    agentId !== null && context.view.observing("agent", agentId)?.state.phase === "down"
  const reason =
    alert.state.reason === "agent-offline" && !isOffline ? "no-recent-data" : alert.state.reason
  const agent = agentNamed(context, agentId)
  if (reason !== "agent-offline") {
    const message: StatusMessage =
      reason === "no-data-yet"
        ? plain("status.not-probed")
        : reason === "samples-rejected"
          ? { code: "status.readings-rejected", params: { agent } }
          : staleMessage(context, agentId, sinceMs)
    return make(
      "unknown",
      reason,
      message,
      reason === "no-data-yet" ? null : sinceMs,
      context.incidentEngine.incidentOf(alert.id),
    )
  }
  const offlineAlert = agentId === null ? undefined : context.view.observing("agent", agentId)
  const incident =
    offlineAlert === undefined ? undefined : context.incidentEngine.incidentOf(offlineAlert.id)
  return make(
    "unknown",
    reason,
    { code: "status.agent-offline", params: { agent } },
    sinceMs,
    context.incidentEngine.incidentOf(alert.id) ?? incident,
  )
}

const isBad = ({ status }: EntityStatus): boolean =>
  status.status === "down" || status.status === "unreachable" || status.status === "degraded"

/** What a window covers is in maintenance, unless a fault that it does not cover explains it. */
const withMaintenance = (context: StatusContext, id: string, now: EntityStatus): EntityStatus => {
  const { covered = [], incidentEngine } = context
  const { status, incidentId } = now
  if (covered.length === 0 || status.reason === "not-monitored") return now
  const window =
    covered.find(({ own }) => own.has(id)) ??
    (isBad(now) ? covered.find(({ dependents }) => dependents.has(id)) : undefined)
  if (window === undefined) return now
  const explaining = [...incidentEngine.open()].find((incident) => incident.id === incidentId)
  if (explaining?.maintenanceWindowId === null) return now
  return {
    status: {
      status: "maintenance",
      reason: "maintenance",
      message: {
        code: "status.maintenance",
        params: { window: window.name, at: status.status },
      },
      sinceMs: status.sinceMs,
    },
    incidentId,
  }
}

export const deviceStatus = (context: StatusContext, id: string): EntityStatus =>
  withMaintenance(context, id, observedDeviceStatus(context, id))

const observedDeviceStatus = (context: StatusContext, id: string): EntityStatus => {
  const device = context.topology.devices.get(id)
  if (device === undefined || !context.topology.monitored.has(device.id))
    return make("unknown", "not-monitored", plain("status.not-monitored"), null)
  const by = context.topology.selfReporting.has(device.id) ? "reports" : "probes"
  const alert = reachAlert(context.view, device.id)
  if (alert === undefined) return make("unknown", "no-data-yet", plain("status.not-probed"), null)
  const { phase, reason, sinceMs } = alert.state
  const incident = context.incidentEngine.incidentOf(alert.id)
  switch (phase) {
    case "ok":
    case "pending":
      return upDevice(context, device.id, make("ok", reason, up(by), sinceMs))
    case "degraded": {
      const message = plain(reason === "loss" ? "status.loss" : "status.probe-missed")
      return make("degraded", reason, message, sinceMs, incident)
    }
    case "down":
      return downDevice(alert, by, incident)
    case "recovering": {
      const message = { code: "status.recovering", params: { by } } as const
      return make("recovering", reason, message, sinceMs, incident)
    }
    case "unknown":
      return unknownDevice(context, alert, device.agentId)
  }
}

type By = Extract<StatusMessage, { code: "status.up" }>["params"]["by"]
const up = (by: By): StatusMessage => ({ code: "status.up", params: { by } })

/** A device that answers ping but cannot be read is not fully monitored. */
const upDevice = (context: StatusContext, device: string, status: EntityStatus): EntityStatus => {
  const failure = context.failingSource(device)
  if (failure === null) return status
  const { source, message: problem, sinceMs } = failure
  const message = { code: "status.source-failing", params: { source, problem } } as const
  return make("degraded", "source-failing", message, sinceMs)
}

const downDevice = (
  { id, state: { reason, sinceMs } }: AlertNow,
  by: By,
  incident: Incident | undefined,
): EntityStatus => {
  // The cause may be upstream of it, so it is not shown as down before that is known.
  if (incident === undefined)
    return make("degraded", reason, { code: "status.cause-pending", params: { by } }, sinceMs)
  const params = { incident: incident.number }
  if (incident.causes.some(({ kind }) => kind === "agent")) {
    const message = { code: "status.agent-isolated", params } as const
    return make("unknown", "agent-isolated", message, sinceMs, incident)
  }
  if (incident.symptoms.get(id)?.role === "downstream") {
    const message = { code: "status.unreachable", params } as const
    return make("unreachable", "unreachable", message, sinceMs, incident)
  }
  return make("down", reason, { code: "status.down", params: { by } }, sinceMs, incident)
}

const causedBy = (context: StatusContext, link: MonitoredLink): Incident | undefined => {
  for (const incident of context.incidentEngine.open())
    if (incident.causes.some((cause) => cause.id === link.id)) return incident
  return undefined
}

const statusFromEnds = (context: StatusContext, link: MonitoredLink): EntityStatus | null => {
  const ends = [link.a, link.b].map((end) => observedDeviceStatus(context, end.deviceId))
  const unreachable = ends.find(
    (end) => end.status.status === "down" || end.status.status === "unreachable",
  )
  if (unreachable !== undefined) {
    const { sinceMs } = unreachable.status
    return {
      ...make("unreachable", "end-unreachable", plain("status.link-end-unreachable"), sinceMs),
      incidentId: unreachable.incidentId,
    }
  }
  const unknownEnd = ends.find((end) => end.status.status === "unknown")
  const { status, incidentId } = unknownEnd ?? { status: null, incidentId: null }
  return status === null
    ? null
    : { ...make("unknown", status.reason, status.message, status.sinceMs), incidentId }
}

export const linkStatus = (context: StatusContext, id: string): EntityStatus =>
  withMaintenance(context, id, observedLinkStatus(context, id))

const observedLinkStatus = (context: StatusContext, id: string): EntityStatus => {
  const link = context.topology.links.get(id)
  if (link === undefined)
    return make("unknown", "not-monitored", plain("status.link-not-monitored"), null)
  const ports = [link.a, link.b].flatMap((end) => portAlert(context.view, end) ?? [])
  return faultyLink(context, link, ports) ?? workingLink(context, link, ports)
}

/** Down, recovering, or unreachable because of another fault; null: nothing of this. */
const faultyLink = (
  context: StatusContext,
  link: MonitoredLink,
  ports: readonly AlertNow[],
): EntityStatus | null => {
  const incident = causedBy(context, link)
  const oldest = Math.min(
    ...ports.filter((port) => port.state.phase !== "ok").map((port) => port.state.sinceMs),
  )
  const sinceMs = Number.isFinite(oldest) ? oldest : (incident?.openedAtMs ?? null)
  const down = ports.find((port) => port.state.phase === "down")
  const recovering = ports.find((port) => port.state.phase === "recovering")
  if (down === undefined && recovering !== undefined) {
    const { reason } = recovering.state
    return make("recovering", reason, plain("status.link-recovering"), sinceMs, incident)
  }
  if (incident !== undefined) {
    const params = { incident: incident.number }
    return ports.length > 0 && ports.every((port) => port.state.phase === "ok")
      ? make(
          "recovering",
          "port-up-for-hold",
          { code: "status.link-held", params },
          sinceMs,
          incident,
        )
      : make("down", "cut", { code: "status.link-cut", params }, sinceMs, incident)
  }
  if (down === undefined) return null
  const holder = context.incidentEngine.incidentOf(down.id)
  if (holder === undefined || holder.symptoms.get(down.id)?.role === "cause")
    return make("down", down.state.reason, plain("status.link-port-down"), sinceMs, holder)
  const message = { code: "status.unreachable", params: { incident: holder.number } } as const
  return make("unreachable", "unreachable", message, sinceMs, holder)
}

const workingLink = (
  context: StatusContext,
  link: MonitoredLink,
  ports: readonly AlertNow[],
): EntityStatus => {
  const off = ports.find((port) => port.state.reason === "disabled-by-admin")
  if (off !== undefined)
    return make("degraded", off.state.reason, plain("status.link-disabled"), off.state.sinceMs)
  const fromEnds = statusFromEnds(context, link)
  const running = ports.find((port) => port.state.phase === "ok")
  if (fromEnds !== null && (fromEnds.status.status === "unreachable" || running === undefined))
    return fromEnds
  if (running !== undefined)
    return make("ok", running.state.reason, plain("status.link-up"), running.state.sinceMs)
  return ports.length === 0
    ? make("unknown", "no-port-named", plain("status.link-without-port"), null)
    : make("unknown", "no-data-yet", plain("status.link-not-read"), null)
}
