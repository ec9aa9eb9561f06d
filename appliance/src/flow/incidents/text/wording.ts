/** What incidents are called and what their timeline says: sentences people would say to each other. */
import type { Component, Evidence } from "../../../api/incidents.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import type { Flap } from "../engine/flaps.ts"

export const many = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`

/** "12 s", "4 min 3 s", "2 h 5 min". */
export const duration = (ms: number): string => {
  const s = Math.max(0, Math.round(ms / 1_000))
  if (s < 60) return `${s} s`
  if (s < 3_600) return `${Math.floor(s / 60)} min${s % 60 === 0 ? "" : ` ${s % 60} s`}`
  return `${Math.floor(s / 3_600)} h ${Math.floor((s % 3_600) / 60)} min`
}

/** "a, b and 3 more". */
export const list = (names: readonly string[], max = 4): string => {
  const shown = names.slice(0, max)
  const rest = names.length - shown.length
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`
}

/** What stands is told in the present, what is over in the past. */
export type Tense = "is" | "was"
export type Tensed<T> = Readonly<Record<Tense, T>>
export const tensed = <T>(render: (tense: Tense) => T): Tensed<T> => ({
  is: render("is"),
  was: render("was"),
})
export const verb = (tense: Tense, is: string, was: string): string => (tense === "is" ? is : was)

export const nounOf = (topology: Topology, device: string): string => {
  const roles = topology.devices.get(device)?.roles ?? []
  if (roles.includes("upstream")) return "upstream"
  return roles.includes("switch") ? "switch" : roles.includes("cpe") ? "customer router" : "router"
}
export const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

export const deviceName = (topology: Topology, device: string | null): string =>
  device === null ? "an unknown device" : (topology.devices.get(device)?.name ?? "a removed device")

/** What could stand in its place, as a noun. */
export const componentPhrase = (topology: Topology, { kind, id, name }: Component): string =>
  kind === "site"
    ? `the power at ${name}`
    : `${kind === "device" ? nounOf(topology, id) : kind} ${name}`

/** "Link Ankara–Izmir is flapping: 8 times in 40 s". */
export const flapTitle = (name: string, { times, overMs }: Flap, isClosed: boolean): string =>
  `Link ${name} ${isClosed ? "flapped" : "is flapping"}: ${many(times, "time")} in ${duration(overMs)}`
export const flapText = (
  topology: Topology,
  ends: readonly AlertNow[],
  { times, overMs }: Flap,
): string => {
  const ports = ends.map((alert) => `${alert.interface} on ${deviceName(topology, alert.deviceId)}`)
  return `${ports.length === 1 ? "Port" : "Ports"} ${list(ports)} went down ${many(times, "time")} in ${duration(overMs)}.`
}

export const agentTitle = (name: string, devices: number, tense: Tense = "is"): string =>
  `Agent ${name} ${tense} silent: ${many(devices, "device")} ${verb(tense, "", devices === 1 ? "was " : "were ")}unknown`

export const agentReason = (name: string, unseenMs: number, tense: Tense = "is"): string => {
  const outcome = verb(
    tense,
    "is unknown since: it may be well or out of reach",
    "was unknown until it was heard again",
  )
  return `Agent ${name} was last heard ${duration(unseenMs)} before this was opened. What it watches ${outcome}.`
}

/** Stays true, however long it lasts and when it is over. */
export const agentEvidence = (name: string, sinceMs: number, nowMs: number): Evidence => ({
  stance: "for",
  text: `Nothing was heard of agent ${name} for ${duration(nowMs - sinceMs)}, though we could have heard it`,
  deviceId: null,
  linkId: null,
  atMs: Math.round(sinceMs),
})

/** One symptom as it comes. */
export const symptomText = (topology: Topology, alert: AlertNow): string => {
  const device = deviceName(topology, alert.deviceId)
  if (alert.kind === "interface-down") return `Port ${alert.interface} on ${device} is down`
  if (alert.state.reason === "reports-missing") return `${device} has stopped reporting`
  if (alert.kind === "device-unreachable") return `${device} answers neither ping nor TCP`
  return `Agent ${topology.agents.get(alert.agentId ?? "")?.name ?? ""} is not heard`
}
/** And as it goes. */
export const recoveredText = (topology: Topology, alert: AlertNow): string => {
  if (alert.state.reason === "no-longer-monitored")
    return `${symptomText(topology, alert)}: no longer watched`
  const device = deviceName(topology, alert.deviceId)
  if (alert.kind === "interface-down") {
    const how =
      alert.state.reason === "disabled-by-admin"
        ? "is switched off by an administrator"
        : "is up again"
    return `Port ${alert.interface} on ${device} ${how}`
  }
  if (/^report/.test(alert.state.reason)) return `${device} reports again`
  if (alert.kind === "device-unreachable") return `${device} answers again`
  return `Agent ${topology.agents.get(alert.agentId ?? "")?.name ?? ""} is heard again`
}

/** Several at once as one line, so that a storm stays readable. */
export const condense = (texts: readonly string[]): string[] =>
  texts.length <= 6
    ? [...texts]
    : [...texts.slice(0, 5), `and ${texts.length - 5} more at the same moment`]
