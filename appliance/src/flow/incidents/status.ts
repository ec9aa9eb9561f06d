/** The status of a device or link, with its named reason and a sentence. Pure. */
import type { StatusNow } from "../../api/inventory.ts"
import { textOf } from "../../messages/text.ts"
import type { AlertNow, MonitoredLink, Topology } from "../alerts/alerts.ts"
import { type AlertView, portAlert, reachAlert } from "./engine/alert-view.ts"
import type { IncidentEngine } from "./engine/engine.ts"
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
}
const SOURCE_NAMES: Readonly<Record<string, string>> = {
  "routeros-api": "RouterOS API",
  snmp: "SNMP",
}

const PROBED = { good: "Answers.", bad: "Answers neither ping nor TCP", again: "Answers again" }
const REPORTED = {
  good: "Reports itself; no agent monitors it.",
  bad: "It has stopped reporting, and no agent monitors it",
  again: "Reports again",
}

const make = (
  status: StatusNow["status"],
  reason: string,
  sentence: string,
  sinceMs: number | null,
  incident?: Incident,
): EntityStatus => ({
  status: { status, reason, sentence, sinceMs: sinceMs === null ? null : Math.round(sinceMs) },
  incidentId: incident?.id ?? null,
})

/** An agent that is back online has not probed all of its devices at once. */
const staleText = (context: StatusContext, agentId: string | null, sinceMs: number): string => {
  const agent = context.topology.agents.get(agentId ?? "")
  const upAgainAtMs =
    agentId === null ? null : (context.view.observing("agent", agentId)?.state.upAgainAtMs ?? null)
  return agent === undefined || upAgainAtMs === null || upAgainAtMs < sinceMs
    ? "There is no recent data."
    : `Not probed since agent ${agent.name} came back online.`
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
  const agent = context.topology.agents.get(agentId ?? "")
  if (reason !== "agent-offline") {
    const text =
      reason === "no-data-yet"
        ? "Not probed yet."
        : reason === "samples-rejected"
          ? `Readings of agent ${agent?.name ?? ""} are rejected, so nothing is known since. The Agents page says why.`
          : staleText(context, agentId, sinceMs)
    return make(
      "unknown",
      reason,
      text,
      reason === "no-data-yet" ? null : sinceMs,
      context.incidentEngine.incidentOf(alert.id),
    )
  }
  const offlineAlert = agentId === null ? undefined : context.view.observing("agent", agentId)
  const incident =
    offlineAlert === undefined ? undefined : context.incidentEngine.incidentOf(offlineAlert.id)
  const text = `Agent ${agent?.name ?? ""} is offline: nothing is known since.`
  return make(
    "unknown",
    reason,
    text,
    sinceMs,
    context.incidentEngine.incidentOf(alert.id) ?? incident,
  )
}

export const deviceStatus = (context: StatusContext, id: string): EntityStatus => {
  const device = context.topology.devices.get(id)
  if (device === undefined || !context.topology.monitored.has(device.id)) {
    return make(
      "unknown",
      "not-monitored",
      "No agent monitors it, and it does not report itself.",
      null,
    )
  }
  const texts = context.topology.selfReporting.has(device.id) ? REPORTED : PROBED
  const alert = reachAlert(context.view, device.id)
  if (alert === undefined) return make("unknown", "no-data-yet", "Not probed yet.", null)
  const { phase, reason, sinceMs } = alert.state
  const incident = context.incidentEngine.incidentOf(alert.id)
  switch (phase) {
    case "ok": {
      const failure = context.failingSource(device.id)
      if (failure === null) return make("ok", reason, texts.good, sinceMs)
      // A device that answers ping but cannot be read is not fully monitored.
      const text = `Answers, but cannot be read by ${SOURCE_NAMES[failure.source] ?? failure.source}: ${failure.message}`
      return make("degraded", "source-failing", text, failure.sinceMs)
    }
    case "degraded": {
      const text =
        reason === "loss"
          ? "Answers, but loses many probes."
          : "A probe was not answered; a confirmation burst is running."
      return make("degraded", reason, text, sinceMs, incident)
    }
    case "down":
      if (incident?.causes.some(({ kind }) => kind === "agent")) {
        const text = `#${incident.number}: ${textOf(incident.title)}.`
        return make("unknown", "agent-isolated", text, sinceMs, incident)
      }
      if (incident?.symptoms.get(alert.id)?.role === "downstream") {
        return make(
          "unreachable",
          "unreachable",
          `Unreachable because of #${incident.number}: ${textOf(incident.title)}.`,
          sinceMs,
          incident,
        )
      }
      // The cause may be upstream of it, so it is not shown as down before that is known.
      if (incident === undefined) {
        return make("degraded", reason, `${texts.bad}; the cause is being determined.`, sinceMs)
      }
      return make("down", reason, `${texts.bad}.`, sinceMs, incident)
    case "recovering":
      return make(
        "recovering",
        reason,
        `${texts.again}; waiting until it is stable.`,
        sinceMs,
        incident,
      )
    case "unknown":
      return unknownDevice(context, alert, device.agentId)
  }
}

