/** Everything of one organisation that must happen one after the other, and what the flow keeps in memory for it. */
import type { LiveData } from "./api/live.ts"
import { type OrgAlerts, openAlerts } from "./flow/alerts/alerts.ts"
import { type OrgIncidents, openIncidents } from "./flow/incidents/incidents.ts"
import { deviceStanding, linkStanding, type Standing } from "./flow/incidents/status.ts"
import type { Accepted } from "./flow/ingest/accepted.ts"
import { clearEvaluated, readUnevaluated } from "./flow/ingest/ingest.ts"
import { createGathered, type Gathered } from "./flow/live/readings.ts"
import { createFailingSources, failingSources, portsOfLinks, repeatingPorts } from "./flow/series/series.ts"
import type { Db } from "./platform/db.ts"
import type { OrgId } from "./platform/ids.ts"

/** Read at once when what a crash left is evaluated. */
const UNEVALUATED_AT_ONCE = 500

export type Lane = {
  readonly org: OrgId
  /** The sum of the clock's steps under which its times were taken. */
  readonly steppedMs: number
  readonly alerts: OrgAlerts
  readonly incidents: OrgIncidents
  readonly gathered: Gathered
  /** Whether the batch of this mark was evaluated when the lane was opened. */
  readonly isReplayed: (mark: number) => boolean
  /** Reads anew which ports repeat what others carry, and at which links end. */
  readonly reloadPorts: () => Promise<void>
  readonly isLinkPort: (interfaceId: number) => boolean
  /** True where a device's data source began or ceased to fail. */
  readonly takeSources: (accepted: Accepted) => boolean
  /** Standings that differ from those told last. */
  readonly news: () => { device: LiveData<"device">[]; link: LiveData<"link">[] }
  readonly device: (id: string) => Standing
  readonly link: (id: string) => Standing
}

export type LaneOptions = {
  readonly nowMs: number
  readonly steppedMs: number
  /** What everything is shown as while nothing can be stored. */
  readonly blindness: () => Standing | null
  readonly onError: (error: unknown) => void
}

/** Loads what stands in the database: before this nothing is weighed, after it nothing is doubled. */
export const openLane = async (db: Db, org: OrgId, { nowMs, steppedMs, blindness, onError }: LaneOptions): Promise<Lane> => {
  const alerts = await openAlerts(db, org, nowMs, clearEvaluated)
  const incidents = await openIncidents(db, org, alerts.all(), nowMs)
  alerts.keep(await alerts.reload(nowMs))
  const replayed = await replay(db, org, alerts, nowMs, onError)
  let repeating: ReadonlySet<number> = new Set()
  let linkPorts: ReadonlySet<number> = new Set()
  const told = new Map<string, string>()
  const sources = createFailingSources(await db.asOrg(org, (tx) => failingSources(tx, org)))
  const scene = () => ({ watched: alerts.watched(), view: alerts, docket: incidents, failingSource: sources.of })
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
    steppedMs,
    alerts,
    incidents,
    isReplayed: (mark) => replayed.has(mark),
    gathered: createGathered((port) => !repeating.has(port)),
    reloadPorts: async () => {
      await db.asOrg(org, async (tx) => {
        repeating = await repeatingPorts(tx, org)
        linkPorts = await portsOfLinks(tx, org)
      })
    },
    isLinkPort: (id) => linkPorts.has(id),
    takeSources: sources.take,
    news: () => ({
      device: changes(alerts.watched().devices.keys(), lane.device),
      link: changes(alerts.watched().links.keys(), lane.link),
    }),
    device: (id) => blindness() ?? deviceStanding(scene(), id),
    link: (id) => blindness() ?? linkStanding(scene(), id),
  }
  await lane.reloadPorts()
  lane.news()
  return lane
}

/**
 * Evaluates what was acknowledged and not evaluated before a crash, oldest first, as of the time it came.
 * One that fails is reported to `onError` and passed over, as it would have been then. Answers the marks.
 */
const replay = async (
  db: Db,
  org: OrgId,
  alerts: OrgAlerts,
  nowMs: number,
  onError: (error: unknown) => void,
): Promise<ReadonlySet<number>> => {
  const marks = new Set<number>()
  for (let after = 0; ; ) {
    const left = await db.asOrg(org, (tx) => readUnevaluated(tx, org, after, UNEVALUATED_AT_ONCE))
    for (const one of left) {
      // A clock that was set back since then must not put it after the start.
      const receivedAtMs = Math.min(one.receivedAtMs, nowMs - 1)
      const seen = { ...one, receivedAtMs, skewMs: one.skewMs + one.receivedAtMs - receivedAtMs }
      try {
        if (one.unreadable !== null) throw new Error(one.unreadable)
        alerts.keep(alerts.observe(seen, receivedAtMs))
      } catch (cause) {
        const from = one.agent === null ? `router ${one.router}` : `agent ${one.agent.id}`
        onError(new Error(`stored batch ${one.mark} of ${from} cannot be evaluated: ${messageOf(cause)}`, { cause }))
      }
      alerts.evaluated(one.mark)
      marks.add(one.mark)
      after = one.mark
    }
    if (left.length < UNEVALUATED_AT_ONCE) return marks
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

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
