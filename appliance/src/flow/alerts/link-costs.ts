/**
 * What routing pays for each interface, as devices report it. Costs change when somebody changes them:
 * they are read again every few minutes, and the topology stays the same object while they are.
 */
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { portEntity } from "./topology.ts"

export type InterfaceCost = {
  readonly device: string
  readonly interface: string
  readonly cost: number
}
export type ReadCosts = (tx: Tx, org: OrgId) => Promise<readonly InterfaceCost[]>
/** By `portEntity`. */
export type LinkCosts = ReadonlyMap<string, number>

const EVERY_MS = 300_000
const MAX_COST = 65_535

export const createLinkCosts = (read: ReadCosts) => {
  let costs: LinkCosts = new Map()
  let loadedAtMs = Number.NEGATIVE_INFINITY
  return {
    now: (): LinkCosts => costs,
    // A clock that was set back must not keep them from being read.
    isDue: (nowMs: number): boolean => nowMs < loadedAtMs || nowMs - loadedAtMs >= EVERY_MS,
    /** Whether any has changed. */
    load: async (tx: Tx, org: OrgId, nowMs: number): Promise<boolean> => {
      // If they cannot be read, that is reported once, and tried again after a while.
      loadedAtMs = nowMs
      const next = new Map<string, number>()
      for (const { device, interface: port, cost } of await read(tx, org))
        if (cost >= 1 && cost <= MAX_COST) next.set(portEntity(device, port), Math.round(cost))
      const isSame =
        next.size === costs.size && next.entries().every(([k, v]) => costs.get(k) === v)
      if (!isSame) costs = next
      return !isSame
    },
  }
}
