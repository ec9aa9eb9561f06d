/** What incidents are called and what their timeline says: sentences people would say to each other. */
import type { Component, Evidence } from "../../api/incidents.ts"
import type { AlertNow, Watched } from "../alerts/alerts.ts"
import type { Flap } from "./flaps.ts"

export const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`

/** "12 s", "4 min 3 s", "2 h 5 min". */
export const duration = (ms: number): string => {
  const s = Math.max(0, Math.round(ms / 1_000))
  if (s < 60) return `${s} s`
  if (s < 3_600) return `${Math.floor(s / 60)} min${s % 60 === 0 ? "" : ` ${s % 60} s`}`
  return `${Math.floor(s / 3_600)} h ${Math.floor((s % 3_600) / 60)} min`
}

/** "a, b and 3 more". */
export const list = (names: readonly string[], most = 4): string => {
  const shown = names.slice(0, most)
  const rest = names.length - shown.length
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`
}

const noun = (watched: Watched, device: string): string => {
  const roles = watched.devices.get(device)?.roles ?? []
  return roles.includes("switch") ? "Switch" : roles.includes("cpe") ? "Customer router" : "Router"
}
const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

export const deviceName = (watched: Watched, device: string | null): string =>
  device === null ? "an unknown device" : (watched.devices.get(device)?.name ?? "a removed device")

/** What could stand in its place, as a noun. */
export const couldStand = (other: Component): string =>
  other.kind === "site" ? `the power at ${other.name}` : `${other.kind === "device" ? "router" : other.kind} ${other.name}`

const couldBe = (watched: Watched, other: Component, is: "is" | "was"): string =>
  other.kind === "agent"
    ? `agent ${other.name} ${is === "is" ? "has" : "had"} lost its own way out`
    : other.kind === "site"
      ? `power ${is} lost at ${other.name}`
      : other.kind === "link"
        ? `link ${other.name} ${is} cut`
        : `${lower(noun(watched, other.id))} ${other.name} ${is} dead`

export type Told = {
  readonly cause: Component
  readonly alternatives: readonly Component[]
  readonly behind: number
  /** Devices at which an end of the cut link is switched off by hand. */
  readonly switchedOff: readonly string[]
  /** Alternatives that are well by now, so that they can only have been it. */
  readonly back: ReadonlySet<string>
  readonly isOver: boolean
}

/** "Power at Samsun is probably lost: all 2 devices there are out of reach". */
const siteTitle = (watched: Watched, { id, name }: Component, is: "is" | "was"): string => {
  const devices = (watched.sites.get(id)?.devices ?? []).filter((device) => watched.devices.get(device)?.agentId != null)
  return `Power at ${name} ${is} probably lost: all ${many(devices.length, "device")} there ${is === "is" ? "are" : "were"} out of reach`
}

/** "Link Ankara–Izmir is cut, or router Izmir is dead; 3 devices behind it". */
export const title = (watched: Watched, told: Told): string => {
  const { cause, alternatives, behind, switchedOff, back, isOver } = told
  // Which of several it was may never be known; of one that is well by now nobody may say that it is dead.
  const is = isOver && alternatives.length > 0 ? "was" : "is"
  const [first, ...more] = alternatives
  const or = first === undefined ? "" : `, or ${couldBe(watched, first, back.has(first.id) ? "was" : "is")}`
  const others = more.length === 0 ? "" : ` (or one of ${more.length} more)`
  if (cause.kind === "agent") {
    const devices = [...watched.devices.values()].filter((device) => device.agentId === cause.id)
    return `Agent ${cause.name} has lost its way out${or}${others}: nothing is known of its ${many(devices.length, "device")}`
  }
  const what =
    switchedOff.length > 0 && cause.kind === "link"
      ? `Link ${cause.name} ${is} switched off at ${list(switchedOff)}`
      : cause.kind === "device" && alternatives.length > 0
        ? `${noun(watched, cause.id)} ${cause.name} ${is} dead`
        : cause.kind === "site"
          ? siteTitle(watched, cause, is)
          : cause.kind === "link"
            ? `Link ${cause.name} ${is} cut`
            : `${noun(watched, cause.id)} ${cause.name} is not answering`
  return `${what}${or}${others}${behind === 0 ? "" : `; ${many(behind, "device")} behind it`}`
}

/** "Link Ankara–Izmir is flapping: 8 times in 40 s". */
export const flapTitle = (name: string, { times, overMs }: Flap, isClosed: boolean): string =>
  `Link ${name} ${isClosed ? "flapped" : "is flapping"}: ${many(times, "time")} in ${duration(overMs)}`
export const flapText = (watched: Watched, ends: readonly AlertNow[], { times, overMs }: Flap): string => {
  const ports = ends.map((alert) => `${alert.interface} on ${deviceName(watched, alert.deviceId)}`)
  return `${ports.length === 1 ? "Port" : "Ports"} ${list(ports)} went down ${many(times, "time")} in ${duration(overMs)}.`
}

export const agentTitle = (name: string, devices: number): string => `Agent ${name} is silent: ${many(devices, "device")} unknown`

export const agentReason = (name: string, unheardMs: number): string =>
  `Agent ${name} was last heard ${duration(unheardMs)} before this was opened. What it watches is unknown since: it may be well or out of reach.`

export const agentEvidence = (name: string, sinceMs: number, nowMs: number): Evidence => ({
  stance: "for",
  text: `Agent ${name} has not been heard for ${duration(nowMs - sinceMs)}, though we could have heard it`,
  deviceId: null,
  linkId: null,
  atMs: Math.round(sinceMs),
})

/** One symptom as it comes. */
export const symptomText = (watched: Watched, alert: AlertNow): string => {
  const device = deviceName(watched, alert.deviceId)
  if (alert.kind === "interface-down") return `Port ${alert.interface} on ${device} is down`
  if (alert.kind === "device-unreachable") return `${device} answers neither ping nor TCP`
  return `Agent ${watched.agents.get(alert.agentId ?? "")?.name ?? ""} is not heard`
}
/** And as it goes. */
export const recoveredText = (watched: Watched, alert: AlertNow): string => {
  if (alert.state.reason === "no-longer-watched") return `${symptomText(watched, alert)}: no longer watched`
  const device = deviceName(watched, alert.deviceId)
  if (alert.kind === "interface-down") {
    const how = alert.state.reason === "disabled-by-admin" ? "is switched off by an administrator" : "is up again"
    return `Port ${alert.interface} on ${device} ${how}`
  }
  if (alert.kind === "device-unreachable") return `${device} answers again`
  return `Agent ${watched.agents.get(alert.agentId ?? "")?.name ?? ""} is heard again`
}

/** Several at once as one line, so that a storm stays readable. */
export const gathered = (texts: readonly string[]): string[] =>
  texts.length <= 6 ? [...texts] : [...texts.slice(0, 5), `and ${texts.length - 5} more at the same moment`]
