/**
 * Stores in the inventory what a device reports about itself. Values name ports by (device, name);
 * facts show which port has a name now (`interface-identity.ts`).
 */

import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { type KnownInterface, matchInterfaces } from "./interface-identity.ts"
import {
  insertInterfaces,
  isNewestList,
  markGone,
  mergeInterface,
  type NewName,
  readInterfaces,
  renameInterfaces,
  upsertInterfaces,
} from "./interface-store.ts"
import type { DeviceFacts, InterfaceFact, Recorded, RenamedInterface } from "./model.ts"
import { updateFacts, updateReports } from "./store.ts"

export const recordFacts = async (tx: Tx, org: OrgId, facts: DeviceFacts): Promise<Recorded> => {
  const { isChanged, isOtherHardware } = await updateFacts(tx, org, facts)
  const device = isChanged ? (["device"] as const) : []
  const { interfaces } = facts
  if (interfaces === null || !(await isNewestList(tx, org, facts.device, facts.atMs)))
    return { changed: device, renamed: [] }
  // By name: one statement must not update a row twice, and a device may report a port twice.
  const ports = new Map(
    interfaces.filter(({ dynamic }) => !dynamic).map((port) => [port.name, port]),
  )
  const { renamed, changes } = await recordInterfaces(tx, org, facts, isOtherHardware, [
    ...ports.values(),
  ])
  return { changed: [...device, ...(changes > 0 ? (["interface"] as const) : [])], renamed }
}

/** A name that no other interface of the device has. */
const formerName = ({ id, name }: KnownInterface): string =>
  `${name.slice(0, 200)} (removed, #${id})`

const recordInterfaces = async (
  tx: Tx,
  org: OrgId,
  { device, source, atMs }: DeviceFacts,
  isOtherHardware: boolean,
  ports: readonly InterfaceFact[],
): Promise<{ readonly renamed: readonly RenamedInterface[]; readonly changes: number }> => {
  const known = await readInterfaces(tx, org, device)
  const matching = matchInterfaces(known, { source, isOtherHardware, ports })
  const newNames = matching.renamed.map(
    ({ known: { id, name: was }, name }): NewName => ({ id, was, name }),
  )
  const taken = new Set(newNames.map(({ name }) => name))
  const removed = matching.replaced.map(
    (one): NewName => ({ id: one.id, was: one.name, name: formerName(one) }),
  )
  for (const { from, to } of matching.merged) await mergeInterface(tx, org, from.id, to.id)
  const names = [...newNames, ...removed]
  // A link stays at the name if a new interface has it, and goes with the interface if an old one has.
  const links = [...newNames, ...removed.filter(({ was }) => taken.has(was))]
  if (names.length > 0) await renameInterfaces(tx, org, device, names, links, atMs)
  const rewritten = ports.length === 0 ? 0 : await upsertInterfaces(tx, org, device, source, ports)
  const gone = matching.gone.map(({ id }) => id)
  if (gone.length > 0) await markGone(tx, org, gone)
  const shown =
    (isPresent: boolean) =>
    ({ id, was, name }: NewName): RenamedInterface => ({
      ...{ device, interfaceId: id, was, name, atMs, isPresent },
    })
  return {
    renamed: [...newNames.map(shown(true)), ...removed.map(shown(false))],
    changes: names.length + matching.merged.length + rewritten + gone.length,
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
