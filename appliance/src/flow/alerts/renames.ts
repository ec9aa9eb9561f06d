/** Interfaces that have another name than before: what is known by their names goes with them. */
import type { InterfaceId } from "../../platform/ids.ts"
import type { Topology } from "./model.ts"

/** By the entity of the earlier name. */
export type Renamed = ReadonlyMap<string, { readonly entity: string; readonly interface: string }>

export const renamesOf = (before: Topology, next: Topology): Renamed => {
  const ids = new Map<InterfaceId, string>()
  for (const [entity, { id }] of before.interfaces ?? [])
    if (id !== undefined && next.interfaces?.get(entity)?.id !== id) ids.set(id, entity)
  const renamed = new Map<string, { entity: string; interface: string }>()
  if (ids.size === 0) return renamed
  for (const [entity, { id }] of next.interfaces ?? []) {
    const was = id === undefined ? undefined : ids.get(id)
    if (was !== undefined)
      renamed.set(was, { entity, interface: entity.slice(entity.indexOf("/") + 1) })
  }
  return renamed
}
