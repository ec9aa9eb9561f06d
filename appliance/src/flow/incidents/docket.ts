/**
 * The open incidents of one organisation, in memory. `review` looks at all alerts anew and says what has become of the incidents.
 * Pure of database, clock and socket: whole histories are played through it in tests.
 *
 * One fault is one incident. Its identity follows its symptoms: when a better explanation is found, the incident that holds most of
 * them changes its mind (and says so); one that loses all of its symptoms to another is folded into that one.
 */
import type { Component, Recheck } from "../../api/incidents.ts"
import type { AlertId, DeviceId, IncidentId } from "../../platform/ids.ts"
import type { AlertNow, Watched } from "../alerts/alerts.ts"
import { createFlaps } from "./flaps.ts"
import { type Group, group } from "./groups.ts"
import { type Change, type Held, type Incident, type Line, SYSTEM } from "./incident.ts"
import { entryOf, isOther, isSame } from "./mind.ts"
import { type AlertView, createShelf } from "./observe.ts"
import { createRechecks, SURE } from "./rechecks.ts"
import { createRecovery, foldedPart, foldsInto, isHeldBack, isSeenSince, type Mending, mayClose, shakenBy } from "./recovery.ts"
import { awaited, isOnlyWay, SETTLE_MS, silentBefore, toAsk } from "./settle.ts"
import { tell } from "./tell.ts"
import { createJudge } from "./verdict.ts"
import { createWays } from "./ways.ts"
import { agentEvidence, agentReason, agentTitle, duration, gathered, many, recoveredText, symptomText } from "./wording.ts"

export type Outcome = {
  /** Incidents that have changed, as they are now. */
  readonly changed: readonly Incident[]
  readonly lines: readonly Line[]
  /** What they say now and did not before. */
  readonly history: readonly Change[]
  /** Devices to look at at once. */
  readonly confirm: readonly DeviceId[]
}
export type Docket = {
  readonly restore: (incidents: readonly Incident[], nextNumber: number) => void
  readonly review: (watched: Watched, view: AlertView, nowMs: number) => Outcome
  readonly get: (id: string) => Incident | undefined
  readonly open: () => Iterable<Incident>
  /** The open incident that holds this alert. */
  readonly holding: (alert: AlertId) => Incident | undefined
  /** Takes in what a person has done. */
  readonly put: (incident: Incident) => void
  readonly busy: () => boolean
}

