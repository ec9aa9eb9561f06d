/** Everything of one organisation that must happen one after the other, and what the flow keeps in memory for it. */
import type { LiveData } from "./api/live.ts"
import { type OrgAlerts, openAlerts } from "./flow/alerts/alerts.ts"
import { type OrgIncidents, openIncidents } from "./flow/incidents/incidents.ts"
import { deviceStanding, linkStanding, type Standing } from "./flow/incidents/status.ts"
import { createGathered, type Gathered } from "./flow/live/readings.ts"
import { repeatingPorts } from "./flow/series/series.ts"
import type { Db } from "./platform/db.ts"
import type { OrgId } from "./platform/ids.ts"

export type Lane = {
  readonly org: OrgId
  readonly alerts: OrgAlerts
  readonly incidents: OrgIncidents
  readonly gathered: Gathered
  /** Reads anew which ports repeat what others carry. */
  readonly reloadPorts: () => Promise<void>
  /** Standings that differ from those told last. */
  readonly news: () => { device: LiveData<"device">[]; link: LiveData<"link">[] }
  readonly device: (id: string) => Standing
  readonly link: (id: string) => Standing
}

/** Loads what stands in the database: before this nothing is weighed, after it nothing is doubled. */
export const openLane = async (db: Db, org: OrgId, nowMs: number): Promise<Lane> => {
  const alerts = await openAlerts(db, org, nowMs)
  const incidents = await openIncidents(db, org, alerts.all())
  alerts.keep(await alerts.reload(nowMs))
  let repeating: ReadonlySet<number> = new Set()
  const told = new Map<string, string>()
  const scene = () => ({ watched: alerts.watched(), view: alerts, docket: incidents })
  const changes = (ids: Iterable<string>, standing: (id: string) => Standing): LiveData<"device">[] => {
    const changed: LiveData<"device">[] = []
    for (const id of ids) {
      const now = standing(id)
      const text = JSON.stringify(now)
      if (told.get(id) === text) continue
      told.set(id, text)
      changed.push({ id, ...now })
    }
    return changed
  }
  const lane: Lane = {
    org,
    alerts,
    incidents,
    gathered: createGathered((port) => !repeating.has(port)),
    reloadPorts: async () => {
      repeating = await db.asOrg(org, (tx) => repeatingPorts(tx, org))
    },
    news: () => ({
      device: changes(alerts.watched().devices.keys(), lane.device),
      link: changes(alerts.watched().links.keys(), lane.link),
    }),
    device: (id) => deviceStanding(scene(), id),
    link: (id) => linkStanding(scene(), id),
  }
  await lane.reloadPorts()
  lane.news()
  return lane
}

/** Runs work one after the other; a piece that fails harms neither the one before nor the next. */
export type Turns = { readonly run: <T>(work: () => Promise<T>) => Promise<T>; readonly waiting: () => number }
export const createTurns = (): Turns => {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return {
    run: (work) => {
      waiting += 1
      const mine = last.then(work).finally(() => {
        waiting -= 1
      })
      last = mine.catch(() => undefined)
      return mine
    },
    waiting: () => waiting,
  }
}
