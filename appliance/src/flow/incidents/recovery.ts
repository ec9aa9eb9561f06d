/**
 * How an incident ends. What was seen of the things behind a fault before the fault was over is of the old state, and after it ports,
 * adjacencies and routes come back one by one: so nothing behind it opens anything by itself until it has been seen well since, or
 * has stayed down past a grace. Pure.
 *
 *   cause answers ──▶ all behind it: confirm, again and again ──┬─ answers ──────────────▶ proven; may fail anew at any time
 *        (risen)                                                └─ still down after grace ▶ stands for itself
 */
import type { AlertId, DeviceId, IncidentId } from "../../platform/ids.ts"
import type { AlertNow, Watched } from "../alerts/alerts.ts"
import type { Held, Incident } from "./incident.ts"
import { type AlertView, linkOfPort, otherEnd, reachAlert } from "./observe.ts"
import { blamed, type Ways } from "./ways.ts"

/** Ports come up a moment after their router, adjacencies and routes some seconds later. */
export const GRACE_MS = 15_000
const ASK_MS = 3_000
const MOST_ASKED = 500

export type Mending = {
  readonly incident: Incident
  /** When the latest part of it came back. */
  readonly risenAtMs: number
  /** What it may have put out: itself and all that could be reached only through it. */
  readonly behind: ReadonlySet<string>
}
export type Recovery = {
  /** The incidents that are on their way back. */
  readonly find: (watched: Watched, incidents: readonly Incident[], alerts: ReadonlyMap<AlertId, AlertNow>) => Mending[]
  /** Whom to look at now, so that they end soon. */
  readonly ask: (mendings: readonly Mending[], watched: Watched, view: AlertView, nowMs: number) => DeviceId[]
}

const faultsOf = (incident: Incident): string[] => [...incident.causes, ...incident.alternatives].map((one) => one.id)

const risenIn = (incident: Incident, alerts: ReadonlyMap<AlertId, AlertNow>): number => {
  let risenAtMs = 0
  for (const held of incident.held.values()) {
    const alert = alerts.get(held.alertId)
    if (alert === undefined || alert.kind === "agent-silent") continue
    const risen = alert.state.risenAtMs ?? 0
    if (risen >= incident.openedAtMs) risenAtMs = Math.max(risenAtMs, risen)
  }
  return risenAtMs
}

/** It has answered since the fault was over: old news of it cannot come any more. */
const isProven = (alert: AlertNow, { incident, risenAtMs }: Mending): boolean =>
  alert.kind === "device-unreachable"
    ? (alert.answeredAtMs ?? 0) >= risenAtMs
    : (alert.state.risenAtMs ?? 0) >= incident.openedAtMs && alert.state.sinceMs > risenAtMs

const covers = (watched: Watched, { behind }: Mending, alert: AlertNow): boolean => {
  if (alert.deviceId === null) return false
  if (behind.has(alert.deviceId)) return true
  const link = alert.kind === "interface-down" ? linkOfPort(watched, alert) : undefined
  return link !== undefined && (behind.has(link.id) || behind.has(otherEnd(link, alert.deviceId).deviceId))
}

/** The recovering incident that a new symptom belongs to, as long as it has not been seen well since. */
export const foldsInto = (mendings: readonly Mending[], watched: Watched, alert: AlertNow): Mending | undefined =>
  mendings.find((one) => {
    const isOld = (alert.lookAtMs ?? 0) < one.risenAtMs + GRACE_MS
    return isOld && covers(watched, one, alert) && !isProven(alert, one)
  })

/** What an incident holds, or may have put out, waits for a look from after the grace; until then it is neither news nor proof. */
export const isHeldBack = (mendings: readonly Mending[], watched: Watched, alert: AlertNow): boolean =>
  foldsInto(mendings, watched, alert) !== undefined ||
  mendings.some(
    ({ incident, risenAtMs }) => incident.held.get(alert.id)?.untilMs === null && (alert.lookAtMs ?? 0) < risenAtMs + GRACE_MS,
  )

