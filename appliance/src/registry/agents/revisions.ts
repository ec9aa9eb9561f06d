/**
 * The current revision of each agent's assignment. Computed when the inventory or an interval
 * changes, and once a minute in case a change was missed.
 */
import type { CollectorIntervals } from "@ispvm/wire"
import { type Clock, steadyOf } from "../../platform/clock.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { assignedProbes } from "../probes/probes.ts"
import { revisionOf } from "./assignment.ts"
import { assignedIntervals } from "./collectors.ts"
import { redactionVersions } from "./redaction-store.ts"
import { agentNetworks, monitoredDevices } from "./store.ts"

/** An import announces a thousand devices: one computation is enough for all of them. */
const DEBOUNCE_MS = 100
const STALE_MS = 60_000

type Deps = {
  readonly db: Db
  readonly clock: Clock
  /** Collection intervals that the setting of the appliance gives. */
  readonly collectorSetting: CollectorIntervals
  /** The assignment of this agent has changed. */
  readonly onChange: (agent: AgentId) => void
  readonly onError: (error: unknown) => void
}
export type Revisions = {
  readonly of: (agent: { readonly id: AgentId; readonly org: OrgId }) => Promise<string>
  /** Something in this organisation has changed. */
  readonly touch: (org: OrgId) => void
  readonly stop: () => void
}
type Known = {
  readonly byAgent: ReadonlyMap<AgentId, string>
  /** Of an agent without devices. */
  readonly empty: string
  readonly atMs: number
}

export const createRevisions = ({
  db,
  clock: wallClock,
  collectorSetting,
  onChange,
  onError,
}: Deps): Revisions => {
  const clock = steadyOf(wallClock)
  const known = new Map<OrgId, Known>()
  const reading = new Map<OrgId, Promise<Known>>()
  const timers = new Map<OrgId, NodeJS.Timeout>()

  const read = async (org: OrgId): Promise<Known> => {
    const [devices, networks, intervals, probes, [redaction]] = await db.asOrg(org, async (tx) => [
      await monitoredDevices(tx, org, null),
      await agentNetworks(tx, org),
      await assignedIntervals(tx, org, collectorSetting),
      await assignedProbes(tx, org, null),
      await redactionVersions(tx, org, 1),
    ])
    const version = redaction?.version ?? 0
    const groups = Map.groupBy(devices, (device) => device.agent)
    const agents = [
      ...new Set([...groups.keys(), ...networks.keys(), ...probes.keys()]),
    ] as AgentId[]
    const byAgent = new Map(
      agents.map((agent) => {
        const own = [groups.get(agent) ?? [], networks.get(agent)] as const
        return [agent, revisionOf(...own, intervals, probes.get(agent), version)]
      }),
    )
    const now: Known = {
      byAgent,
      empty: revisionOf([], [], intervals, [], version),
      atMs: clock.now(),
    }
    const was = known.get(org)
    known.set(org, now)
    if (was !== undefined)
      for (const agent of new Set([...was.byAgent.keys(), ...now.byAgent.keys()]))
        if (was.byAgent.get(agent) !== now.byAgent.get(agent)) onChange(agent)
    return now
  }
  /** Concurrent requests share one query. */
  const refresh = (org: OrgId): Promise<Known> => {
    const running = reading.get(org)
    if (running !== undefined) return running
    const started = read(org).finally(() => reading.delete(org))
    reading.set(org, started)
    return started
  }

  return {
    of: async ({ id, org }) => {
      const now = known.get(org)
      const fresh =
        now !== undefined && Math.abs(clock.now() - now.atMs) < STALE_MS ? now : await refresh(org)
      return fresh.byAgent.get(id) ?? fresh.empty
    },
    touch: (org) => {
      if (timers.has(org)) return
      const timer = setTimeout(() => {
        timers.delete(org)
        // A running query may have begun before the change.
        const before = reading.get(org) ?? Promise.resolve()
        before.then(() => refresh(org)).catch(onError)
      }, DEBOUNCE_MS)
      timers.set(org, timer)
    },
    stop: () => {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
  }
}
