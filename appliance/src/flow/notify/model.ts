/** What notifications are planned from, and what is planned. Times are epoch ms. */
import type { Severity } from "../../api/incidents.ts"
import type { DeliveryKind, DeliveryState, Policy } from "../../api/notifications.ts"
import type { NotifyMessage } from "../../api/notify-messages.ts"

/** What planning needs to know of an incident. */
export type IncidentFacts = {
  readonly id: string
  readonly state: "open" | "acknowledged" | "closed"
  readonly about: "network" | "appliance"
  readonly severity: Severity
  /** Sites of its causes. */
  readonly siteIds: readonly string[]
  /** Of its causes, of devices at the ends of links among them, and of their sites. */
  readonly tags: readonly string[]
  /** Devices out of reach because of it. */
  readonly unreachable: number
  readonly openedAtMs: number
  readonly acknowledgedAtMs: number | null
  /** No notification before this time; null: not snoozed. */
  readonly snoozedUntilMs: number | null
  readonly isInMaintenance: boolean
  /** Since when all of it has recovered, though it is open; null: it has not. */
  readonly recoveredAtMs: number | null
  /** The same for the same causes. */
  readonly causeKey: string
}

export type ChannelFacts = {
  readonly id: string
  readonly name: string
  readonly kind: string
  readonly isEnabled: boolean
  /** The account whose channel it is; null: nobody's own. */
  readonly ownerId: string | null
  /** Gets what cannot be opened here. */
  readonly fallbackId: string | null
  /** The last attempts on it have failed, one after another. */
  readonly isDead: boolean
}

/** A delivery as it is stored. */
export type Planned = {
  readonly id: string
  readonly key: string
  readonly round: number
  readonly kind: DeliveryKind
  /** Null: the channel was removed. */
  readonly channelId: string | null
  readonly policyId: string | null
  /** Of the policy; null: it follows an earlier delivery, or is from before steps were stored. */
  readonly step: number | null
  /** What the receiver knows, as of the last attempt. */
  readonly severity: Severity | null
  readonly causeKey: string | null
  readonly state: DeliveryState
  readonly dueAtMs: number
  /** It may have reached the receiver. */
  readonly maybeDelivered: boolean
}
export type NewDelivery = Omit<Planned, "id" | "state" | "maybeDelivered" | "channelId"> & {
  readonly channel: ChannelFacts
  readonly policyName: string | null
  /** The note of which its receiver is notified. */
  readonly mention?: { readonly by: string; readonly text: string }
}
/** `reason` null: as it is. */
export type DeliveryChange = {
  readonly id: string
  readonly state: "waiting" | "cancelled"
  readonly dueAtMs: number
  readonly reason: NotifyMessage | null
}
/** `policyId` null: about all policies. */
export type Decision = {
  readonly policyId: string | null
  readonly round: number
  readonly message: NotifyMessage
  /** When the policy matched first in this round; null: it never did. */
  readonly matchedAtMs: number | null
}

export type PlanInput = {
  readonly incident: IncidentFacts
  readonly policies: readonly Policy[]
  readonly channels: ReadonlyMap<string, ChannelFacts>
  /** Channels of the account that a schedule has on call at a time. */
  readonly channelsOnCall: (schedule: string, atMs: number) => readonly string[]
  /** The first moment from `atMs` on at which the schedule lets its people be notified. */
  readonly afterQuietOf: (schedule: string, severity: Severity, atMs: number) => number
  readonly scheduleNames: ReadonlyMap<string, string>
  /** Of this incident, in the order of their making. */
  readonly deliveries: readonly Planned[]
  readonly decisions: readonly Decision[]
  readonly nowMs: number
}
export type Plan = {
  readonly round: number
  /** False: the decision about all policies of this round no longer holds. */
  readonly isHeld: boolean
  readonly added: readonly NewDelivery[]
  readonly changed: readonly DeliveryChange[]
  /** Those that differ from what is stored. */
  readonly decisions: readonly Decision[]
}
