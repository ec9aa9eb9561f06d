/**
 * Stores in the inventory what a device reports about itself. Ports are identified by (device,
 * name), because their index changes with every reboot.
 */

import type { InterfaceId, OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { DeviceFacts, Recorded } from "./model.ts"
import {
  insertInterfaces,
  markGone,
  readInterfaces,
  updateFacts,
  updateReports,
  upsertInterfaces,
} from "./store.ts"

export const recordFacts = async (tx: Tx, org: OrgId, facts: DeviceFacts): Promise<Recorded> => {
  const deviceChanged = await updateFacts(tx, org, facts)
  if (facts.interfaces === null) {
    return {
      interfaces: idsOf(await readInterfaces(tx, org, facts.device)),
      changed: deviceChanged ? ["device"] : [],
    }
  }
  // By name: one statement must not update a row twice, and a device may report a port twice.
  const ports = new Map(
    facts.interfaces.filter(({ dynamic }) => !dynamic).map((port) => [port.name, port]),
  )
  const rewritten =
    ports.size === 0 ? 0 : await upsertInterfaces(tx, org, facts.device, [...ports.values()])
  const known = await readInterfaces(tx, org, facts.device)
  const gone = known.filter(({ name, gone }) => !gone && !ports.has(name)).map(({ id }) => id)
  if (gone.length > 0) await markGone(tx, org, gone)
  return {
    interfaces: idsOf(known),
    changed: [
      ...(deviceChanged ? (["device"] as const) : []),
      ...(rewritten + gone.length > 0 ? (["interface"] as const) : []),
    ],
  }
}

/**
 * Adds ports that are known by name only, because values arrive before facts. Removed ones are
 * restored. A device with `most` ports gets no more. Gives how many are new.
 */
export const addInterfaces = (
  tx: Tx,
  org: OrgId,
  ports: readonly { readonly device: string; readonly name: string }[],
  max: number,
): Promise<number> => insertInterfaces(tx, org, ports, max)

const idsOf = (
  rows: readonly { readonly id: InterfaceId; readonly name: string }[],
): ReadonlyMap<string, InterfaceId> => new Map(rows.map(({ id, name }) => [name, id]))

/**
 * The interval in seconds at which the router reports itself; null: it does not (any more). Gives
 * whether it changed, to be announced on `inventory.changes`.
 */
export const recordReports = (
  tx: Tx,
  org: OrgId,
  device: string,
  everyS: number | null,
): Promise<boolean> => updateReports(tx, org, device, everyS)
