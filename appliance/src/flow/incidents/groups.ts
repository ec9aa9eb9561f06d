/** Symptoms gathered under what explains them: one fault, one group. Pure. */
import type { Component, Evidence, Hypothesis as Shown } from "../../api/incidents.ts"
import type { AlertId } from "../../platform/ids.ts"
import type { AlertNow, Watched, WatchedAgent } from "../alerts/alerts.ts"
import type { Hypothesis, Recheck } from "./cause/cause.ts"
import { chancesOf } from "./chances.ts"
import { evidenceOf } from "./evidence.ts"
import { type AlertView, alertOf, type Heeded, linkOfPort, observe, otherEnd, realComponent, type Shelf } from "./observe.ts"
import { reasons, switchedOff, twinsOf } from "./reasons.ts"
import type { Judge } from "./verdict.ts"
import { blamed, failsWith, type Ways } from "./ways.ts"
import type { Tensed } from "./wording.ts"

export type Part = "cause" | "evidence" | "behind"
export type Group = {
  readonly cause: Component
  readonly alternatives: readonly Component[]
  readonly symptoms: ReadonlyMap<AlertId, Part>
  readonly because: Tensed<readonly string[]>
  /** The sentence on what would show exactly the same. */
  readonly twins: Tensed<string> | null
  readonly switchedOff: readonly string[]
  readonly confidence: number
  readonly hypotheses: readonly Shown[]
  readonly evidence: Tensed<readonly Evidence[]>
}
/** `recheck`: the looks that would decide most between what it could be. */
export type Grouped = { readonly groups: readonly Group[]; readonly recheck: readonly Recheck[] }

export const component = (watched: Watched, id: string): Component | null => {
  const link = watched.links.get(id)
  if (link !== undefined) return { kind: "link", id: link.id, name: link.name }
  const device = watched.devices.get(id)
  if (device !== undefined) return { kind: "device", id: device.id, name: device.name }
  const site = watched.sites.get(id)
  if (site !== undefined) return { kind: "site", id: site.id, name: site.name }
  const agent = watched.agents.get(id)
  return agent === undefined ? null : { kind: "agent", id: agent.id, name: agent.name }
}

export type Draft = {
  readonly cause: Component
  readonly alternatives: readonly Component[]
  readonly symptoms: Map<AlertId, Part>
  readonly alerts: AlertNow[]
}

/** Where a symptom stands to the fault that explains it. */
const partOf = (watched: Watched, draft: Draft, alert: AlertNow): Part => {
  const { cause } = draft
  if (alert.kind === "device-unreachable") {
    return blamed(watched, [cause], draft.alternatives).has(alert.deviceId ?? "") ? "cause" : "behind"
  }
  const link = watched.links.get(cause.id)
  const isEnd = [link?.a, link?.b].some((end) => end?.deviceId === alert.deviceId && end?.interface === alert.interface)
  return isEnd ? "cause" : "evidence"
}

/** What a component and its stand-ins come to: what is named, then what could be it as well. */
const naming = (watched: Watched, ids: readonly [string, ...string[]], said: ReadonlySet<string>): [string, ...string[]] => {
  const [one, ...more] = ids.map((id) => realComponent(watched, id))
  const named = [...new Set([one, ...more])].filter((id) => id !== undefined)
  // One that sees nothing at all any more has rather lost its own way out than the place it stands at.
  const agent = named.map((id) => watched.agents.get(id)).find((found) => found !== undefined && isBlind(found, named))
  if (agent !== undefined) {
    const places = new Set<string>(agent.entries.filter(({ isAssumed }) => isAssumed).map(({ deviceId }) => deviceId))
    return [agent.id, ...named.filter((id) => id !== agent.id && !places.has(id) && !watched.sites.has(id))]
  }
  const first = named.find((id) => said.has(id)) ?? named[0] ?? ids[0]
  return [first, ...named.filter((id) => id !== first)]
}
const isBlind = (agent: WatchedAgent, named: readonly string[]): boolean =>
  agent.entries.some(({ deviceId, isAssumed }) => (isAssumed || deviceId === agent.deviceId) && named.includes(deviceId))

/** A symptom nothing else explains stands for itself. */
const ownComponent = (watched: Watched, alert: AlertNow): Component | null => {
  const device = alert.deviceId === null ? null : component(watched, alert.deviceId)
  if (alert.kind !== "interface-down" || alert.deviceId === null) return device
  const link = linkOfPort(watched, alert)
  return link === undefined ? device : component(watched, link.id)
}

/** Whether a symptom is the fault's own, or dark for want of it while the others stand. */
const accounts = (watched: Watched, ways: Ways, fault: string, others: readonly string[], alert: AlertNow): boolean => {
  const failed = new Set(failsWith(watched, fault))
  if (alert.deviceId === null) return false
  if (alert.kind === "interface-down") {
    const link = linkOfPort(watched, alert)
    return link !== undefined && (failed.has(link.id) || failed.has(otherEnd(link, alert.deviceId).deviceId))
  }
  if (failed.has(alert.deviceId)) return true
  return ways.dark(watched, [...others, fault]).has(alert.deviceId) && !ways.dark(watched, others).has(alert.deviceId)
}