export const createDocket = (newId: () => IncidentId): Docket => {
  const incidents = new Map<IncidentId, Incident>()
  /** When each symptom was first seen here, and whether it has been waited for long enough. */
  const waiting = new Map<AlertId, { readonly sinceMs: number; asked: boolean; settled: boolean }>()
  const judge = createJudge()
  const shelf = createShelf()
  const rechecks = createRechecks()
  const ways = createWays()
  const recovery = createRecovery(ways)
  const flaps = createFlaps()
  let nextNumber = 1

  const holding = (alert: AlertId): Incident | undefined => {
    for (const incident of incidents.values()) if (incident.held.get(alert)?.untilMs === null) return incident
    return undefined
  }

  /** Which symptoms count by now, and whom to look at for the others. */
  const settle = (
    watched: Watched,
    view: AlertView,
    active: readonly AlertNow[],
    shaken: ReadonlySet<string>,
    nowMs: number,
  ): DeviceId[] => {
    const ids = new Set(active.map((alert) => alert.id))
    for (const id of waiting.keys()) if (!ids.has(id)) waiting.delete(id)
    const confirm = new Set<DeviceId>()
    const hops = ways.hops(watched)
    const far = (alert: AlertNow): number => hops.get(alert.deviceId ?? "") ?? 0
    // From the agent outwards: what lies behind another silent one is understood only with that.
    for (const alert of active.toSorted((one, other) => far(one) - far(other))) {
      const known = waiting.get(alert.id) ?? { sinceMs: nowMs, asked: false, settled: holding(alert.id) !== undefined }
      waiting.set(alert.id, known)
      if (known.settled) continue
      const open = awaited(watched, view, alert, (id) => shaken.has(id))
      const isBehind = silentBefore(watched, view, hops, alert).some((one) => waiting.get(one.id)?.settled !== true)
      known.settled = (open.length === 0 && !isBehind) || isOnlyWay(watched, ways, alert) || nowMs - known.sinceMs >= SETTLE_MS
      if ((known.settled && open.length === 0) || known.asked) continue
      known.asked = true
      const asked = toAsk(watched, hops, alert, open)
      rechecks.note(watched, [...asked], alert.id, nowMs)
      for (const device of asked) confirm.add(device)
    }
    return [...confirm]
  }

  /** Not sure, but soon surer: it waits for the looks that were asked for, if not for long. */
  const isPremature = (watched: Watched, found: Group, alerts: ReadonlyMap<AlertId, AlertNow>, nowMs: number): boolean => {
    if (found.confidence >= SURE || !rechecks.isAwaited(found.symptoms)) return false
    return [...found.symptoms.keys()].every((id) => {
      const alert = alerts.get(id)
      const sinceMs = waiting.get(id)?.sinceMs ?? 0
      return nowMs - sinceMs < SETTLE_MS && alert !== undefined && !isOnlyWay(watched, ways, alert)
    })
  }

  return {
    restore: (rows, next) => {
      for (const row of rows) incidents.set(row.id, row)
      nextNumber = next
    },
    get: (id) => [...incidents.values()].find((incident) => incident.id === id),
    open: () => incidents.values(),
    holding,
    put: (incident) => {
      if (incident.state === "closed") incidents.delete(incident.id)
      else incidents.set(incident.id, incident)
    },
    busy: () => incidents.size > 0 || waiting.size > 0,
    review: (watched, view, nowMs) => {
      const alerts = new Map([...view.all()].map((alert) => [alert.id, alert]))
      for (const alert of alerts.values()) flaps.see(alert)
      const isHeld = (alert: AlertId): boolean => holding(alert) !== undefined
      const telling = { watched, view, alerts, isHeld, ways, flaps, nowMs }
      const active = [...alerts.values()].filter((alert) => alert.kind !== "agent-silent" && alert.state.phase === "down")
      rechecks.see(watched, view, nowMs)
      const coming = recovery.find(watched, [...incidents.values()], alerts)
      const confirm = settle(watched, view, active, shakenBy(coming, watched), nowMs)
      const history: Change[] = []
      const changed = new Map<IncidentId, Incident>()
      const lines: Line[] = []
      const change = (incident: Incident): void => {
        incidents.set(incident.id, incident)
        changed.set(incident.id, incident)
      }
      const say = (incident: Incident, kind: Line["kind"], text: string, atMs = nowMs): void => {
        lines.push({ incidentId: incident.id, atMs, kind, who: SYSTEM, text })
      }
      const make = (cause: Component, alternatives: readonly Component[], atMs: number): Incident => {
        const number = nextNumber
        nextNumber += 1
        return {
          id: newId(),
          number,
          state: "open",
          title: "",
          causes: [cause],
          alternatives,
          because: [],
          confidence: null,
          hypotheses: [],
          evidence: [],
          rechecks: [],
          entered: null,
          openedAtMs: atMs,
          closedAtMs: null,
          acknowledgedBy: null,
          acknowledgedAtMs: null,
          updatedAtMs: nowMs,
          held: new Map(),
          told: null,
          manner: "stands",
          expected: [],
          behind: 0,
        }
      }

      const apply = (found: Group, was: Incident | undefined): IncidentId => {
        const fresh = was ?? make(found.cause, found.alternatives, nowMs)
        const held = new Map(fresh.held)
        const news: AlertNow[] = []
        let moved = false
        for (const [id, part] of found.symptoms) {
          const alert = alerts.get(id)
          if (alert === undefined) continue
          const known = held.get(id)
          if (known !== undefined && known.untilMs === null && known.part === part) continue
          if (known === undefined || known.untilMs !== null) news.push(alert)
          moved = true
          const { kind, deviceId } = alert
          held.set(id, { alertId: id, kind, deviceId, part, sinceMs: known?.sinceMs ?? alert.state.sinceMs, untilMs: null })
        }
        const { cause, symptoms: _, ...told } = found
        const next = entered(was, retold({ ...fresh, held, causes: [cause], told }))
        if (was !== undefined && !moved && isSame(was, next) && was.entered === next.entered) return was.id
        change(next)
        if (was === undefined) say(next, "opened", `${next.title}. ${next.because.join(" ")}`.trim())
        for (const text of gathered(news.map((alert) => symptomText(watched, alert)))) say(next, "symptom", text)
        if (was !== undefined) sayIfOther(was, next)
        return next.id
      }
      const retold = (incident: Incident): Incident => {
        const looks = rechecks.of(incident.held, incident.openedAtMs - SETTLE_MS)
        return { ...incident, ...tell(telling, incident), rechecks: withLooks(incident.rechecks, looks), updatedAtMs: nowMs }
      }
      /** With what is due in its history. */
      const entered = (was: Incident | undefined, next: Incident): Incident => {
        const entry = entryOf(was, next, nowMs)
        if (entry === null) return next
        history.push(entry)
        return { ...next, entered: entry }
      }
      const sayIfOther = (was: Incident, next: Incident): void => {
        if (!isOther(was, next)) return
        say(next, "cause-changed", `Now: ${next.title}. Before: ${was.title}. ${next.because.join(" ")}`.trim())
      }
      /** What has been seen since may leave less to be claimed, or show that it flaps. */
      const retell = (was: Incident): void => {
        const next = entered(was, retold(was))
        if (isSame(was, next) && was.entered === next.entered) return
        change(next)
        sayIfOther(was, next)
      }

      /** A symptom of what lies behind something that has just come back is no fault of its own yet. */
      const fold = ({ incident: { id } }: Mending, alert: AlertNow): void => {
        const incident = incidents.get(id)
        if (incident === undefined) return
        const { kind, deviceId } = alert
        const part = foldedPart(watched, incident, alert)
        const sinceMs = incident.held.get(alert.id)?.sinceMs ?? alert.state.sinceMs
        const held = new Map(incident.held).set(alert.id, { alertId: alert.id, kind, deviceId, part, sinceMs, untilMs: null })
        change({ ...incident, held, updatedAtMs: nowMs })
        say(incident, "symptom", symptomText(watched, alert))
      }
      for (const alert of active) {
        const into = holding(alert.id) === undefined ? foldsInto(coming, watched, alert) : undefined
        if (into !== undefined) fold(into, alert)
      }
      const mendings = coming.map((one) => ({ ...one, incident: incidents.get(one.incident.id) ?? one.incident }))
      const isSettled = (alert: AlertNow): boolean => waiting.get(alert.id)?.settled === true
      const isNews = (alert: AlertNow): boolean => isSettled(alert) && !isHeldBack(mendings, watched, alert)
      const heeded = (alert: AlertNow): boolean => isNews(alert) || (isSettled(alert) && isSeenSince(mendings, watched, alert))
      const said = new Set([...incidents.values()].flatMap(({ causes }) => causes.map(({ id }) => id)))
      const { groups: found, recheck } = active.some(isNews)
        ? group({ judge, shelf, ways, watched, view, heeded, isNews, said })
        : { groups: [], recheck: [] }
      const unsure = found.filter(({ confidence }) => confidence < SURE)
      const decisive = unsure.length === 0 ? [] : rechecks.ask(watched, view, recheck, unsure, nowMs)
      const known = match(found, [...incidents.values()])
      // A fault that began while nobody could report it arrives in pieces; what is open already goes on.
      const isHeldDown = view.isCatchingUp?.(nowMs) === true
      const groups = found.filter((one) => known.has(one) || !(isHeldDown || isPremature(watched, one, alerts, nowMs)))
      const matched = match(groups, [...incidents.values()])
      const home = new Map<AlertId, IncidentId>()
      for (const found of groups) {
        const owner = apply(found, matched.get(found))
        for (const id of found.symptoms.keys()) home.set(id, owner)
      }
      const applied = new Set(home.values())
      for (const incident of [...incidents.values()]) if (!applied.has(incident.id)) retell(incident)

      for (const agent of alerts.values()) {
        if (agent.kind !== "agent-silent" || !agent.state.wasDown || holding(agent.id) !== undefined) continue
        const name = watched.agents.get(agent.agentId ?? "")?.name ?? "unknown"
        const devices = [...watched.devices.values()].filter((device) => device.agentId === agent.agentId).length
        const { sinceMs } = agent.state
        const made = make({ kind: "agent", id: agent.agentId ?? agent.id, name }, [], nowMs)
        const text = agentTitle(name, devices)
        const one: Held = { alertId: agent.id, kind: agent.kind, deviceId: null, part: "cause", sinceMs, untilMs: null }
        const because = [agentReason(name, nowMs - sinceMs)]
        const evidence = [agentEvidence(name, sinceMs, nowMs)]
        const next = entered(undefined, { ...made, title: text, because, evidence, held: new Map([[agent.id, one]]) })
        change(next)
        say(next, "opened", `${text}. ${because.join(" ")}`)
      }

      // What is over, or has gone to another incident, ends here; an incident without anything left is closed.
      for (const incident of [...incidents.values()]) {
        const held = new Map(incident.held)
        const well: AlertNow[] = []
        let into: Incident | undefined
        let ended = false
        for (const one of incident.held.values()) {
          if (one.untilMs !== null) continue
          const alert = alerts.get(one.alertId)
          const owner = home.get(one.alertId)
          const gone = owner !== undefined && owner !== incident.id
          if (!gone && alert !== undefined && alert.state.wasDown) continue
          if (gone) into = incidents.get(owner)
          else if (alert !== undefined) well.push(alert)
          held.set(one.alertId, { ...one, untilMs: nowMs })
          ended = true
        }
        const over = [...held.values()].every((one) => one.untilMs !== null)
        const mending = mendings.find((one) => one.incident.id === incident.id)
        const isClosing = over && (into !== undefined || mayClose(mending, view, nowMs))
        if (!ended && !isClosing) continue
        for (const text of gathered(well.map((alert) => recoveredText(watched, alert)))) say(incident, "recovered", text)
        const next: Incident = { ...incident, held, updatedAtMs: nowMs }
        if (!isClosing) {
          change(next)
          continue
        }
        const closed = retold({ ...next, state: "closed", closedAtMs: nowMs })
        changed.set(closed.id, closed)
        incidents.delete(closed.id)
        const lasted = duration(nowMs - closed.openedAtMs)
        const why =
          into === undefined
            ? `All is well again after ${lasted}: ${many(held.size, "symptom")} over.`
            : `Folded into #${into.number}, which explains all of it: ${into.title}.`
        say(closed, "closed", why)
      }
      const asked = recovery.ask(mendings, watched, view, nowMs)
      const looks = [...new Set([...confirm, ...decisive, ...asked])]
      return { changed: [...changed.values()], lines, history, confirm: looks }
    },
  }
}

