/**
 * Alerts of sessions of routing protocols: the two ends of a session are polled at different times
 * and are one fault, and so are several sessions of one device. Only where the other end is known
 * (`alerts/session-ends.ts`). Pure.
 */
import type { Component } from "../../../api/incidents.ts"
import type { IncidentId } from "../../../platform/ids.ts"
import type { AlertNow, Session } from "../../alerts/alerts.ts"
import type { Incident } from "../model.ts"
import { linkAt, remoteEnd } from "./alert-view.ts"
import { component } from "./groups.ts"
import { activeSymptoms } from "./merge-split.ts"
import type { Review } from "./review.ts"

type Known = Pick<Review, "topology" | "view" | "alerts">

const linksOf = ({ topology }: Pick<Known, "topology">, { ports }: Session) =>
  ports.flatMap((port) => linkAt(topology, port.device, port.interface) ?? [])

/** Neighbours at the ends of a link are one session, also where their addresses do not tell. */
export const sessionOf = (known: Pick<Known, "topology" | "view">, alert: AlertNow) => {
  const session = known.view.sessionOf?.(alert) ?? null
  const [end, ...others] = session?.ends ?? []
  if (session === null || end === undefined || others.length > 0) return session
  const [link] = linksOf(known, session)
  if (link === undefined) return session
  const ends = [end, remoteEnd(link, end).deviceId]
  return { ...session, id: `${session.protocol} ${link.id}`, ends }
}

/** Of its active alerts; null: it is about something else as well. */
export const sessionsIn = (known: Known, incident: Incident): readonly Session[] | null => {
  const alerts = activeSymptoms(incident).flatMap(({ alertId }) => known.alerts.get(alertId) ?? [])
  const sessions = alerts.flatMap((alert) => sessionOf(known, alert) ?? [])
  return sessions.length === alerts.length && sessions.length > 0 ? sessions : null
}

/** Devices that are an end of each of them. */
const sharedBy = (sessions: readonly Session[]): readonly string[] => {
  const [first, ...others] = sessions
  return (first?.ends ?? []).filter((id) => others.every(({ ends }) => ends.includes(id)))
}

export type SessionIndex = {
  /**
   * The open incident that an alert of a session belongs to: that of its other end, or that of other
   * sessions of one of its devices, whichever ends were seen.
   */
  readonly find: (alert: AlertNow) => IncidentId | undefined
  readonly add: (id: IncidentId, alert: AlertNow) => void
}
/** Kept up to date while alerts join, because a router may lose thousands of sessions at once. */
export const createSessionIndex = (known: Known, open: readonly Incident[]): SessionIndex => {
  const bySession = new Map<string, IncidentId>()
  /** Devices that all sessions of an incident have in common; none: it is about something else. */
  const shared = new Map<IncidentId, ReadonlySet<string>>()
  const add = (id: IncidentId, alert: AlertNow): void => {
    const session = sessionOf(known, alert)
    const ends: ReadonlySet<string> = new Set(session?.ends)
    shared.set(id, shared.get(id)?.intersection(ends) ?? ends)
    if (session !== null && !bySession.has(session.id)) bySession.set(session.id, id)
  }
  for (const incident of open)
    for (const { alertId } of activeSymptoms(incident)) {
      const alert = known.alerts.get(alertId)
      if (alert !== undefined) add(incident.id, alert)
    }
  return {
    add,
    find: (alert) => {
      const session = sessionOf(known, alert)
      if (session === null) return undefined
      const same = bySession.get(session.id)
      if (same !== undefined) return same
      for (const [id, devices] of shared)
        if (session.ends.some((end) => devices.has(end))) return id
      return undefined
    },
  }
}

/** How many sessions of a device have failed, or have begun to. */
const failingAt = (known: Known, device: string): number => {
  const ids = new Set<string>()
  for (const alert of known.alerts.values()) {
    const { phase } = alert.state
    if (phase !== "pending" && phase !== "degraded" && phase !== "down") continue
    const session = sessionOf(known, alert)
    if (session?.ends.some((end) => end === device) === true) ids.add(session.id)
  }
  return ids.size
}

