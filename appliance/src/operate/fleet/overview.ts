/** Figures of the whole network, on one page. */
import type { Agent } from "../../api/agents.ts"
import type { Incident } from "../../api/incidents.ts"
import type { Link } from "../../api/inventory.ts"
import type { Overview } from "../../api/overview.ts"
import type { Events } from "../../flow/events/events.ts"
import type { Clock } from "../../platform/clock.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import type { ReadNetwork } from "./network.ts"
import * as present from "./present.ts"
import { linksOf, type ReadDeps } from "./reads.ts"
import { createTraffic } from "./traffic.ts"

export type OverviewDeps = ReadDeps & {
  /** The UI's pool. */
  readonly db: Db
  readonly clock: Clock
  /** Gets errors of what is read in the background. */
  readonly onError?: (error: unknown) => void
  readonly events: Events
  readonly agents: (org: OrgId) => Promise<readonly Agent[]>
  /** The incidents that are not closed, newest first; since when there has been none. */
  readonly incidents: (
    org: OrgId,
  ) => Promise<{ readonly open: readonly Incident[]; readonly quietSinceMs: number | null }>
}

const RECENT_EVENTS = 20
/** Of all devices, of any age. */
const RECENT = { device: null, interface: null, sinceMs: null, cursor: null, limit: RECENT_EVENTS }
type ReadOverview = (org: OrgId, withPersons: boolean) => Promise<Overview>

const countLinks = (links: readonly Link[]): Overview["links"] => ({
  total: links.length,
  down: links.filter(({ status }) => status.status === "down").length,
})

const countAgents = (agents: readonly Agent[]): Overview["agents"] => {
  const enrolled = agents.filter(({ enrolment }) => enrolment === "enrolled")
  return {
    total: enrolled.length,
    offline: enrolled.filter(({ status }) => status === "unknown").length,
  }
}

export const createOverview = (deps: OverviewDeps, network: ReadNetwork): ReadOverview => {
  const { db, clock, series, events, agents, statuses, incidents } = deps
  const traffic = createTraffic(
    (org, fromMs, toMs) => db.asOrg(org, (tx) => series.linkTraffic(tx, org, fromMs, toMs)),
    deps.onError,
  )
  return async (org, withPersons) => {
    const nowMs = clock.now()
    const [now, recent, hour, agentList, { open, quietSinceMs }] = await Promise.all([
      network(org),
      db.asOrg(org, (tx) => events.list(tx, org, { ...RECENT, withPersons })),
      traffic(org, nowMs),
      agents(org),
      incidents(org),
    ])
    const statusOf = statuses(org)
    const links = linksOf(now, statusOf)
    return {
      devices: present.countDevices(now.devices.map(({ id }) => statusOf.device(id))),
      links: countLinks(links),
      agents: countAgents(agentList),
      // What a link carried before it was cut is history, not traffic.
      trafficBps: present.sum(
        links
          .filter(({ status }) => !present.DOWN_STATUSES.has(status.status))
          .flatMap(({ aToBBps, bToABps }) => [aToBBps, bToABps]),
      ),
      trafficHour: present.minutes(hour.upToMs, hour.minutes),
      rttMs: present.median(now.devices.map(now.roundTripMs)),
      incidents: [...open],
      recentEvents: recent.items.map(present.presentEvent),
      quietSinceMs,
    }
  }
}