const causedBy = (context: StatusContext, link: MonitoredLink): Incident | undefined => {
  for (const incident of context.incidentEngine.open())
    if (incident.causes.some((cause) => cause.id === link.id)) return incident
  return undefined
}

const statusFromEnds = (context: StatusContext, link: MonitoredLink): EntityStatus | null => {
  const ends = [link.a, link.b].map((end) => deviceStatus(context, end.deviceId))
  const unreachable = ends.find(
    (end) => end.status.status === "down" || end.status.status === "unreachable",
  )
  if (unreachable !== undefined) {
    const { sinceMs } = unreachable.status
    const text = "A router at its end is unreachable, so the status of the link is unknown."
    return {
      ...make("unreachable", "end-unreachable", text, sinceMs),
      incidentId: unreachable.incidentId,
    }
  }
  const unknownEnd = ends.find((end) => end.status.status === "unknown")
  const { status, incidentId } = unknownEnd ?? { status: null, incidentId: null }
  return status === null
    ? null
    : { ...make("unknown", status.reason, status.sentence, status.sinceMs), incidentId }
}

export const linkStatus = (context: StatusContext, id: string): EntityStatus => {
  const link = context.topology.links.get(id)
  if (link === undefined)
    return make("unknown", "not-monitored", "This link is not monitored.", null)
  const ports = [link.a, link.b].flatMap((end) => portAlert(context.view, end) ?? [])
  const incident = causedBy(context, link)
  const oldest = Math.min(
    ...ports.filter((port) => port.state.phase !== "ok").map((port) => port.state.sinceMs),
  )
  const sinceMs = Number.isFinite(oldest) ? oldest : (incident?.openedAtMs ?? null)
  const phases = ports.map((port) => port.state.phase)
  const down = ports.find((port) => port.state.phase === "down")
  const recovering = ports.find((port) => port.state.phase === "recovering")
  if (down === undefined && recovering !== undefined) {
    return make(
      "recovering",
      recovering.state.reason,
      "Up again; waiting until it is stable.",
      sinceMs,
      incident,
    )
  }
  if (incident !== undefined && ports.length > 0 && phases.every((phase) => phase === "ok")) {
    const text = `Up again; #${incident.number} stays open until all devices downstream have been probed again.`
    return make("recovering", "port-up-for-hold", text, sinceMs, incident)
  }
  if (incident !== undefined)
    return make("down", "cut", `#${incident.number}: ${textOf(incident.title)}.`, sinceMs, incident)
  if (down !== undefined) {
    const holder = context.incidentEngine.incidentOf(down.id)
    if (holder === undefined || holder.symptoms.get(down.id)?.role === "cause") {
      return make("down", down.state.reason, "A port at its end has no link.", sinceMs, holder)
    }
    return make(
      "unreachable",
      "unreachable",
      `Down because of #${holder.number}: ${textOf(holder.title)}.`,
      sinceMs,
      holder,
    )
  }
  const off = ports.find((port) => port.state.reason === "disabled-by-admin")
  if (off !== undefined)
    return make("degraded", off.state.reason, "Disabled by an administrator.", off.state.sinceMs)
  const fromEnds = statusFromEnds(context, link)
  const up = ports.find((port) => port.state.phase === "ok")
  if (fromEnds !== null && (fromEnds.status.status === "unreachable" || up === undefined))
    return fromEnds
  if (up !== undefined) return make("ok", up.state.reason, "Its ports are up.", up.state.sinceMs)
  if (phases.length === 0)
    return make(
      "unknown",
      "no-port-named",
      "Neither end names a port, so its status is unknown.",
      null,
    )
  return make("unknown", "no-data-yet", "Its ports have not been read yet.", null)
}
