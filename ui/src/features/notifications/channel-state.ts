/** How a channel and a delivery stand, as shape, colour and word. */
import type { Channel, ChannelKind, Delivery, Policy } from "@ispvm/appliance/api/notifications"
import type { Status } from "@ispvm/appliance/api/shared"
import type { IconName } from "../../components/icons.ts"
import { t } from "../../i18n/strings/strings.ts"

const strings = t.notifications

const ICONS: Readonly<Record<ChannelKind, IconName>> = {
  email: "mail",
  telegram: "send",
  slack: "hash",
  teams: "users",
  webhook: "webhook",
  pagerduty: "siren",
  opsgenie: "bell",
  sms: "smartphone",
  push: "monitor",
}
const isKind = (kind: string): kind is ChannelKind => Object.hasOwn(ICONS, kind)
/** A later release may have logged other kinds. */
export const kindIcon = (kind: string): IconName => (isKind(kind) ? ICONS[kind] : "bell")
export const kindName = (kind: string): string => (isKind(kind) ? strings.kinds[kind] : kind)
export const KINDS = Object.keys(ICONS) as readonly ChannelKind[]

export type ChannelState = keyof typeof strings.channels.states
export const stateOf = ({
  isEnabled,
  failingSinceMs,
  lastDeliveredAtMs,
}: Channel): ChannelState => {
  if (!isEnabled) return "off"
  if (failingSinceMs !== null) return "failing"
  return lastDeliveredAtMs === null ? "unused" : "works"
}
const CHANNEL_STATUS: Readonly<Record<ChannelState, Status>> = {
  failing: "down",
  off: "maintenance",
  works: "ok",
  unused: "unknown",
}
export const statusOfChannel = (channel: Channel): Status => CHANNEL_STATUS[stateOf(channel)]

const DELIVERY_STATUS: Readonly<Record<Delivery["state"], Status>> = {
  waiting: "recovering",
  sending: "recovering",
  retrying: "degraded",
  delivered: "ok",
  dead: "down",
  cancelled: "unknown",
  other: "unknown",
}
export const statusOfDelivery = ({ state }: Pick<Delivery, "state">): Status =>
  DELIVERY_STATUS[state]

/** Nothing more happens to it by itself. */
export const hasEnded = ({ state }: Pick<Delivery, "state">): boolean =>
  ["delivered", "dead", "cancelled", "other"].includes(state)

/** Where messages go, without what is secret. */
export const destinationOf = ({ settings }: Channel): string => {
  switch (settings.kind) {
    case "email":
      return settings.to.join(", ")
    case "telegram":
      return settings.chatId
    case "slack":
      return settings.channel ?? ""
    case "sms":
      return settings.to.join(", ")
    case "teams":
    case "webhook":
    case "pagerduty":
    case "opsgenie":
    case "push":
      return ""
  }
}

/** What depends on a channel. */
export const dependants = (
  channel: Channel,
  channels: readonly Channel[],
  policies: readonly Policy[],
) => {
  const using = policies.filter(({ steps }) =>
    steps.some((step) => step.channels.includes(channel.id)),
  )
  const isOnlyOne = ({ steps }: Policy): boolean =>
    steps.every(
      (step) => step.schedules.length === 0 && step.channels.every((id) => id === channel.id),
    )
  return {
    policies: using.filter((each) => !isOnlyOne(each)).map(({ name }) => name),
    onlyOneOf: using.filter(isOnlyOne).map(({ name }) => name),
    fallbackOf: channels
      .filter(({ fallbackId }) => fallbackId === channel.id)
      .map((each) => each.name),
  }
}
