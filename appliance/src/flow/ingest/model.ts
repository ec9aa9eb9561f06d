/** What ingest gives to the stages after it: parsed, deduplicated, clock-checked, tied to an organisation and to known things. */
import type {
  Event,
  Facts,
  HealthSample,
  InterfaceSample,
  PingSample,
  SensorSample,
  Source,
} from "@ispvm/wire"
import type { AgentId, DeviceId, InterfaceId, OrgId } from "../../platform/ids.ts"

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
  /** Null where a router speaks of itself: then all of it is of `router`, and its times are ours already. */
  readonly agent: { readonly id: AgentId; readonly key: number; readonly name: string } | null
  readonly router: DeviceId | null
  readonly receivedAtMs: number
  /**
   * Told by a second machine with this agent's identity: stored, but what it sees from where it stands does not decide what is
   * reachable.
   */
  readonly isSecond?: boolean
  /** Whose readings were refused for their shape or time, so that nothing is known of them by this batch. `port` null: by probe. */
  readonly rejected?: readonly RejectedReading[]
  /** Agent's clock minus ours, in ms, by the batch's own stamp. */
  readonly skewMs: number
  readonly pings: readonly (PingSample & { readonly targetId: number })[]
  readonly interfaces: readonly (InterfaceSample & { readonly interfaceId: InterfaceId })[]
  readonly health: readonly (HealthSample & { readonly deviceKey: number })[]
  readonly sensors: readonly (SensorSample & { readonly deviceKey: number })[]
  /** Samples of all other metric families. */
  readonly others: readonly StoredSample[]
  readonly events: readonly Event[]
  readonly facts: readonly Facts[]
  /** Names it until it is evaluated; null or absent where nothing would be lost by a crash before that. */
  readonly mark?: number | null
}
