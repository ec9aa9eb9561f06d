/**
 * The inventory's rows of all devices and links, in memory: at 2,000 devices, reading and parsing
 * them again for each answer costs more than half of it, and they rarely change. Each answer asks
 * the database whether they are still the same, so that a change by any program counts at once.
 */
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { type DeviceFacts, presentFacts } from "./present.ts"
import * as store from "./store.ts"

/** By name. */
export type Rows = {
  readonly devices: readonly DeviceFacts[]
  readonly links: readonly store.LinkRow[]
}
/** Of all devices and links of an organisation. */
export type InventoryRows = (tx: Tx, org: OrgId) => Promise<Rows>

type Held = Rows & { readonly digests: store.RowDigests }

export const createInventoryRows = (): InventoryRows => {
  const held = new Map<OrgId, Held>()
  return async (tx, org) => {
    // Before the rows: what changes in between is read twice, and never missed.
    const digests = await store.readDigests(tx, org)
    const known = held.get(org)
    const isSame = (what: "devices" | "links"): boolean => known?.digests[what] === digests[what]
    if (known !== undefined && isSame("devices") && isSame("links")) return known
    const devices =
      known !== undefined && isSame("devices")
        ? known.devices
        : (await store.readDevices(tx, org, null)).map(presentFacts)
    const links =
      known !== undefined && isSame("links") ? known.links : await store.readLinks(tx, org)
    const read = { digests, devices, links }
    held.set(org, read)
    return read
  }
}