/** Of a session that fails alone, the device of which more sessions fail is the likelier one. */
const likeliest = (known: Known, [one = "", other = ""]: readonly string[]): string | undefined => {
  const more = failingAt(known, one) - failingAt(known, other)
  return more === 0 ? undefined : more > 0 ? one : other
}

/**
 * Where the fault is: at the device that all its sessions have in common. A single session between
 * neighbours is at their link. Of another one both devices are named, first the one that reported it
 * first, because the other may be it as well. Null: what is known of its sessions does not tell.
 */
export const placeOfSessions = (
  known: Known,
  incident: Incident,
  isNew: boolean,
): Pick<Incident, "causes" | "alternatives"> | null => {
  const sessions = sessionsIn(known, incident)
  if (sessions === null || sessions.every(({ ends }) => ends.length < 2)) return null
  const shared = sharedBy(sessions)
  const stated = shared.find((id) => id === incident.causes[0]?.id)
  const only = shared.length === 1 ? shared[0] : isNew ? likeliest(known, shared) : undefined
  const isOne = new Set(sessions.map(({ id }) => id)).size === 1
  const link = sessions
    .flatMap((one) => linksOf(known, one))
    .find(({ id }) => isOne || id === incident.causes[0]?.id)
  if (only === undefined && link !== undefined)
    return { causes: [{ kind: "link", id: link.id, name: link.name }], alternatives: [] }
  const named = component(known.topology, only ?? stated ?? shared[0] ?? "")
  if (named === null) return null
  const isOpen = only === undefined && (isNew || incident.alternatives.length > 0)
  const others = isOpen ? shared.filter((id) => id !== named.id) : []
  return {
    causes: [named],
    alternatives: others.flatMap((id) => component(known.topology, id) ?? []),
  }
}

/** What ends the session if it fails: the devices at its ends, and the links between them. */
export const componentsOfSession = (
  known: Pick<Known, "topology">,
  session: Session,
): readonly Component[] => {
  const { topology } = known
  const [one, other] = session.ends
  if (one === undefined || other === undefined) return []
  const own = linksOf(known, session)
  const between = (topology.linksAt.get(one) ?? []).filter(
    ({ a, b }) => a.deviceId === other || b.deviceId === other,
  )
  const links = own.length > 0 ? own : between
  return [...session.ends, ...links.map(({ id }) => id)].flatMap(
    (id) => component(topology, id) ?? [],
  )
}

type RuleIncidents = {
  readonly open: readonly Incident[]
  readonly store: (incident: Incident) => Incident
  readonly mergeInto: (incident: Incident, into: Incident) => void
}
/** The other end of a session became known while each end had an incident: the later one ends. */
export const mergeSessions = (
  known: Known & Pick<Review, "nowMs">,
  { open, store, mergeInto }: RuleIncidents,
): void => {
  const inOrder = open.toSorted((one, other) => one.number - other.number)
  const sessions = new Map(inOrder.map((one) => [one.id, sessionsIn(known, one)]))
  const current = new Map(inOrder.map((one) => [one.id, one]))
  const first = new Map<string, IncidentId>()
  for (const { id } of inOrder)
    for (const session of sessions.get(id) ?? [])
      if (!first.has(session.id)) first.set(session.id, id)
  for (const from of inOrder.toReversed()) {
    const held = new Set((sessions.get(from.id) ?? []).map(({ id }) => first.get(id)))
    const [id] = held
    const into = held.size === 1 && id !== from.id ? current.get(id ?? from.id) : undefined
    if (into === undefined) continue
    const symptoms = new Map(into.symptoms)
    for (const one of activeSymptoms(from)) symptoms.set(one.alertId, one)
    const next = store({ ...into, symptoms, updatedAtMs: known.nowMs })
    current.set(into.id, next)
    mergeInto(from, next)
  }
}
