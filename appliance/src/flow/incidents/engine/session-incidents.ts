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
import { component } from "./component.ts"
import { activeSymptoms } from "./merge-split.ts"
import type { Review } from "./review.ts"

type Known = Pick<Review, "topology" | "view" | "alerts">

/** At the interfaces of neighbours, from either end. */
export const linksOf = ({ topology }: Pick<Known, "topology">, { ports }: Session) =>
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

/** What the sessions of one incident have in common; no device: it is about something else as well. */
type Group = {
  readonly ids: Set<string>
  readonly protocols: Set<Session["protocol"]>
  readonly devices: ReadonlySet<string>
}
/**
 * Another session of one of the devices is the same fault. One of another protocol is that between
 * the same two devices, or once several have failed: one neighbour and one session that have a
 * router in common are often two faults.
 */
const belongsTo = ({ ids, protocols, devices }: Group, { protocol, ends }: Session): boolean =>
  protocols.has(protocol) || ids.size > 1
    ? ends.some((end) => devices.has(end))
    : ends.every((end) => devices.has(end))

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
  const groups = new Map<IncidentId, Group>()
  const add = (id: IncidentId, alert: AlertNow): void => {
    const session = sessionOf(known, alert)
    const ends: ReadonlySet<string> = new Set(session?.ends)
    const { ids, protocols, devices } = groups.get(id) ?? {
      ...{ ids: new Set<string>(), protocols: new Set<Session["protocol"]>(), devices: ends },
    }
    groups.set(id, { ids, protocols, devices: devices.intersection(ends) })
    if (session === null) return
    ids.add(session.id)
    protocols.add(session.protocol)
    if (!bySession.has(session.id)) bySession.set(session.id, id)
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
      for (const [id, group] of groups) if (belongsTo(group, session)) return id
      return undefined
    },
  }
}

/** How many sessions of a protocol have failed at a device, or have begun to. */
const failingAt = (known: Known, protocol: Session["protocol"], device: string): number => {
  const ids = new Set<string>()
  for (const alert of known.alerts.values()) {
    const { phase } = alert.state
    if (phase !== "pending" && phase !== "degraded" && phase !== "down") continue
    const session = sessionOf(known, alert)
    if (session?.protocol === protocol && session.ends.some((end) => end === device))
      ids.add(session.id)
  }
  return ids.size
}

/** Of a session that fails alone, the device of which more sessions fail is the likelier one. */
const likeliest = (
  known: Known,
  [session]: readonly Session[],
  [one = "", other = ""]: readonly string[],
): string | undefined => {
  if (session === undefined) return undefined
  const { protocol } = session
  const more = failingAt(known, protocol, one) - failingAt(known, protocol, other)
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
  const only =
    shared.length === 1 ? shared[0] : isNew ? likeliest(known, sessions, shared) : undefined
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
/** The device of several sessions; undefined: it is one session, or they have no one device. */
const deviceOf = (sessions: readonly Session[]): string | undefined => {
  const [device, ...others] = sharedBy(sessions)
  const isSeveral = new Set(sessions.map(({ id }) => id)).size > 1
  return isSeveral && others.length === 0 ? device : undefined
}

/**
 * The other end of a session became known while each end had an incident, or two are of several
 * sessions of one device: the later one ends.
 */
export const mergeSessions = (
  known: Known & Pick<Review, "nowMs">,
  { open, store, mergeInto }: RuleIncidents,
): void => {
  const inOrder = open.toSorted((one, other) => one.number - other.number)
  const sessions = new Map(inOrder.map((one) => [one.id, sessionsIn(known, one)]))
  const current = new Map(inOrder.map((one) => [one.id, one]))
  const first = new Map<string, IncidentId>()
  const firstAt = new Map<string, IncidentId>()
  for (const { id } of inOrder) {
    const own = sessions.get(id) ?? []
    for (const session of own) if (!first.has(session.id)) first.set(session.id, id)
    const device = deviceOf(own)
    if (device !== undefined && !firstAt.has(device)) firstAt.set(device, id)
  }
  for (const from of inOrder.toReversed()) {
    const own = sessions.get(from.id) ?? []
    const held = new Set(own.map(({ id }) => first.get(id)))
    const [ofAll] = held.size === 1 ? held : []
    const id = [ofAll, firstAt.get(deviceOf(own) ?? "")].find(
      (one) => one !== undefined && one !== from.id,
    )
    const into = id === undefined ? undefined : current.get(id)
    if (into === undefined) continue
    const symptoms = new Map(into.symptoms)
    for (const one of activeSymptoms(from)) symptoms.set(one.alertId, one)
    const next = store({ ...into, symptoms, updatedAtMs: known.nowMs })
    current.set(into.id, next)
    mergeInto(from, next)
  }
}
