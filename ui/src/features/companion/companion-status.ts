/** The status of self-reporting. Pure. */
import type {
  Companion,
  CompanionKey,
  CompanionScript,
  DriftRow,
} from "@ispvm/appliance/api/companion"
import { shortSpan } from "../../i18n/format/time.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { heartbeatOf } from "./desired-config-form.ts"

const strings = pageTexts.companion.tab
/** The kind of script that an address names; onboarding by default. */
export const kindOf = (requested: string): CompanionScript["kind"] =>
  requested === "accounts" ||
  requested === "harden" ||
  requested === "confirm-harden" ||
  requested === "remove"
    ? requested
    : "onboard"
/** Above this skew, times in its log cannot be compared with those of the appliance. */
const SKEW_MS = 5_000
const KEY_OLD_MS = 365 * 86_400_000
/** One heartbeat may be missing: the next one contains more. */
export const LATE_AFTER_HEARTBEATS = 2.5

const mayPost = ({ state }: CompanionKey): boolean => state === "active" || state === "overlapping"
/** Neither a desired configuration nor a valid key: self-reporting was removed or never set up. */
export const isNotOnboarded = ({ desired, keys }: Companion): boolean =>
  desired === null && !keys.some(mayPost)

/**
 * `none`: no script, or removed. `silent`: created, but no report yet. `late`: a heartbeat is
 * overdue.
 */
export type CompanionState = "none" | "never-reported" | "late" | "fine"
export const stateOf = (companion: Companion, nowMs: number): CompanionState => {
  if (isNotOnboarded(companion)) return "none"
  if (companion.lastPushAtMs === null) return companion.desired === null ? "none" : "never-reported"
  const everyS = heartbeatOf(companion)
  return everyS > 0 && nowMs - companion.lastPushAtMs > everyS * 1_000 * LATE_AFTER_HEARTBEATS
    ? "late"
    : "fine"
}

/** Its pushes are rejected: the last rejection is newer than the last accepted push. */
export const currentRejection = ({
  lastRejection,
  lastPushAtMs,
}: Companion): Companion["lastRejection"] =>
  lastRejection !== null && lastRejection.atMs > (lastPushAtMs ?? 0) ? lastRejection : null

/**
 * Parts of a script that only say that something is not configured are not listed, unless it was
 * desired.
 */
export const completedParts = ({
  hello,
  desired,
  suggested,
}: Pick<Companion, "hello" | "desired" | "suggested">): readonly string[] => {
  const idle = new Set([
    ...(heartbeatOf({ desired, suggested }) === 0 ? ["push-heartbeat"] : []),
    ...(desired?.netwatch.length === 0 ? ["push-netwatch"] : []),
  ])
  return (hello?.done ?? []).filter((each) => !idle.has(each))
}

export const skewOf = (
  skewMs: number | null,
): { readonly text: string; readonly isBad: boolean } => {
  if (skewMs === null) return { text: t.terms.none, isBad: false }
  const span = shortSpan(Math.abs(skewMs))
  const text =
    Math.abs(skewMs) < 1_000
      ? strings.inStep
      : skewMs > 0
        ? strings.ahead(span)
        : strings.behind(span)
  return { text, isBad: Math.abs(skewMs) > SKEW_MS }
}

export const isOldKey = (key: CompanionKey, nowMs: number): boolean =>
  key.state === "active" && nowMs - key.createdAtMs > KEY_OLD_MS
/** Valid keys first, newest first. */
export const byUse = (keys: readonly CompanionKey[]): readonly CompanionKey[] => {
  const order: Record<CompanionKey["state"], number> = {
    active: 0,
    overlapping: 1,
    expired: 2,
    revoked: 2,
  }
  return [...keys].sort((a, b) => order[a.state] - order[b.state] || b.createdAtMs - a.createdAtMs)
}

/** Grouped by part, in the order of arrival. */
export const byPart = (
  drift: readonly DriftRow[],
): readonly (readonly [string, readonly DriftRow[]])[] => [...Map.groupBy(drift, (row) => row.part)]

type NetwatchRow =
  | Companion["netwatch"][number]
  | { readonly name: string; readonly host: string; readonly state: null }
/** Its netwatch hosts, also those without a report. Hosts that are down come first. */
export const netwatchRows = ({ netwatch, desired }: Companion): readonly NetwatchRow[] => {
  const reportedNames = new Set(netwatch.map((each) => each.name))
  const unreported = (desired?.push === true ? desired.netwatch : []).filter(
    (each) => !reportedNames.has(each.name),
  )
  return [
    ...[...netwatch].sort((a, b) => Number(a.state === "up") - Number(b.state === "up")),
    ...unreported.map(({ name, host }) => ({ name, host, state: null })),
  ]
}
