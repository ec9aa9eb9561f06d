/** Devices and ports of samples as the small integers that series are keyed by. */
import type { DeviceId, Facts } from "@ispvm/wire"
import { InterfaceId, type OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { addInterfaces, type InventoryChange } from "../../registry/inventory/inventory.ts"
import type { Sorted } from "./parse.ts"
import * as store from "./store.ts"

/** What to say on `inventory.changes` after commit, each once. */
export type InventoryChanges = Map<string, InventoryChange>
type PortSample = { readonly device: DeviceId; readonly interface: string }
const portOf = (sample: PortSample): string =>
  store.portKey({ device: sample.device, name: sample.interface })

/**
 * Ports that a router makes for a session are never rows of the inventory, and so have no series: those the batch's facts call
 * dynamic, and those in angle brackets, which is how RouterOS names them (`<pppoe-anna>`).
 */
const dynamicPorts = (facts: readonly Facts[]): ((sample: PortSample) => boolean) => {
  const named = new Set(
    facts.flatMap(({ device, interfaces }) =>
      (interfaces ?? [])
        .filter((port) => port.dynamic)
        .map(({ name }) => store.portKey({ device, name })),
    ),
  )
  return (sample) => /^<.*>$/.test(sample.interface) || named.has(portOf(sample))
}

const requireId = (id: number | null | undefined, what: string): number => {
  if (id === null || id === undefined) throw new Error(`the inventory made no row for the ${what}`)
  return id
}

const withPorts = async (
  tx: Tx,
  org: OrgId,
  samples: readonly PortSample[],
  inventoryChanges: InventoryChanges,
  maxPorts: number,
): Promise<ReadonlyMap<string, number>> => {
  const named = [
    ...new Map(samples.map((s) => [portOf(s), { device: s.device, name: s.interface }])).values(),
  ]
  const known = await store.portIds(tx, org, named)
  const missing = named.filter((port) => !known.has(store.portKey(port)))
  if (missing.length === 0) return known
  if ((await addInterfaces(tx, org, missing, maxPorts)) === 0) return known
  for (const { device } of missing)
    inventoryChanges.set(`interface ${device}`, { org, what: "interface", id: device })
  return await store.portIds(tx, org, named)
}

/** Samples with the small integers their series are keyed by. */
export const resolveIds = async (
  tx: Tx,
  org: OrgId,
  sorted: Sorted,
  devices: ReadonlyMap<string, store.KnownDevice>,
  inventoryChanges: InventoryChanges,
  limits: { readonly maxPorts: number; readonly count: (outcome: string, items: number) => void },
) => {
  const keyOf = (device: DeviceId): number =>
    requireId(devices.get(device)?.key, `device ${device}`)
  const pings = sorted.samples.filter((sample) => sample.kind === "ping")
  const isDynamic = dynamicPorts(sorted.facts)
  const all = sorted.samples.filter((sample) => sample.kind === "interface")
  const lasting = all.filter((sample) => !isDynamic(sample))
  limits.count("dynamic-port", all.length - lasting.length)
  const ports = await withPorts(tx, org, lasting, inventoryChanges, limits.maxPorts)
  const interfaces = lasting.filter((sample) => ports.has(portOf(sample)))
  limits.count("too-many-ports", lasting.length - interfaces.length)
  return {
    pings: pings.map((ping) => ({
      ...ping,
      targetId: requireId(devices.get(ping.device)?.targetId, `target of ${ping.device}`),
    })),
    interfaces: interfaces.map((sample) => ({
      ...sample,
      interfaceId: InterfaceId.parse(ports.get(portOf(sample))),
    })),
    health: sorted.samples
      .filter((s) => s.kind === "health")
      .map((s) => ({ ...s, deviceKey: keyOf(s.device) })),
    sensors: sorted.samples
      .filter((s) => s.kind === "sensor")
      .map((s) => ({ ...s, deviceKey: keyOf(s.device) })),
  }
}
