/**
 * When a symptom may be believed to be the whole story. A port going down is either its link or the router at the far end: so the
 * far end is looked at first, which takes a fraction of a second. Nobody waits longer than `SETTLE_MS`.
 */
import type { DeviceId } from "../../platform/ids.ts"
import type { AlertNow, Watched, WatchedLink } from "../alerts/alerts.ts"
import { type AlertView, begunBy, otherEnd, portAlert, reachAlert } from "./observe.ts"
import type { Ways } from "./ways.ts"

export const SETTLE_MS = 1_200
/** A hub's neighbours are not all asked: a few tell enough. */
const MOST_WITNESSES = 8
const MOST_STEPS = 4

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

/** The only way to what is behind it: whether the line or the router at its end has failed cannot be told from here, so nobody waits. */
export const isOnlyWay = (watched: Watched, ways: Ways, alert: AlertNow): boolean => {
  if (alert.kind !== "interface-down" || alert.deviceId === null) return false
  const near = alert.deviceId
  return linksOf(watched, alert).some((link) => {
    const dark = ways.dark(watched, [link.id])
    return dark.has(otherEnd(link, near).deviceId) && !dark.has(near)
  })
}

/**
 * The witnesses that have not been looked at since; none left means that it is settled. `isShaken`: close to something that is only just
 * coming back, so that what its ports tell is not the whole story.
 */
export const awaited = (
  watched: Watched,
  view: AlertView,
  alert: AlertNow,
  isShaken: (device: DeviceId) => boolean,
): DeviceId[] => {
  if (isToldByBoth(watched, view, alert)) return []
  const all = witnesses(watched, alert)
  if (isCorroborated(watched, view, alert) && !all.some(isShaken)) return []
  return all.filter((id) => {
    const witness = reachAlert(view, id)
    if (witness === undefined || witness.state.phase === "down" || witness.state.phase === "unknown") return false
    return witness.answeredAtMs === null || witness.answeredAtMs < begunBy(alert)
  })
}

/** Silent devices on the way to this one: whether they are the reason has to be known first. */
export const silentBefore = (
  watched: Watched,
  view: AlertView,
  hops: ReadonlyMap<string, number>,
  alert: AlertNow,
): AlertNow[] => {
  const mine = hops.get(alert.deviceId ?? "")
  if (alert.kind !== "device-unreachable" || mine === undefined) return []
  return witnesses(watched, alert).flatMap((id) => {
    const witness = (hops.get(id) ?? mine) < mine ? reachAlert(view, id) : undefined
    return witness?.state.phase === "down" ? [witness] : []
  })
}

/** The neighbours, and those before them on the way to the agent: all are asked at once, not one after the other. */
export const toAsk = (
  watched: Watched,
  hops: ReadonlyMap<string, number>,
  alert: AlertNow,
  open: readonly DeviceId[],
): Set<DeviceId> => {
  const asked = new Set(open)
  if (alert.kind !== "device-unreachable") return asked
  let edge: readonly DeviceId[] = open
  for (let step = 1; step < MOST_STEPS; step += 1) {
    edge = edge.flatMap((id) =>
      (watched.linksAt.get(id) ?? [])
        .map((link) => otherEnd(link, id).deviceId)
        .filter((far) => (hops.get(far) ?? 0) > 0 && (hops.get(far) ?? 0) < (hops.get(id) ?? 0)),
    )
    for (const id of edge.slice(0, MOST_WITNESSES)) if (watched.devices.get(id)?.agentId != null) asked.add(id)
  }
  return asked
}
