/** Which revision of its assignment each agent should have. Reckoned anew when the inventory changes, and now and then in case news was missed. */
import { type Clock, steadyOf } from "../../platform/clock.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { revisionOf } from "./assignment.ts"
import { agentNetworks, monitoredDevices } from "./store.ts"

/** An import tells of a thousand devices: one reckoning serves them all. */
const DEBOUNCE_MS = 100
const STALE_MS = 60_000

type Deps = {
  readonly db: Db
  readonly clock: Clock
  /** This agent has something else to watch than before. */
  readonly onChange: (agent: AgentId) => void
  readonly onError: (error: unknown) => void
}
export type Revisions = {
  readonly of: (agent: { readonly id: AgentId; readonly org: OrgId }) => Promise<string>
  /** Something in this organisation has changed. */
  readonly touch: (org: OrgId) => void
  readonly stop: () => void
}
type Known = { readonly byAgent: ReadonlyMap<AgentId, string>; readonly atMs: number }

const EMPTY_REVISION = revisionOf([])

export const createRevisions = ({ db, clock: wallClock, onChange, onError }: Deps): Revisions => {
  const clock = steadyOf(wallClock)
  const known = new Map<OrgId, Known>()
  const reading = new Map<OrgId, Promise<Known>>()
  const timers = new Map<OrgId, NodeJS.Timeout>()

  const read = async (org: OrgId): Promise<Known> => {
    const [devices, networks] = await db.asOrg(org, async (tx) => [
      await monitoredDevices(tx, org, null),
      await agentNetworks(tx, org),
    ])
    const groups = Map.groupBy(devices, (device) => device.agent)
    const agents = [...new Set([...groups.keys(), ...networks.keys()])]
    const byAgent = new Map(
      agents.map((agent) => [agent, revisionOf(groups.get(agent) ?? [], networks.get(agent))]),
    )
    const now: Known = { byAgent, atMs: clock.now() }
    const was = known.get(org)
    known.set(org, now)
    if (was !== undefined)
      for (const agent of new Set([...was.byAgent.keys(), ...now.byAgent.keys()]))
        if (was.byAgent.get(agent) !== now.byAgent.get(agent)) onChange(agent)
    return now
  }
  /** Agents that ask at the same moment share one reading. */
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
      return fresh.byAgent.get(id) ?? EMPTY_REVISION
    },
    touch: (org) => {
      if (timers.has(org)) return
      const timer = setTimeout(() => {
        timers.delete(org)
        // a reading under way may have begun before the change
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
