/**
 * Present interfaces that ingest has looked up, kept as `known-devices.ts` keeps devices, for the
 * whole organisation.
 */
import type { DeviceId } from "@ispvm/wire"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { type Port, portKey, portsOfDevices } from "./store.ts"

type Kept = { readonly version: string; readonly ids: Map<DeviceId, Map<string, number>> }
export type KnownPorts = {
  /**
   * Ids by `portKey`, of those of `ports` that are present. `version`: of the inventory, read in
   * this transaction. Not for transactions that have changed interfaces: what they see is not true
   * before they end.
   */
  readonly of: (
    tx: Tx,
    org: OrgId,
    version: string,
    ports: readonly Port[],
  ) => Promise<ReadonlyMap<string, number>>
}

export const createKnownPorts = (): KnownPorts => {
  const byOrg = new Map<OrgId, Kept>()
  return {
    of: async (tx, org, version, ports) => {
      const known = byOrg.get(org)
      const kept: Kept = known?.version === version ? known : { version, ids: new Map() }
      const devices = new Set(ports.map(({ device }) => device))
      const missing = [...devices].filter((device) => !kept.ids.has(device))
      if (missing.length > 0) {
        const read = Map.groupBy(await portsOfDevices(tx, org, missing), ({ device }) => device)
        for (const device of missing)
          kept.ids.set(device, new Map(read.get(device)?.map(({ name, id }) => [name, id])))
      }
      byOrg.set(org, kept)
      const found = new Map<string, number>()
      for (const port of ports) {
        const id = kept.ids.get(port.device)?.get(port.name)
        if (id !== undefined) found.set(portKey(port), id)
      }
      return found
    },
  }
}
