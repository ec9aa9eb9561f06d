/** Symptoms gathered under what explains them: one fault, one group. Pure. */
import type { Component } from "../../api/incidents.ts"
import type { AlertId } from "../../platform/ids.ts"
import type { AlertNow, Watched } from "../alerts/alerts.ts"
import { type Explanation, explain } from "./cause/explain.ts"
import type { Network, Observation } from "./cause/model.ts"
import { type AlertView, draw, type Heeded, linkOfPort, observe, portAlert, realComponent } from "./observe.ts"
import type { Ways } from "./ways.ts"
import { deviceName, list, many } from "./wording.ts"

export type Part = "cause" | "evidence" | "behind"
export type Group = {
  readonly cause: Component
  readonly alternatives: readonly Component[]
  readonly symptoms: ReadonlyMap<AlertId, Part>
  readonly because: readonly string[]
  /** The sentence on what would show exactly the same. */
  readonly twins: string | null
  readonly switchedOff: readonly string[]
}

const component = (watched: Watched, id: string): Component | null => {
  const link = watched.links.get(id)
  if (link !== undefined) return { kind: "link", id: link.id, name: link.name }
  const device = watched.devices.get(id)
  if (device !== undefined) return { kind: "device", id: device.id, name: device.name }
  const agent = watched.agents.get(id)
  return agent === undefined ? null : { kind: "agent", id: agent.id, name: agent.name }
}

type Draft = { cause: Component; alternatives: Component[]; symptoms: Map<AlertId, Part>; alerts: AlertNow[] }

/** Where a symptom stands to the fault that explains it. */
const partOf = (watched: Watched, draft: Draft, alert: AlertNow): Part => {
  const { cause } = draft
  if (alert.kind === "device-unreachable") {
    const itself = cause.id === alert.deviceId || draft.alternatives.some((other) => other.id === alert.deviceId)
    return itself ? "cause" : "behind"
  }
  const link = watched.links.get(cause.id)
  const isEnd = [link?.a, link?.b].some((end) => end?.deviceId === alert.deviceId && end?.interface === alert.interface)
  return isEnd ? "cause" : "evidence"
}

const switchedOff = (watched: Watched, view: AlertView, cause: Component): string[] => {
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

/** Why we believe it, a sentence an item. */
const reasons = (watched: Watched, ways: Ways, draft: Draft, off: readonly string[]): string[] => {
  const of = (part: Part, kind: AlertNow["kind"]): AlertNow[] =>
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
const twinsOf = ({ alternatives }: Draft): string | null => {
  if (alternatives.length === 0) return null
  const names = alternatives.map((other) => `${other.kind === "device" ? "router" : other.kind} ${other.name}`)
  return `Seen from here ${list(names)} would show exactly the same.`
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

/** An agent that sees nothing at all any more has rather lost its own way out than the place that was only taken for its own. */
const blindAgent = (watched: Watched, found: Explanation["components"][number]): string | null => {
  const named = new Set([found.id, ...found.alternatives].map(realComponent))
  for (const agent of watched.agents.values()) {
    if (named.has(agent.id) && agent.entries.some((one) => one.isAssumed && named.has(one.deviceId))) return agent.id
  }
  return null
}

/** A symptom nothing else explains stands for itself. */
const ownComponent = (watched: Watched, alert: AlertNow): Component | null => {
  const device = alert.deviceId === null ? null : component(watched, alert.deviceId)
  if (alert.kind !== "interface-down" || alert.deviceId === null) return device
  const link = linkOfPort(watched, alert)
  return link === undefined ? device : component(watched, link.id)
}

const sameLook = (one: Observation, other: Observation | undefined): boolean =>
  one.entity === other?.entity && one.value === other.value && one.end === other.end && one.from === other.from

/** Explains, and does not think again while nothing has changed: an incident may stand for hours, with looks every second. */
export type Explainer = (watched: Watched, observations: readonly Observation[]) => Explanation
export const createExplainer = (): Explainer => {
  let last: { watched: Watched; map: Omit<Network, "observations">; seen: readonly Observation[]; told: Explanation } | null =
    null
  return (watched, seen) => {
    const map = last?.watched === watched ? last.map : draw(watched)
    const again = last?.watched === watched && last.seen.length === seen.length
    if (last !== null && again && last.seen.every((one, index) => sameLook(one, seen[index]))) return last.told
    last = { watched, map, seen, told: explain({ ...map, observations: seen }) }
    return last.told
  }
}

/** Explains all heeded symptoms at once; every one that could be weighed is in exactly one group. */
export const group = (
  { explainer, ways }: { readonly explainer: Explainer; readonly ways: Ways },
  watched: Watched,
  view: AlertView,
  heeded: Heeded,
): Group[] => {
  const { observations, alerts } = observe(watched, view, heeded, ways)
  const explanation = explainer(watched, observations)
  const drafts = new Map<string, Draft>()
  const draftOf = (cause: Component, alternatives: readonly string[]): Draft => {
    const known = drafts.get(cause.id)
    if (known !== undefined) return known
    const others = [...new Set(alternatives.map(realComponent))].flatMap((id) => {
      const other = id === cause.id ? null : component(watched, id)
      return other === null ? [] : [other]
    })
    const made: Draft = { cause, alternatives: others, symptoms: new Map(), alerts: [] }
    drafts.set(cause.id, made)
    return made
  }
  const placed = new Set<AlertId>()
  const place = (draft: Draft, alert: AlertNow): void => {
    if (placed.has(alert.id)) return
    placed.add(alert.id)
    draft.alerts.push(alert)
    draft.symptoms.set(alert.id, partOf(watched, draft, alert))
  }
  const told = explanation.components.flatMap((found) => {
    const blind = blindAgent(watched, found)
    const cause = component(watched, blind ?? realComponent(found.id))
    if (cause === null) return []
    const because = found.because.flatMap((index) => alerts[index] ?? [])
    return [{ draft: draftOf(cause, blind === null ? found.alternatives : []), because }]
  })
  // A fault's own symptoms first; what is dark through several faults belongs to the one that came last and put it out.
  for (const { draft, because } of told) {
    for (const alert of because) if (partOf(watched, draft, alert) !== "behind") place(draft, alert)
  }
  const newest = (draft: Draft): number => Math.max(0, ...draft.alerts.map((alert) => alert.state.sinceMs))
  told.sort((one, other) => newest(other.draft) - newest(one.draft))
  for (const { draft, because } of told) for (const alert of because) place(draft, alert)
  for (const { entity, because } of explanation.suppressed) {
    const dark = alerts.find((one) => one.kind === "device-unreachable" && one.deviceId === entity)
    const draft = told.find((one) => because.some((id) => realComponent(id) === one.draft.cause.id))?.draft
    if (draft !== undefined && dark !== undefined) place(draft, dark)
  }
  for (const alert of alerts) {
    if (alert.state.phase !== "down" || placed.has(alert.id)) continue
    const home = [...drafts.values()].find((draft) => draft.alerts.some((other) => other.deviceId === alert.deviceId))
    const own = ownComponent(watched, alert)
    if (home !== undefined && alert.kind === "interface-down") place(home, alert)
    else if (own !== null) place(draftOf(own, []), alert)
  }
  return [...drafts.values()]
    .filter((draft) => draft.symptoms.size > 0)
    .map((draft) => {
      const off = switchedOff(watched, view, draft.cause)
      const { cause, alternatives, symptoms } = draft
      return {
        cause,
        alternatives,
        symptoms,
        because: reasons(watched, ways, draft, off),
        twins: twinsOf(draft),
        switchedOff: off,
      }
    })
}
