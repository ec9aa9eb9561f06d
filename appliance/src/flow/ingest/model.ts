/**
 * The output of ingest: parsed, deduplicated, clock-checked, assigned to an organisation and to
 * known devices.
 */
import type {
  Event,
  Facts,
  HealthSample,
  InterfaceSample,
  PingSample,
  Rows,
  Source,
} from "@ispvm/wire"
import type { AgentId, DeviceId, InterfaceId, OrgId } from "../../platform/ids.ts"
import type { RenamedInterface } from "../../registry/inventory/inventory.ts"

export type RejectedReading = { readonly device: DeviceId; readonly port: string | null }
/**
 * A sample of any metric family, with the numbers of what it is about. `deviceKey`: of a family by
 * device or by name; `interfaceId`: of a family by interface. Probes have no `source`.
 */
export type StoredSample = {
  readonly kind: string
  readonly device: DeviceId
  readonly atMs: number
  readonly source?: Source
  readonly deviceKey?: number
  readonly interfaceId?: InterfaceId
}
export type Accepted = {
  readonly org: OrgId
  /**
   * Null if a router reports itself: then everything is about `router`, and its times are already
   * the appliance's.
   */
  readonly agent: { readonly id: AgentId; readonly key: number; readonly name: string } | null
  readonly router: DeviceId | null
  readonly receivedAtMs: number
  /**
   * From a second machine with this agent's identity: stored, but its observations do not decide
   * what is reachable.
   */
  readonly isSecond?: boolean
  /** Some samples may be stored already: an attempt that took all for new has failed. */
  readonly mayRepeat?: boolean
  /**
   * Whose readings were rejected for their form or time, so that this batch shows nothing about
   * them. `port` null: by probe.
   */
  readonly rejected?: readonly RejectedReading[]
  /** The agent's clock minus the appliance's, in ms, from the timestamp of the batch. */
  readonly skewMs: number
  readonly pings: readonly (PingSample & { readonly targetId: number })[]
  readonly interfaces: readonly (InterfaceSample & { readonly interfaceId: InterfaceId })[]
  readonly health: readonly (HealthSample & { readonly deviceKey: number })[]
  /** Samples of all other metric families, such as sensors. */
  readonly others: readonly StoredSample[]
  readonly events: readonly Event[]
  readonly facts: readonly Facts[]
  /** Interfaces that have other names than before. Omitted: none. */
  readonly renamed?: readonly RenamedInterface[]
  /** Rows of tables, in the order in which they were sent. */
  readonly rows?: readonly Rows[]
  /**
   * Identifies it until it is evaluated; null or absent if a crash before that would lose nothing.
   */
  readonly mark?: number | null
}
