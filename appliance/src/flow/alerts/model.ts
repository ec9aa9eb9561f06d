/** Types of the alert module: alerts, what is monitored, and the input of the alert engine. */
import type { Event, InterfaceSample, PingSample } from "@ispvm/wire"
import { z } from "zod"
import { SEVERITIES } from "../../api/incidents.ts"
import type { ProbeSegment } from "../../api/probes.ts"
import type { AgentId, AlertId, DeviceId, InterfaceId, LinkId, OrgId } from "../../platform/ids.ts"
import type { Accepted } from "../ingest/model.ts"
import { Counted } from "./rules/rule-state.ts"
import { RULE_SYMPTOMS } from "./rules/symptoms.ts"
import type { Kind, Phase, Reason, State } from "./state-machine.ts"

/** A component of the network that may fail. */
export type ObservedComponent = "device" | "link" | "agent"
/** The current state of one alert. Times are epoch ms of the appliance's clock. */
export type AlertNow = {
  readonly id: AlertId
  readonly kind: Kind
  /**
   * The component whose failure a down alert of this kind observes: the device, the link at the
   * interface, or the agent. Null: the alert means nothing to root-cause analysis and is in no
   * incident.
   */
  readonly observes: ObservedComponent | null
  /** Unique within the kind, for example a device id, `device/interface` or an agent id. */
  readonly entity: string
  readonly deviceId: DeviceId | null
  readonly interface: string | null
  readonly agentId: AgentId | null
  readonly state: State
  /** Time of the newest observation. */
  readonly observedAtMs: number | null
  /** Time of the newest observation that proves the device alive. */
  readonly answeredAtMs: number | null
  /** The rule that it is an alert of; absent: of a kind that the program evaluates. */
  readonly rule?: RuleOfAlert
}
/** Probes of a device lately. `delayMs`: above what is usual; null: not known. */
export type PathQuality = {
  readonly sent: number
  readonly lost: number
  readonly delayMs: number | null
}
/** Probes of a device since a moment, a minute ago at most. */
export type LossSince = {
  readonly sent: number
  readonly lost: number
  /** The lowest share of lost probes from which a rule opens an incident. */
  readonly limitRatio: number
}
/** What an alert shows of its rule; stored with it, because the rule may be gone when it is read. */
export const RuleOfAlert = z
  .object({
    id: z.string(),
    name: z.object({ en: z.string(), tr: z.string() }),
    /** Of the most severe level that is raised; null: none is. */
    severity: z.enum(SEVERITIES).nullable(),
    /** The sensor, peer or what else of the device it is about. */
    subject: z.string().nullable(),
    /** That is called after a customer. */
    isPersonal: z.literal(true).optional(),
    /** What the condition compared when it was met last, with what, and in which unit. */
    value: z.number().nullable(),
    /** Of a value that is a state: its name. */
    state: z.string().optional(),
    limit: z.number().nullable(),
    unit: z.string(),
    /** How long the condition had to hold. */
    forMs: z.number().default(0),
    /** The rule's own text, with placeholders in braces. */
    text: z.object({ en: z.string(), tr: z.string() }).nullable().default(null),
    /** What it counted; null: it counts nothing, or nothing that a fault of the network explains. */
    counted: Counted.nullable().default(null),
    /** What it says of paths or links; null: nothing. */
    symptom: z.enum(RULE_SYMPTOMS).nullable().default(null),
  })
  .readonly()
export type RuleOfAlert = z.infer<typeof RuleOfAlert>
/** `memory`: what its kind keeps besides the state, as stored. */
export type StoredAlert = AlertNow & { readonly memory?: unknown }
export type Transition = {
  readonly org: OrgId
  /** After the transition. */
  readonly alert: StoredAlert
  readonly was: Phase
  readonly now: Phase
  readonly reason: Reason
  readonly atMs: number
}

/** The part of accepted input that alerts use. Without rates, as it is stored for a crash. */
export type AlertInput = Pick<
  Accepted,
  "router" | "receivedAtMs" | "skewMs" | "isSecond" | "rejected"
