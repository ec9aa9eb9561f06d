/** What a device's or a link's state is called on every screen: a status, its named reason, and a sentence. Pure. */
import type { StatusNow } from "../../api/inventory.ts"
import type { AlertNow, Watched, WatchedLink } from "../alerts/alerts.ts"
import type { Docket } from "./docket.ts"
import type { Incident } from "./incident.ts"
import { type AlertView, portAlert, reachAlert } from "./observe.ts"

export type Standing = { readonly status: StatusNow; readonly incidentId: string | null }
/** A data source that is configured and cannot be read. */
export type SourceFailure = { readonly source: string; readonly message: string; readonly sinceMs: number }
export type Scene = {
  readonly watched: Watched
  readonly view: AlertView
  readonly docket: Pick<Docket, "holding" | "open">
  readonly failingSource: (device: string) => SourceFailure | null
}
const SOURCE_NAMES: Readonly<Record<string, string>> = { "routeros-api": "RouterOS API", snmp: "SNMP" }

const LOOKS = { good: "Answers.", bad: "Answers neither ping nor TCP", again: "Answers again" }
const REPORTS = {
  good: "Reports itself; no agent looks at it.",
  bad: "Its own reports have stopped, and no agent looks at it",
  again: "Reports again",
}

const make = (
  status: StatusNow["status"],
  reason: string,
  sentence: string,
  sinceMs: number | null,
  incident?: Incident,
): Standing => ({
  status: { status, reason, sentence, sinceMs: sinceMs === null ? null : Math.round(sinceMs) },
  incidentId: incident?.id ?? null,
})

/** Who comes back has not looked at everything in the same moment. */
const unseenText = (scene: Scene, agentId: string | null, sinceMs: number): string => {
  const agent = scene.watched.agents.get(agentId ?? "")
  const risenAtMs = agentId === null ? null : (scene.view.of("agent-silent", agentId)?.state.risenAtMs ?? null)
  return agent === undefined || risenAtMs === null || risenAtMs < sinceMs
    ? "Nobody has looked at it for a while."
    : `Not looked at since agent ${agent.name} came back.`
}

const unknownDevice = (scene: Scene, alert: AlertNow, agentId: string | null): Standing => {
  const { sinceMs } = alert.state
  // Restored, or given to another agent meanwhile: an agent that is heard is not what hides it.
  const isSilent = agentId !== null && scene.view.of("agent-silent", agentId)?.state.phase === "down"
  const reason = alert.state.reason === "agent-silent" && !isSilent ? "not-looked-at" : alert.state.reason
  const agent = scene.watched.agents.get(agentId ?? "")
  if (reason !== "agent-silent") {
    const text =
      reason === "no-data-yet"
        ? "Not looked at yet."
        : reason === "samples-refused"
          ? `The readings of agent ${agent?.name ?? ""} are refused, so nothing is known since. The Agents page says why.`
          : unseenText(scene, agentId, sinceMs)
    return make("unknown", reason, text, reason === "no-data-yet" ? null : sinceMs, scene.docket.holding(alert.id))
  }
  const silence = agentId === null ? undefined : scene.view.of("agent-silent", agentId)
  const incident = silence === undefined ? undefined : scene.docket.holding(silence.id)
  const text = `Agent ${agent?.name ?? ""} is silent: nothing is known since.`
  return make("unknown", reason, text, sinceMs, scene.docket.holding(alert.id) ?? incident)
}

