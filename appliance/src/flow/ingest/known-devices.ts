/**
 * Devices that ingest has looked up, kept as long as nothing of the inventory has changed: an agent
 * sends values of the same devices every second. What was read under a version of the inventory is
 * true as long as that is the version, because each transaction that changes one counts it up.
 */
import type { DeviceId } from "@ispvm/wire"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { type KnownDevice, knownDevices } from "./store.ts"

type Kept = { readonly version: string; readonly devices: Map<string, KnownDevice> }
export type KnownDevices = {
  /**
   * Those of `ids` that the organisation has, as the agent may report them. `version`: of the
   * inventory, read in this transaction and before anything of it was changed here.
   */
  readonly of: (
    tx: Tx,
    org: OrgId,
    version: string,
    ids: readonly DeviceId[],
    agent: AgentId,
  ) => Promise<ReadonlyMap<string, KnownDevice>>
}

/** More agents than this are not kept, so that memory stays bounded. */
const MAX_AGENTS = 1_000

export const createKnownDevices = (): KnownDevices => {
  const byAgent = new Map<AgentId, Kept>()
  return {
    of: async (tx, org, version, ids, agent) => {
      const known = byAgent.get(agent)
      const kept = known?.version === version ? known : { version, devices: new Map() }
      const missing = ids.filter((id) => !kept.devices.has(id))
      for (const [id, device] of await knownDevices(tx, org, missing, agent))
        kept.devices.set(id, device)
      // The newest last, whichever of several transactions ends first.
      byAgent.delete(agent)
      byAgent.set(agent, kept)
      for (const [oldest] of byAgent) {
        if (byAgent.size <= MAX_AGENTS) break
        byAgent.delete(oldest)
      }
      return kept.devices
    },
  }
}
