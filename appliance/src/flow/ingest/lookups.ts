/** Devices and interfaces as ingest looks them up, kept while the inventory is the same. */
import type { DeviceId } from "@ispvm/wire"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { createKept } from "./kept.ts"
import { type KnownDevice, knownDevices, type Port, portKey, portsOfDevices } from "./store.ts"

/** In the transaction of a batch that has changed nothing of the inventory; `version` is that of the inventory. */
type At = { readonly tx: Tx; readonly org: OrgId; readonly version: string }
export type Lookups = {
  /** At least those of `ids` that the organisation has, as the agent may report them. */
  readonly devices: (
    at: At,
    ids: readonly DeviceId[],
    agent: AgentId,
  ) => Promise<ReadonlyMap<string, KnownDevice>>
  /** Ids by `portKey`, of those of `ports` that are present. */
  readonly ports: (at: At, ports: readonly Port[]) => Promise<ReadonlyMap<string, number>>
}

const idsByDevice = async (
  { tx, org }: At,
  devices: readonly DeviceId[],
): Promise<[DeviceId, ReadonlyMap<string, number>][]> => {
  const rows = Map.groupBy(await portsOfDevices(tx, org, devices), ({ device }) => device)
  return devices.map((device) => [
    device,
    new Map(rows.get(device)?.map(({ name, id }) => [name, id])),
  ])
}

export const createLookups = (): Lookups => {
  const devices = createKept<AgentId, string, KnownDevice>()
  const ports = createKept<OrgId, DeviceId, ReadonlyMap<string, number>>()
  return {
    devices: ({ tx, org, version }, ids, agent) =>
      devices(agent, version, ids, (missing) =>
        knownDevices(tx, org, missing as readonly DeviceId[], agent),
      ),
    ports: async (at, wanted) => {
      const own = [...new Set(wanted.map(({ device }) => device))]
      const kept = await ports(at.org, at.version, own, (missing) => idsByDevice(at, missing))
      const found = new Map<string, number>()
      for (const port of wanted) {
        const id = kept.get(port.device)?.get(port.name)
        if (id !== undefined) found.set(portKey(port), id)
      }
      return found
    },
  }
}
