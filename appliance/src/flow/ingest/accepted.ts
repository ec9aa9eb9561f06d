/** What ingest gives to the stages after it: parsed, deduplicated, clock-checked, tied to an organisation and to known things. */
import type { Event, Facts, HealthSample, InterfaceSample, PingSample, SensorSample } from "@ispvm/agent/wire"
import type { AgentId, DeviceId, InterfaceId, OrgId } from "../../platform/ids.ts"

export type Accepted = {
  readonly org: OrgId
  /** Null where a router speaks of itself: then all of it is of `router`, and its times are ours already. */
  readonly agent: { readonly id: AgentId; readonly key: number; readonly name: string } | null
  readonly router: DeviceId | null
  readonly receivedAtMs: number
  /** Agent's clock minus ours, in ms, by the batch's own stamp. */
  readonly skewMs: number
  readonly pings: readonly (PingSample & { readonly targetId: number })[]
  readonly interfaces: readonly (InterfaceSample & { readonly interfaceId: InterfaceId })[]
  readonly health: readonly (HealthSample & { readonly deviceKey: number })[]
  readonly sensors: readonly (SensorSample & { readonly deviceKey: number })[]
  readonly events: readonly Event[]
  readonly facts: readonly Facts[]
}
