/** The devices of one agent: what it reads, since when and from whom, and by which method. */

import { type MethodsInput, MethodsInput as MethodsSchema } from "../../api/inventory.ts"
import { type AgentDevice, LeaseReason } from "../../api/leases.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import * as store from "./capability-store.ts"
import { methodInUse, methodOrder } from "./reading.ts"

/** Without what its collectors cost: that is measured in tables of the device. */
export type ReadDevice = Omit<AgentDevice, "cost">

const named = (id: string | null, name: string | null) =>
  id === null || name === null ? null : { id, name }
const whole = (ms: number | null): number | null => (ms === null ? null : Math.round(ms))

const presentDevice = (
  row: store.AgentDeviceRow,
  agent: AgentId,
  capabilities: readonly store.OwnCapability[],
): ReadDevice => {
  const methods: MethodsInput = MethodsSchema.safeParse(row.methods).data ?? MethodsSchema.parse({})
  const order = methodOrder(methods)
  const used = methodInUse(order, capabilities)
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    isPreferred: row.preferredId === agent,
    preferred: named(row.preferredId, row.preferredName),
    holder: named(row.holderId, row.holderName),
    heldSinceMs: whole(row.heldSinceMs),
    leaseReason: LeaseReason.safeParse(row.leaseReason).data ?? null,
    takenOverFrom: named(row.beforeId, row.beforeName),
    ...used,
    // Who only probes has no other method to prefer.
    methodReason: row.role === "reads" ? used.methodReason : null,
  }
}

export const readAgentDevices = (
  db: Db,
  org: OrgId,
  agent: AgentId,
): Promise<readonly ReadDevice[]> =>
  db.asOrg(org, async (tx) => {
    const rows = await store.devicesOfAgent(tx, org, agent)
    const own = Map.groupBy(await store.capabilitiesOfAgent(tx, org, agent), ({ device }) => device)
    return rows.map((row) => presentDevice(row, agent, own.get(row.id) ?? []))
  })