const newest = (draft: Draft): number => Math.max(0, ...draft.alerts.map((alert) => alert.state.sinceMs))

const isByReportsAlone = (alerts: readonly AlertNow[]): boolean =>
  alerts.length > 0 && alerts.every((alert) => alert.state.reason === "reports-missing")

export type Grouping = {
  readonly watched: Watched
  readonly view: AlertView
  readonly ways: Ways
  readonly judge: Judge
  readonly shelf: Shelf
  readonly heeded: Heeded
  /** Whether a symptom may open something; another may count all the same. */
  readonly isNews: Heeded
  /** Causes of open incidents: they are kept as long as nothing is clearly better. */
  readonly said: ReadonlySet<string>
}

/** Every symptom under the fault that accounts for it; one nothing accounts for under its own. */
const drafted = ({ watched, ways, said }: Grouping, first: Hypothesis | undefined, symptoms: readonly AlertNow[]): Draft[] => {
  const drafts = new Map<string, Draft>()
  const draftOf = (cause: Component, others: readonly string[]): Draft => {
    const alternatives = others.flatMap((id) => component(watched, id) ?? [])
    const made: Draft = drafts.get(cause.id) ?? { cause, alternatives, symptoms: new Map(), alerts: [] }
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
  const faults = (first?.components ?? []).flatMap((id, index) => {
    const [named, ...others] = naming(watched, [id, ...(first?.classes[index] ?? [])], said)
    const cause = component(watched, named)
    return cause === null ? [] : [{ id: named, draft: draftOf(cause, others) }]
  })
  const ids = [...new Set(faults.map(({ id }) => id))]
  const told = faults.map(({ id, draft }) => {
    const others = ids.filter((other) => other !== id)
    return { id, draft, because: symptoms.filter((alert) => accounts(watched, ways, id, others, alert)) }
  })
  // A fault's own symptoms first; what is dark through several faults belongs to the one that came last and put it out.
  for (const { draft, because } of told) {
    for (const alert of because) if (partOf(watched, draft, alert) !== "behind") place(draft, alert)
  }
  const isDarkWith = (failed: readonly string[], { kind, deviceId }: AlertNow): boolean =>
    kind === "device-unreachable" && ways.dark(watched, failed).has(deviceId ?? "")
  told.sort((one, other) => newest(other.draft) - newest(one.draft))
  for (const { draft, because } of told) for (const alert of because) place(draft, alert)
  // And what would be dark through any of several alone, to the first of them.
  for (const alert of symptoms) {
    const enough =
      told.findLast(({ id }) => accounts(watched, ways, id, [], alert)) ?? (isDarkWith(ids, alert) ? told[0] : undefined)
    if (enough !== undefined) place(enough.draft, alert)
  }
  for (const alert of symptoms) {
    if (placed.has(alert.id)) continue
    const home = [...drafts.values()].find((draft) => draft.alerts.some((other) => other.deviceId === alert.deviceId))
    const own = ownComponent(watched, alert)
    if (home !== undefined && alert.kind === "interface-down") place(home, alert)
    else if (own !== null) place(draftOf(own, []), alert)
  }
  return [...drafts.values()].filter((draft) => draft.symptoms.size > 0)
}

/** Explains all heeded symptoms at once; every one that could be weighed is in exactly one group. */
export const group = (grouping: Grouping): Grouped => {
  const { watched, view, ways, judge, shelf, heeded, isNews, said } = grouping
  const looks = observe(watched, view, heeded, ways, shelf)
  const { hypotheses, recheck } = judge(watched, looks, said)
  const downs = looks.flatMap((look) => (look.value === "down" ? (alertOf(watched, view, look) ?? []) : []))
  const drafts = drafted(grouping, hypotheses[0], [...new Set(downs)].filter(isNews))
  const seenUp = Map.groupBy(new Set(looks.filter(({ value }) => value === "up")), ({ entity }) => entity)
  const groups = drafts.map((draft): Group => {
    const { cause, alternatives, symptoms, alerts } = draft
    const off = switchedOff(watched, view, cause)
    const others = drafts.flatMap((other) => (other === draft ? [] : [other.cause.id]))
    const isPartOf = (fault: string): boolean => alerts.some((alert) => accounts(watched, ways, fault, [], alert))
    return {
      cause,
      alternatives,
      symptoms,
      because: reasons(watched, ways, draft, off),
      twins: twinsOf(watched, draft),
      switchedOff: off,
      evidence: evidenceOf({ watched, view, ways, seenUp, others }, draft),
      ...chancesOf(watched, hypotheses, draft, (id) => component(watched, id), isPartOf, isByReportsAlone(alerts)),
    }
  })
  return { groups, recheck }
}