> &
  Partial<Pick<Accepted, "health" | "others">> & {
    readonly agent:
      | (Pick<NonNullable<Accepted["agent"]>, "id"> & Partial<NonNullable<Accepted["agent"]>>)
      | null
    readonly pings: readonly (PingSample & { readonly targetId?: number })[]
    readonly interfaces: readonly (Pick<
      InterfaceSample,
      "device" | "interface" | "atMs" | "running" | "disabled"
    > &
      Partial<InterfaceSample> & { readonly interfaceId?: number })[]
    readonly events: readonly Event[]
  }

export type MonitoredDevice = {
  readonly id: DeviceId
  readonly name: string
  readonly roles: readonly string[]
  readonly agentId: AgentId | null
  readonly siteId: string | null
  /** Interval of the router's own reports; null where it sends none. */
  readonly reportsEveryS: number | null
  readonly tags?: readonly string[]
}
/** Of the inventory; `speedBps` as the device reports it. */
export type MonitoredInterface = {
  readonly type: string
  readonly speedBps: number | null
  /** Omitted: not known, as in a test. */
  readonly id?: InterfaceId
  /** Another interface had its name before. */
  readonly isNameReused?: boolean
  /** That it had before, and no other interface of the device has had or has since. */
  readonly earlierNames?: readonly string[]
}
export type End = { readonly deviceId: DeviceId; readonly interface: string | null }
/** `port`: the entity of the interface (`portEntity`); null where the link names no interface. */
export type MonitoredEnd = End & { readonly port: string | null }
export type MonitoredLink = {
  readonly id: LinkId
  readonly name: string
  readonly a: MonitoredEnd
  readonly b: MonitoredEnd
  readonly capacityBps?: number | null
  readonly tags?: readonly string[]
}
/**
 * A device at which an agent enters one connected part of the network. `isAssumed`: no operator
 * has configured it.
 */
export type EntryPoint = { readonly deviceId: DeviceId; readonly isAssumed: boolean }
export type MonitoredAgent = {
  readonly id: AgentId
  readonly name: string
  /** The device at which an operator has placed the agent. */
  readonly deviceId: DeviceId | null
  readonly entryPoints: readonly EntryPoint[]
}
/** Devices at one site are assumed to share a power supply. */
export type MonitoredSite = {
  readonly id: string
  readonly name: string
  readonly devices: readonly DeviceId[]
  readonly region?: string | null
  readonly regionId?: string | null
  readonly tags?: readonly string[]
}
/** A configured probe of a service, as one agent runs it. */
export type MonitoredProbe = {
  readonly id: string
  readonly name: string
  /** Its values and alerts are about this device. */
  readonly deviceId: DeviceId
  readonly agentId: AgentId
  /** The name of its values on the device. */
  readonly series: string
  readonly segment: ProbeSegment
}
/** A snapshot of the inventory, read again whenever the inventory changes. */
export type Topology = {
  readonly devices: ReadonlyMap<string, MonitoredDevice>
  readonly links: ReadonlyMap<string, MonitoredLink>
  /** Enrolled and not revoked. */
  readonly agents: ReadonlyMap<string, MonitoredAgent>
  readonly sites: ReadonlyMap<string, MonitoredSite>
  /** Links at each device. */
  readonly linksAt: ReadonlyMap<string, readonly MonitoredLink[]>
  /** Interfaces at the end of a link, by `portEntity`. */
  readonly ports: ReadonlySet<string>
  /**
   * The agent from which a device is observed. For a router that only reports itself, this is the
   * first agent in the same part of the network, because its reports take the same paths. A device
   * without an entry is observed by its own reports alone.
   */
  readonly seenFrom: ReadonlyMap<string, AgentId>
  /** Devices that have an agent or report themselves. */
  readonly monitored: ReadonlySet<string>
  /** Monitored devices without an agent. */
  readonly selfReporting: ReadonlySet<string>
  /** The longest interval at which a collector reads interfaces. */
  readonly interfacePollMs: number
  /** Probes of services that have a state. */
  readonly probes?: readonly MonitoredProbe[]
  /** What routing pays for interfaces, where that was read, by `portEntity`. */
  readonly linkCosts?: ReadonlyMap<string, number>
  /** Interfaces of the inventory, by `portEntity`. */
  readonly interfaces?: ReadonlyMap<string, MonitoredInterface>
}
