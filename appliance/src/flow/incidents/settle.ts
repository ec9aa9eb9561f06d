/**
 * When a symptom may be believed to be the whole story. A port going down is either its link or the router at the far end: so the
 * far end is looked at first, which takes a fraction of a second. Nobody waits longer than `SETTLE_MS`.
 */
import type { DeviceId } from "../../platform/ids.ts"
import type { AlertNow, Watched, WatchedLink } from "../alerts/alerts.ts"
import { type AlertView, otherEnd, portAlert, reachAlert } from "./observe.ts"

export const SETTLE_MS = 1_200
/** A hub's neighbours are not all asked: a few tell enough. */
const MOST_WITNESSES = 8

const linksOf = (watched: Watched, alert: AlertNow): readonly WatchedLink[] => {
  if (alert.deviceId === null) return []
  const links = watched.linksAt.get(alert.deviceId) ?? []
  if (alert.kind !== "interface-down") return links
  return links.filter((link) => {
    const end = link.a.deviceId === alert.deviceId ? link.a : link.b
    return end.interface === alert.interface
  })
}

/** Devices that have to be looked at before this symptom is understood. */
export const witnesses = (watched: Watched, alert: AlertNow): DeviceId[] => {
  if (alert.deviceId === null) return []
  const device = alert.deviceId
  return [...new Set(linksOf(watched, alert).map((link) => otherEnd(link, device).deviceId))]
    .filter((id) => watched.devices.get(id)?.agentId != null)
    .slice(0, MOST_WITNESSES)
}

/** A neighbour's port that tells of the same trouble: a silent router with a dark line towards it needs no other witness. */
const isCorroborated = (watched: Watched, view: AlertView, alert: AlertNow): boolean =>
  alert.kind === "device-unreachable" &&
  linksOf(watched, alert).some(
    (link) => alert.deviceId !== null && portAlert(view, otherEnd(link, alert.deviceId))?.state.phase === "down",
  )

/** Two ports of one line go dark in the same moment; their words may arrive a little apart. */
const TOGETHER_MS = 2_000

/** The far end tells of the same break itself, so it has lived through it: no need to ask. */
const isToldByBoth = (watched: Watched, view: AlertView, alert: AlertNow): boolean =>
  alert.kind === "interface-down" &&
  linksOf(watched, alert).some((link) => {
    const far = alert.deviceId === null ? undefined : portAlert(view, otherEnd(link, alert.deviceId))
    return far?.state.phase === "down" && Math.abs(far.state.sinceMs - alert.state.sinceMs) <= TOGETHER_MS
  })

/** The witnesses that have not been looked at since; none left means that it is settled. */
export const awaited = (watched: Watched, view: AlertView, alert: AlertNow): DeviceId[] => {
  if (isCorroborated(watched, view, alert) || isToldByBoth(watched, view, alert)) return []
  return witnesses(watched, alert).filter((id) => {
    const witness = reachAlert(view, id)
    if (witness === undefined || witness.state.phase === "down" || witness.state.phase === "unknown") return false
    return witness.answeredAtMs === null || witness.answeredAtMs < alert.state.sinceMs
  })
}
