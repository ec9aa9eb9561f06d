/**
 * The inventory's rows of all devices, in memory: at 2,000 devices, reading and parsing them again
 * for each answer costs more than half of it, and they rarely change. Each answer asks the database
 * whether they are still the same, so that a change by any program counts at once.
 */
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { type DeviceFacts, presentFacts } from "./present.ts"
import * as store from "./store.ts"

/** Of all devices of an organisation, by name. */
export type DeviceRows = (tx: Tx, org: OrgId) => Promise<readonly DeviceFacts[]>

export const createDeviceRows = (): DeviceRows => {
  const held = new Map<OrgId, { readonly digest: string; readonly facts: readonly DeviceFacts[] }>()
  return async (tx, org) => {
    // Before the rows: what changes in between is read twice, and never missed.
    const digest = await store.readDeviceDigest(tx, org)
    const known = held.get(org)
    if (known?.digest === digest) return known.facts
    const facts = (await store.readDevices(tx, org, null)).map(presentFacts)
    held.set(org, { digest, facts })
    return facts
  }
}
