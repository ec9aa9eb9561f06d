/** Types of the inventory. */
import type { Actor } from "../../platform/http/http.ts"
import type { DeviceId, InterfaceId, OrgId } from "../../platform/ids.ts"

export type InventoryKind =
  | "region"
  | "site"
  | "device"
  | "interface"
  | "link"
  | "agent"
  | "credential"
  | "collector"
  | "maintenance"
  | "probe"
export type InventoryChange = {
  readonly org: OrgId
  readonly what: InventoryKind
  readonly id: string
}
/** A person, or a part of the system that acts for an organisation. */
export type Changer = (
  | Pick<Actor, "account" | "email" | "address" | "role" | "token">
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
  /** RouterOS `.id`; omitted: not reported. */
  readonly id?: string | undefined
  /** Created by the router for one session. There may be thousands, and they are not stored. */
  readonly dynamic: boolean
}
export type DeviceFacts = {
  readonly device: DeviceId
  readonly atMs: number
  readonly source: string
  readonly identity: string | null
  readonly vendor: string | null
  readonly board: string | null
  readonly version: string | null
  readonly architecture: string | null
  readonly serial: string | null
  /** Null: this source reports no interfaces. An empty list is a device without any. */
  readonly interfaces: readonly InterfaceFact[] | null
}
export type RenamedInterface = {
  readonly device: DeviceId
  readonly interfaceId: InterfaceId
  readonly was: string
  readonly name: string
  readonly atMs: number
  /** False: it no longer exists, and another interface has its name. */
  readonly isPresent: boolean
}
export type Recorded = {
  /** What to announce on `inventory.changes` after commit. */
  readonly changed: readonly ("device" | "interface")[]
  readonly renamed: readonly RenamedInterface[]
}
