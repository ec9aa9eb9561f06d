/** The figures and the list of changes of the overview. Pure. */

import type { EventRow, Incident } from "@ispvm/appliance/api/incidents"
import type { Device, Link } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { Fleet } from "../../state/fleet.ts"
import { newestMs } from "../../state/freshness.ts"
import { peakSeverityOf } from "../../state/severity.ts"
import { type Change, groupEvents } from "./group-events.ts"

/** A device that answers counts as up, also if it is degraded. */
const ANSWERS: ReadonlySet<Status> = new Set(["ok", "degraded", "recovering"])

export const figuresOf = (fleet: Pick<Fleet, "devices" | "links">) => {
  const by = new Map<Status, number>()
  const answering: Device[] = []
  let up = 0
  let withoutAgent = 0
  let reportOnly = 0
  for (const device of fleet.devices.values()) {
    const { status } = device.status
    by.set(status, (by.get(status) ?? 0) + 1)
    // A self-reporting device is monitored without an agent.
    const isSelfReported =
      device.sources.some(({ source }) => source === "push") &&
      device.status.reason !== "not-monitored"
    if (device.agentId === null && !isSelfReported) withoutAgent += 1
    if (ANSWERS.has(status)) up += 1
    if (device.status.reason === "reports") reportOnly += 1
    if (device.rttMs !== null && ANSWERS.has(status)) answering.push(device)
  }
  const linksBy = new Map<Status, number>()
  let linksUp = 0
  let trafficBps: number | null = null
  let trafficAtMs: number | null = null
  for (const { status, aToBBps, bToABps, atMs } of fleet.links.values()) {
    linksBy.set(status.status, (linksBy.get(status.status) ?? 0) + 1)
    if (!ANSWERS.has(status.status)) continue
    linksUp += 1
    // The last load of a cut link does not count as traffic.
    if (aToBBps === null && bToABps === null) continue
    trafficBps = (trafficBps ?? 0) + (aToBBps ?? 0) + (bToABps ?? 0)
    trafficAtMs = newestMs([trafficAtMs, atMs])
  }
  return {
    devices: { all: fleet.devices.size, up: known(up, by), by, withoutAgent, reportOnly },
    links: { all: fleet.links.size, up: known(linksUp, linksBy), by: linksBy },
    trafficBps,
    /** When the newest of the summed values was measured. */
    trafficAtMs,
    rttMs: median(answering.flatMap(({ rttMs }) => rttMs ?? [])),
    rttAtMs: newestMs(answering.map(({ probedAtMs }) => probedAtMs)),
  }
}

/** If none is known to be up and some are unknown, "0 of 41" would look like an outage. */
const known = (up: number, by: ReadonlyMap<Status, number>): number | null =>
  up === 0 && by.has("unknown") ? null : up

const median = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}

export type LinkLoad = {
  readonly link: Link
  readonly loadBps: number
  readonly ratio: number | null
}

/** The links closest to their capacity, by the busier direction; unknown capacity comes last. */
export const busiestLinks = (links: Iterable<Link>, max = 8): readonly LinkLoad[] =>
  [...links]
    .flatMap((link): LinkLoad[] => {
      if (!ANSWERS.has(link.status.status) || (link.aToBBps === null && link.bToABps === null))
        return []
      const loadBps = Math.max(link.aToBBps ?? 0, link.bToABps ?? 0)
      return [
        { link, loadBps, ratio: link.capacityBps === null ? null : loadBps / link.capacityBps },
      ]
    })
    .sort((a, b) => (b.ratio ?? -1) - (a.ratio ?? -1) || b.loadBps - a.loadBps)
    .slice(0, max)

/** Events of general interest; logins and routine messages are only on the page of the device. */
const NOTABLE: ReadonlySet<string> = new Set([
  "link-up",
  "link-down",
  "rebooted",
  "config-changed",
  "collect-failed",
  "login-failed",
  "samples-dropped",
  "peer-up",
  "peer-down",
  "sessions-changed",
  "watch-up",
  "path-changed",
  "watch-down",
  "reported-in",
])

/** A method may fail shortly before the fault is confirmed. */
const LEAD_MS = 30_000
type IncidentOf = (deviceId: string) => string | null

/**
 * Incidents opened and closed, and events of routers since `sinceMs`, newest first. A failed method
 * is not listed separately if an incident explains it.
 */
export const changesOf = (
  incidents: readonly Incident[],
  events: readonly EventRow[],
  sinceMs: number,
  incidentOf: IncidentOf = () => null,
): readonly Change[] => {
  const explained = new Map<string, EventRow[]>()
  const open = new Map(
    incidents.filter((each) => each.state !== "closed").map((each) => [each.id, each]),
  )
  const news = events.filter((event) => {
    const incident =
      event.name === "collect-failed" ? open.get(incidentOf(event.deviceId) ?? "") : undefined
    if (incident === undefined || event.atMs < incident.openedAtMs - LEAD_MS) return true
    explained.set(incident.id, [...(explained.get(incident.id) ?? []), event])
    return false
  })
  const nobody = { deviceId: null, deviceName: "", interface: null, event: null }
  const ofIncidents = incidents.flatMap((each): Change[] => [
    {
      id: `${each.id}-open`,
      atMs: each.openedAtMs,
      text: t.terms.alsoFailed(messageText(each.title), explained.get(each.id)?.length ?? 0),
      status: peakSeverityOf(each),
      ...nobody,
    },
    ...(each.closedAtMs === null
      ? []
      : [
          {
            id: `${each.id}-closed`,
            atMs: each.closedAtMs,
            text: `Over: ${messageText(each.title)}`,
            status: "ok" as const,
            ...nobody,
          },
        ]),
  ])
  const ofEvents = groupEvents(news.filter((each) => NOTABLE.has(each.name)))
  return [...ofIncidents, ...ofEvents]
    .filter((change) => change.atMs >= sinceMs)
    .sort((a, b) => b.atMs - a.atMs)
}