export const deviceStanding = (scene: Scene, id: string): Standing => {
  const device = scene.watched.devices.get(id)
  if (device === undefined || !scene.watched.told.has(device.id)) {
    return make("unknown", "not-watched", "No agent watches it, and it does not report itself.", null)
  }
  const says = scene.watched.alone.has(device.id) ? REPORTS : LOOKS
  const alert = reachAlert(scene.view, device.id)
  if (alert === undefined) return make("unknown", "no-data-yet", "Not looked at yet.", null)
  const { phase, reason, sinceMs } = alert.state
  const incident = scene.docket.holding(alert.id)
  switch (phase) {
    case "ok": {
      const failure = scene.failingSource(device.id)
      if (failure === null) return make("ok", reason, says.good, sinceMs)
      // What answers ping and cannot be read hides everything but its death.
      const text = `Answers, but cannot be read by ${SOURCE_NAMES[failure.source] ?? failure.source}: ${failure.message}`
      return make("degraded", "source-failing", text, failure.sinceMs)
    }
    case "degraded": {
      const text =
        reason === "loss" ? "Answers, but loses many probes." : "A probe went unanswered; it is being looked at more closely."
      return make("degraded", reason, text, sinceMs, incident)
    }
    case "down":
      if (incident?.causes.some(({ kind }) => kind === "agent")) {
        const text = `#${incident.number}: ${incident.title}.`
        return make("unknown", "agent-blind", text, sinceMs, incident)
      }
      if (incident?.held.get(alert.id)?.part === "behind") {
        return make("behind", "behind", `Out of reach because of #${incident.number}: ${incident.title}.`, sinceMs, incident)
      }
      // Whether it has failed or something before it is being looked into: a flash of red would be a claim.
      if (incident === undefined) {
        return make("degraded", reason, `${says.bad}; what the reason is, is being looked into.`, sinceMs)
      }
      return make("down", reason, `${says.bad}.`, sinceMs, incident)
    case "recovering":
      return make("recovering", reason, `${says.again}; watched until it has held.`, sinceMs, incident)
    case "unknown":
      return unknownDevice(scene, alert, device.agentId)
  }
}

const causedBy = (scene: Scene, link: WatchedLink): Incident | undefined => {
  for (const incident of scene.docket.open()) if (incident.causes.some((cause) => cause.id === link.id)) return incident
  return undefined
}

const darkEnds = (scene: Scene, link: WatchedLink): Standing | null => {
  const ends = [link.a, link.b].map((end) => deviceStanding(scene, end.deviceId))
  const dark = ends.find((end) => end.status.status === "down" || end.status.status === "behind")
  if (dark !== undefined) {
    const { sinceMs } = dark.status
    const text = "A router at its end is out of reach, so nobody can tell of the link itself."
    return { ...make("behind", "end-out-of-reach", text, sinceMs), incidentId: dark.incidentId }
  }
  const blind = ends.find((end) => end.status.status === "unknown")
  const { status, incidentId } = blind ?? { status: null, incidentId: null }
  return status === null ? null : { ...make("unknown", status.reason, status.sentence, status.sinceMs), incidentId }
}

export const linkStanding = (scene: Scene, id: string): Standing => {
  const link = scene.watched.links.get(id)
  if (link === undefined) return make("unknown", "not-watched", "No such link is watched.", null)
  const ports = [link.a, link.b].flatMap((end) => portAlert(scene.view, end) ?? [])
  const incident = causedBy(scene, link)
  const oldest = Math.min(...ports.filter((port) => port.state.phase !== "ok").map((port) => port.state.sinceMs))
  const sinceMs = Number.isFinite(oldest) ? oldest : (incident?.openedAtMs ?? null)
  const phases = ports.map((port) => port.state.phase)
  const down = ports.find((port) => port.state.phase === "down")
  const mending = ports.find((port) => port.state.phase === "recovering")
  if (down === undefined && mending !== undefined) {
    return make("recovering", mending.state.reason, "Up again; watched until it has held.", sinceMs, incident)
  }
  if (incident !== undefined && ports.length > 0 && phases.every((phase) => phase === "ok")) {
    const text = `Up again; #${incident.number} stays open until all that was behind it has been looked at anew.`
    return make("recovering", "port-up-for-hold", text, sinceMs, incident)
  }
  if (incident !== undefined) return make("down", "cut", `#${incident.number}: ${incident.title}.`, sinceMs, incident)
  if (down !== undefined) {
    const held = scene.docket.holding(down.id)
    if (held === undefined || held.held.get(down.id)?.part === "cause") {
      return make("down", down.state.reason, "A port at its end has no link.", sinceMs, held)
    }
    return make("behind", "behind", `Dark because of #${held.number}: ${held.title}.`, sinceMs, held)
  }
  const off = ports.find((port) => port.state.reason === "disabled-by-admin")
  if (off !== undefined) return make("degraded", off.state.reason, "Switched off by an administrator.", off.state.sinceMs)
  const dark = darkEnds(scene, link)
  const up = ports.find((port) => port.state.phase === "ok")
  if (dark !== null && (dark.status.status === "behind" || up === undefined)) return dark
  if (up !== undefined) return make("ok", up.state.reason, "Its ports are up.", up.state.sinceMs)
  if (phases.length === 0) return make("unknown", "no-port-named", "Neither end names a port, so nobody tells of it.", null)
  return make("unknown", "no-data-yet", "Its ports have not been read yet.", null)
}
