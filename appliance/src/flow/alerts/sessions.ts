/**
 * The sessions that raised alerts are about, with both ends where both are monitored. What devices
 * report of their sessions is read while such an alert is raised, not all the time.
 */
import type { DeviceId, OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { AlertNow, Topology } from "./model.ts"
import { namedEntity } from "./rules/readings.ts"
import {
  findSessionEnds,
  type KnownSessions,
  SESSION_PROTOCOLS,
  type SessionEnd,
  type SessionProtocol,
} from "./session-ends.ts"

/**
 * A session, the same for alerts of either end. One end: the other is not known. `ports`: its
 * interfaces, of protocols between neighbours.
 */
export type Session = {
  readonly id: string
  readonly protocol: SessionProtocol
  readonly ends: readonly DeviceId[]
  readonly ports: readonly { readonly device: DeviceId; readonly interface: string }[]
}
export type Peer = { readonly id: string; readonly name: string }
/** The device at the other end; null: it is not known, or not monitored. */
export const peerOf = (
  topology: Topology,
  session: Session | null,
  deviceId: AlertNow["deviceId"],
): Peer | null => {
  const across = (session?.ports ?? []).flatMap((port) =>
    (topology.linksAt.get(port.device) ?? [])
      .filter(({ a, b }) =>
        [a, b].some((end) => end.deviceId === port.device && end.interface === port.interface),
      )
      .flatMap(({ a, b }) => [a.deviceId, b.deviceId]),
  )
  const id = [...(session?.ends ?? []), ...across].find((end) => end !== deviceId)
  const device = topology.devices.get(id ?? "")
  return device === undefined ? null : { id: device.id, name: device.name }
}
export type ReadSessions = (tx: Tx, org: OrgId, nowMs: number) => Promise<KnownSessions>
export type Sessions = {
  /** Null: the alert is about something else. */
  readonly of: (alert: AlertNow) => Session | null
  /** Whether an alert of a session is raised, or waits to be, that was not at the last load. */
  readonly isDue: (alerts: Iterable<AlertNow>, nowMs: number) => boolean
  readonly load: (tx: Tx, org: OrgId, nowMs: number) => Promise<void>
}

const MIN_GAP_MS = 10_000
/** While an alert is raised: addresses of new devices are read within minutes. */
const MAX_AGE_MS = 300_000

type Subject = { readonly device: DeviceId; readonly protocol: SessionProtocol; name: string }
const subjectOf = ({ deviceId: device, entity, rule }: AlertNow): Subject | null => {
  const name = rule?.subject ?? null
  if (device === null || name === null) return null
  const protocol = SESSION_PROTOCOLS.find((one) => entity === namedEntity(device, one, name))
  return protocol === undefined ? null : { device, protocol, name }
}
const portsOf = (ends: readonly SessionEnd[]): Session["ports"] =>
  ends.flatMap(({ device, interface: port }) =>
    port === null ? [] : [{ device, interface: port }],
  )
/** Until it is read what its device reports: the name of a neighbour ends with its interface. */
const portsIn = ({ device, protocol, name }: Subject): Session["ports"] => {
  const [routerId, port] = name.split(/ (.*)/)
  if (protocol === "bgp" || routerId === undefined || port === undefined) return []
  return [{ device, interface: port }]
}
const idOf = ({ device, protocol, name }: Subject | SessionEnd): string =>
  namedEntity(device, protocol, name)

export const createSessions = (read: ReadSessions): Sessions => {
  let known = findSessionEnds({ ends: [], addresses: [] })
  let loadedAtMs = Number.NEGATIVE_INFINITY
  /** Of many alerts of one router, each is compared with each. */
  let found = new WeakMap<AlertNow, Session | null>()
  const find = (alert: AlertNow): Session | null => {
    const subject = subjectOf(alert)
    if (subject === null) return null
    const { device, protocol, name } = subject
    const { own = null, other = null } = known.find(device, protocol, name) ?? {}
    if (own === null)
      return { id: idOf(subject), protocol, ends: [device], ports: portsIn(subject) }
    const ends = other === null ? [own] : [own, other]
    return {
      id: ends.map(idOf).sort().join(" "),
      protocol,
      ends: ends.map((end) => end.device),
      ports: portsOf(ends),
    }
  }
  return {
    of: (alert) => {
      const before = found.get(alert)
      if (before !== undefined) return before
      const session = find(alert)
      found.set(alert, session)
      return session
    },
    isDue: (alerts, nowMs) => {
      // A clock that was set back must not keep it from being read.
      if (nowMs >= loadedAtMs && nowMs - loadedAtMs < MIN_GAP_MS) return false
      const isOld = nowMs < loadedAtMs || nowMs - loadedAtMs > MAX_AGE_MS
      for (const alert of alerts) {
        const { phase, sinceMs } = alert.state
        if (phase === "ok" || phase === "unknown" || subjectOf(alert) === null) continue
        if (isOld || sinceMs >= loadedAtMs) return true
      }
      return false
    },
    load: async (tx, org, nowMs) => {
      // If it cannot be read, that is reported once, and tried again after a while.
      loadedAtMs = nowMs
      known = findSessionEnds(await read(tx, org, nowMs))
      found = new WeakMap()
    },
  }
}
