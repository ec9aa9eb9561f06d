/** Figures of the whole network, on one page. */
import type { Agent } from "../../api/agents.ts"
import type { Incident } from "../../api/incidents.ts"
import type { Overview } from "../../api/overview.ts"
import type { Events } from "../../flow/events/events.ts"
import type { Clock } from "../../platform/clock.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import * as present from "./present.ts"
import type { ReadDeps, Statuses } from "./reads.ts"
import * as store from "./store.ts"
import { createTraffic } from "./traffic.ts"

export type OverviewDeps = ReadDeps & {
  /** The UI's pool. */
  readonly db: Db
  readonly clock: Clock
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

const countLinks = (ids: readonly string[], statusOf: Statuses): Overview["links"] => ({
  total: ids.length,
  down: ids.filter((id) => statusOf.link(id).status.status === "down").length,
})

const countAgents = (agents: readonly Agent[]): Overview["agents"] => {
  const enrolled = agents.filter(({ enrolment }) => enrolment === "enrolled")
  return {
    total: enrolled.length,
    offline: enrolled.filter(({ status }) => status === "unknown").length,
  }
}

export const createOverview = (deps: OverviewDeps): ReadOverview => {
  const { db, clock, series, events, agents, statuses, incidents } = deps
  const traffic = createTraffic()
  const read = async (tx: Tx, org: OrgId, nowMs: number, withPersons: boolean) => ({
    devices: await store.deviceIds(tx, org),
    links: await store.linkIds(tx, org),
    roundTrips: await series.roundTripsNow(tx, org),
    linksNow: await series.linksNow(tx, org),
    traffic: await traffic(org, nowMs, (fromMs, toMs) => series.linkTraffic(tx, org, fromMs, toMs)),
    events: await events.list(tx, org, { ...RECENT, withPersons }),
  })
  return async (org, withPersons) => {
    const nowMs = clock.now()
    const [found, agentList, { open, quietSinceMs }] = await Promise.all([
      db.asOrg(org, (tx) => read(tx, org, nowMs, withPersons)),
      agents(org),
      incidents(org),
    ])
    const statusOf = statuses(org)
    return {
      devices: present.countDevices(found.devices.map(statusOf.device)),
      links: countLinks(found.links, statusOf),
      agents: countAgents(agentList),
      // What a link carried before it was cut is history, not traffic.
      trafficBps: present.sum(
        found.linksNow
          .filter(({ linkId }) => !present.DOWN_STATUSES.has(statusOf.link(linkId).status.status))
          .flatMap(({ aToBBps, bToABps }) => [aToBBps, bToABps]),
      ),
      trafficHour: present.minutes(nowMs, found.traffic),
      rttMs: present.median(found.roundTrips),
      incidents: [...open],
      recentEvents: found.events.items.map(present.presentEvent),
      quietSinceMs,
    }
  }
}
