/** Types of the inventory. */
import type { Actor } from "../../platform/http/http.ts"
import type { InterfaceId, OrgId } from "../../platform/ids.ts"

export type InventoryKind =
  | "region"
  | "site"
  | "device"
  | "interface"
  | "link"
  | "agent"
  | "credential"
export type InventoryChange = {
  readonly org: OrgId
  readonly what: InventoryKind
  readonly id: string
}
/** A person, or a part of the system that acts for an organisation. */
export type Changer = (
  | Pick<Actor, "account" | "email" | "address" | "role">
  | { readonly system: string }
) & {
  readonly org: OrgId
}
export type InterfaceFact = {
  readonly name: string
  readonly type: string
  readonly mac: string | null
  readonly comment: string | null
  readonly mtu: number | null
  readonly speedBps: number | null
  readonly ifIndex: number | null
  /** Made by the router for one session: thousands come and go, none becomes a row. */
  readonly dynamic: boolean
}
export type DeviceFacts = {
  readonly device: string
  readonly atMs: number
  readonly identity: string | null
  readonly vendor: string | null
  readonly board: string | null
  readonly version: string | null
  readonly architecture: string | null
  readonly serial: string | null
  /** Null where this source tells of no ports; an empty list is a device without any. */
  readonly interfaces: readonly InterfaceFact[] | null
}
export type Recorded = {
  readonly interfaces: ReadonlyMap<string, InterfaceId>
  /** What to say on `inventory.changes` once the transaction is committed. */
  readonly changed: readonly ("device" | "interface")[]
}
