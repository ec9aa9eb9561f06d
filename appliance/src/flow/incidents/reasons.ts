/** Why an incident says what it says, as sentences. Pure. */
import type { Component } from "../../api/incidents.ts"
import type { AlertNow, Watched } from "../alerts/alerts.ts"
import type { Draft } from "./groups.ts"
import { type AlertView, portAlert } from "./observe.ts"
import type { Ways } from "./ways.ts"
import { couldStand, deviceName, list, many } from "./wording.ts"

/** Where the end of a line was switched off by hand. */
export const switchedOff = (watched: Watched, view: AlertView, cause: Component): string[] => {
  const link = watched.links.get(cause.id)
  if (link === undefined) return []
  return [link.a, link.b].flatMap((end) =>
    portAlert(view, end)?.state.reason === "disabled-by-admin" ? [deviceName(watched, end.deviceId)] : [],
  )
}

/** What lies behind what depends on where one stands: if nobody has said that, it is said here what was taken for it. */
const assumedPlaces = (watched: Watched, behind: readonly AlertNow[]): string[] => {
  const agents = new Set(behind.flatMap((alert) => watched.devices.get(alert.deviceId ?? "")?.agentId ?? []))
  return [...agents].flatMap((id) => {
    const agent = watched.agents.get(id)
    const places = agent?.entries.filter((entry) => entry.isAssumed).map((entry) => deviceName(watched, entry.deviceId)) ?? []
    if (agent === undefined || places.length === 0) return []
    return [`Where agent ${agent.name} stands is not set; it was taken to stand at ${list(places)}.`]
  })
}

/** Where an agent's own way out has failed it sees nothing any more, which says little of what it watches. */
const cutsOffAgent = (watched: Watched, ways: Ways, { cause, alternatives }: Draft): string[] => {
  const named = new Set([cause, ...alternatives].map((one) => one.id))
  const dark = ways.dark(watched, [cause.id])
  return [...watched.agents.values()].flatMap((agent) => {
    const places = new Set(agent.entries.map((entry) => entry.deviceId))
    const mine = [...watched.devices.values()].filter(
      ({ id, agentId }) => agentId === agent.id && !named.has(id) && !places.has(id),
    )
    if (mine.length === 0 || mine.some(({ id }) => !dark.has(id))) return []
    return [`It is the only way out of agent ${agent.name}, so what is behind it may be fine for customers.`]
  })
}

/** Why we believe it, a sentence an item. */
export const reasons = (watched: Watched, ways: Ways, draft: Draft, off: readonly string[]): string[] => {
  const of = (part: string, kind: AlertNow["kind"]): AlertNow[] =>
    draft.alerts.filter((alert) => alert.kind === kind && draft.symptoms.get(alert.id) === part)
  const devices = (alerts: readonly AlertNow[]): string => list(alerts.map((alert) => deviceName(watched, alert.deviceId)))
  const silent = of("cause", "device-unreachable")
  const ports = [...of("cause", "interface-down"), ...of("evidence", "interface-down")]
  const behind = of("behind", "device-unreachable")
  const told: string[] = []
  if (silent.length > 0) told.push(`${devices(silent)} left a whole burst of probes unanswered, by ping and by TCP.`)
  if (ports.length > 0) {
    const names = ports.map((alert) => `${alert.interface} on ${deviceName(watched, alert.deviceId)}`)
    told.push(`${ports.length === 1 ? "Port" : "Ports"} ${list(names)} ${ports.length === 1 ? "has" : "have"} no link.`)
  }
  if (off.length > 0) told.push(`Its port on ${list(off)} is switched off by an administrator.`)
  if (behind.length > 0) {
    told.push(`Every way from here to ${devices(behind)} leads through it: ${many(behind.length, "device")} behind it.`)
  }
  const assumed = behind.length === 0 ? [] : assumedPlaces(watched, behind)
  if (assumed.length > 0) told.push(...assumed)
  told.push(...cutsOffAgent(watched, ways, draft))
  return told
}

/** The sentence on what would show exactly the same. */
export const twinsOf = ({ alternatives }: Draft): string | null =>
  alternatives.length === 0 ? null : `Seen from here ${list(alternatives.map(couldStand))} would show exactly the same.`