/** Devices at or behind what is coming back. */
export const shakenBy = (mendings: readonly Mending[], watched: Watched): ReadonlySet<string> => {
  const shaken = new Set<string>()
  for (const { incident, behind } of mendings) {
    for (const id of behind) shaken.add(id)
    for (const id of faultsOf(incident)) {
      const link = watched.links.get(id)
      if (link !== undefined) shaken.add(link.a.deviceId).add(link.b.deviceId)
    }
  }
  return shaken
}

/** Held back, but looked at since: it opens nothing yet, and is true all the same. */
export const isSeenSince = (mendings: readonly Mending[], watched: Watched, alert: AlertNow): boolean =>
  mendings.every((one) => !covers(watched, one, alert) || (alert.lookAtMs ?? 0) > one.risenAtMs)

export const foldedPart = (watched: Watched, incident: Incident, alert: AlertNow): Held["part"] => {
  if (alert.kind !== "device-unreachable") return "evidence"
  return blamed(watched, incident.causes, incident.alternatives).has(alert.deviceId ?? "") ? "cause" : "behind"
}

/** Devices behind it that have not been seen well since; nobody waits for what nobody looks at. */
const unproven = (mending: Mending, view: AlertView): DeviceId[] =>
  [...mending.behind].flatMap((id) => {
    const alert = view.of("device-unreachable", id)
    if (alert?.deviceId == null || alert.state.phase === "unknown") return []
    return isProven(alert, mending) ? [] : [alert.deviceId]
  })

/** All that was behind it has been looked at anew, or has had its time. */
export const mayClose = (mending: Mending | undefined, view: AlertView, nowMs: number): boolean =>
  mending === undefined || nowMs >= mending.risenAtMs + GRACE_MS || unproven(mending, view).length === 0

export const createRecovery = ({ dark }: Ways): Recovery => {
  const askedAtMs = new Map<IncidentId, number>()
  return {
    find: (watched, incidents, alerts) => {
      const back = incidents
        .map((incident) => ({ incident, risenAtMs: risenIn(incident, alerts) }))
        .filter((one) => one.risenAtMs > 0)
        .sort((one, other) => other.risenAtMs - one.risenAtMs)
      if (back.length === 0) return []
      // What could as well be it is not known to stand, so what it would hide may be behind what is coming back.
      const still = incidents
        .filter((incident) => !back.some((one) => one.incident === incident))
        .flatMap(({ causes }) => causes.map(({ id }) => id))
      const stillDark = dark(watched, still)
      const allDark = dark(watched, [...still, ...back.flatMap((one) => faultsOf(one.incident))])
      const given = new Set<string>()
      return back.map(({ incident, risenAtMs }, index) => {
        const faults = faultsOf(incident)
        const own = dark(watched, [...still, ...faults])
        const isLast = index === back.length - 1
        // What only several of them together have put out goes to the last of the list.
        const behind = new Set(faults)
        for (const id of allDark) {
          if (stillDark.has(id) || given.has(id) || !(own.has(id) || isLast)) continue
          given.add(id)
          behind.add(id)
        }
        return { incident, risenAtMs, behind }
      })
    },
    ask: (mendings, watched, view, nowMs) => {
      for (const id of askedAtMs.keys()) if (!mendings.some((one) => one.incident.id === id)) askedAtMs.delete(id)
      const asked = new Set<DeviceId>()
      for (const mending of mendings) {
        const { incident, risenAtMs } = mending
        if (nowMs - (askedAtMs.get(incident.id) ?? 0) < ASK_MS || nowMs > risenAtMs + GRACE_MS + ASK_MS) continue
        askedAtMs.set(incident.id, nowMs)
        for (const device of unproven(mending, view)) asked.add(device)
        for (const held of incident.held.values()) {
          if (held.untilMs === null && held.deviceId !== null && watched.devices.has(held.deviceId)) asked.add(held.deviceId)
        }
      }
      const answering = (id: DeviceId): boolean => reachAlert(view, id)?.state.phase !== "down"
      // The living first: their ports are news at once.
      return [...asked].sort((one, other) => Number(answering(other)) - Number(answering(one))).slice(0, MOST_ASKED)
    },
  }
}
