/** The overview's figures and its list of changes, reckoned from the stores: pure. */
import type { EventRow, Incident } from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"
import type { Fleet } from "../../state/fleet.ts"

/** A device counts as up when it answers, be it badly. */
const ANSWERS: ReadonlySet<Status> = new Set(["ok", "degraded", "recovering"])

export const figuresOf = (fleet: Pick<Fleet, "devices" | "links">) => {
  const by = new Map<Status, number>()
  const trips: number[] = []
  let up = 0
  for (const device of fleet.devices.values()) {
    const { status } = device.status
    by.set(status, (by.get(status) ?? 0) + 1)
    if (ANSWERS.has(status)) up += 1
    if (device.rttUs !== null && ANSWERS.has(status)) trips.push(device.rttUs)
  }
  const links = [...fleet.links.values()]
  const loads = links.flatMap((link) =>
    link.aToBBps === null && link.bToABps === null ? [] : [(link.aToBBps ?? 0) + (link.bToABps ?? 0)],
  )
  return {
    devices: { all: fleet.devices.size, up, by },
    links: {
      all: links.length,
      up: links.filter((link) => link.status.status !== "down" && link.status.status !== "behind").length,
    },
    trafficBps: loads.length === 0 ? null : loads.reduce((sum, bps) => sum + bps, 0),
    rttUs: median(trips),
  }
}

const median = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}

export type Change = {
  readonly id: string
  readonly atMs: number
  readonly text: string
  readonly status: Status | null
  readonly deviceId: string | null
  readonly deviceName: string
}

/** What incidents opened and closed and what routers reported since `sinceMs`, newest first. */
export const changesOf = (incidents: readonly Incident[], events: readonly EventRow[], sinceMs: number): readonly Change[] => {
  const nobody = { deviceId: null, deviceName: "" }
  const ofIncidents = incidents.flatMap((each): Change[] => [
    { id: `${each.id}-open`, atMs: each.openedAtMs, text: each.title, status: "down", ...nobody },
    ...(each.closedAtMs === null
      ? []
      : [{ id: `${each.id}-closed`, atMs: each.closedAtMs, text: `Over: ${each.title}`, status: "ok" as const, ...nobody }]),
  ])
  const ofEvents = events.map(
    (each): Change => ({
      id: each.id,
      atMs: each.atMs,
      text: each.message,
      status: null,
      deviceId: each.deviceId,
      deviceName: each.deviceName,
    }),
  )
  return [...ofIncidents, ...ofEvents].filter((change) => change.atMs >= sinceMs).sort((a, b) => b.atMs - a.atMs)
}
