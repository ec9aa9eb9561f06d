/** A policy as sentences: which incidents, who when, and what else. */
import type { Channel, Policy } from "@ispvm/appliance/api/notifications"
import { duration } from "../../i18n/format/time.ts"
import { locale } from "../../i18n/locale.ts"
import { t } from "../../i18n/strings/strings.ts"

const strings = t.notifications.policies
const SECOND_MS = 1_000
const MAX_NAMED_SITES = 3
const WEEK = 7
const HIGHEST = "critical"
/** 4 January 1970 was a Sunday. */
const A_SUNDAY = Date.UTC(1970, 0, 4)
const DAY_MS = 86_400_000
const weekday = new Intl.DateTimeFormat(locale.tag, { weekday: "short", timeZone: "UTC" })
/** Short names, Monday first, with the number that the API has. */
export const WEEKDAYS = Array.from({ length: WEEK }, (_, n) => {
  const day = (n + 1) % WEEK
  return { day, name: weekday.format(A_SUNDAY + day * DAY_MS) }
})

export type PolicyStepLine = {
  readonly when: string
  readonly channels: readonly { readonly text: string; readonly isGone: boolean }[]
}
export type PolicyText = {
  readonly incidents: string
  readonly steps: readonly PolicyStepLine[]
  readonly more: readonly string[]
  /** None of its channels gets anything. */
  readonly isVain: boolean
}
type Known = {
  readonly channels: readonly Pick<Channel, "id" | "name" | "isEnabled">[]
  readonly sites: readonly { readonly id: string; readonly name: string }[]
  readonly schedules: readonly { readonly id: string; readonly name: string }[]
}

const sitesText = (siteIds: readonly string[], sites: Known["sites"]): string => {
  if (siteIds.length === 0) return strings.atAllSites
  const names = siteIds.map((id) => sites.find((site) => site.id === id)?.name ?? t.terms.none)
  const shown = names.slice(0, MAX_NAMED_SITES)
  const more = names.length - shown.length
  return strings.atSites(more === 0 ? shown.join(", ") : `${shown.join(", ")} +${more}`)
}

/** As it was entered: a duration alone leaves out what is small beside the rest. */
const spanText = (seconds: number): string => {
  const rest = seconds % 60
  if (rest === 0 || seconds < 60) return duration(seconds * SECOND_MS)
  return `${duration((seconds - rest) * SECOND_MS)} ${duration(rest * SECOND_MS)}`
}

const whenText = (seconds: number, isFirst: boolean): string => {
  if (seconds === 0) return strings.atOnce
  const span = spanText(seconds)
  return isFirst ? strings.after(span) : strings.afterUnless(span)
}

/** "Mon, Tue", or that it is every day. */
export const daysText = (days: readonly number[]): string =>
  days.length === WEEK
    ? strings.everyDay
    : WEEKDAYS.filter(({ day }) => days.includes(day))
        .map(({ name }) => name)
        .join(", ")

const quietText = ({ from, to, days, timeZone, exceptFrom }: NonNullable<Policy["quietHours"]>) => {
  const except =
    exceptFrom === null
      ? strings.quietFully
      : strings.quietExcept(severityName(exceptFrom), exceptFrom === HIGHEST)
  return `${strings.quiet(from, to, daysText(days), timeZone)}, ${except}`
}
const severityName = (severity: Policy["leastSeverity"]): string =>
  t.workflow.severity[severity].toLocaleLowerCase(locale.tag)

export const policyText = (policy: Policy, { channels, sites, schedules }: Known): PolicyText => {
  const { repeat, quietHours, delayS } = policy
  const known = new Map(channels.map((each) => [each.id, each]))
  const channelText = (id: string) => {
    const channel = known.get(id)
    if (channel === undefined) return { text: strings.removedChannel, isGone: true }
    return channel.isEnabled
      ? { text: channel.name, isGone: false }
      : { text: strings.offChannel(channel.name), isGone: true }
  }
  const scheduleText = (id: string) => {
    const schedule = schedules.find((each) => each.id === id)
    return schedule === undefined
      ? { text: strings.removedSchedule, isGone: true }
      : { text: strings.onCall(schedule.name), isGone: false }
  }
  const steps = policy.steps.map((step, index) => ({
    when: whenText(step.afterS + delayS, index === 0),
    channels: [...step.channels.map(channelText), ...step.schedules.map(scheduleText)],
  }))
  return {
    incidents: [
      strings.incidents[policy.about],
      strings.from(severityName(policy.leastSeverity), policy.leastSeverity === HIGHEST),
      sitesText(policy.siteIds, sites),
      ...(policy.tags.length === 0 ? [] : [strings.tagged(policy.tags.join(", "))]),
      ...(policy.leastUnreachable === 0 ? [] : [strings.unreachable(policy.leastUnreachable)]),
    ].join(" "),
    steps,
    more: [
      ...(repeat === null ? [] : [strings.repeated(spanText(repeat.everyS), repeat.times)]),
      ...(policy.hasUpdates ? [strings.updates] : []),
      ...(quietHours === null ? [] : [quietText(quietHours)]),
      ...(policy.isLast ? [strings.last] : []),
    ],
    isVain: steps.every((step) => step.channels.every(({ isGone }) => isGone)),
  }
}
