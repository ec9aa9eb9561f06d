/** What a device says it is, taken into the inventory. Ports are known by (device, name): their index changes with every reboot. */

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
  // By name: one statement may not touch a row twice, and a device may tell of a port twice.
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
 * Ports that are known by name alone, as where values come before facts. Those that had gone are back. A device that has `most` gets no
 * more. Answers how many are new.
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

/** How often the router reports itself, in seconds; null: it does not (any more). Answers whether that is news, to be told on `inventory.changes`. */
export const recordReports = (
  tx: Tx,
  org: OrgId,
  device: string,
  everyS: number | null,
): Promise<boolean> => updateReports(tx, org, device, everyS)