const LOOKS_MOST = 12
/** The same looks with what has come of them, and what was kept from before a restart. */
const withLooks = (was: readonly Recheck[], now: readonly Recheck[]): readonly Recheck[] => {
  if (now.length === 0) return was
  const keyOf = ({ text, askedAtMs }: Recheck): string => `${askedAtMs} ${text}`
  const looks = new Map([...was, ...now].map((look) => [keyOf(look), look]))
  return [...looks.values()].slice(-LOOKS_MOST)
}

/** Groups to the incidents they carry on: by most symptoms in common, then by the same cause. */
const match = (groups: readonly Group[], incidents: readonly Incident[]): Map<Group, Incident> => {
  const pairs: { found: Group; incident: Incident; common: number }[] = []
  for (const found of groups) {
    for (const incident of incidents) {
      let common = 0
      for (const id of found.symptoms.keys()) if (incident.held.get(id)?.untilMs === null) common += 1
      const sameCause = incident.causes.some((cause) => cause.id === found.cause.id)
      if (common > 0 || sameCause) pairs.push({ found, incident, common: common + (sameCause ? 0.5 : 0) })
    }
  }
  pairs.sort((one, other) => other.common - one.common || one.incident.number - other.incident.number)
  const matched = new Map<Group, Incident>()
  const taken = new Set<Incident>()
  for (const { found, incident } of pairs) {
    if (matched.has(found) || taken.has(incident)) continue
    matched.set(found, incident)
    taken.add(incident)
  }
  return matched
}
