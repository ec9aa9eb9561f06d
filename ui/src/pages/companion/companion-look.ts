/** How a router that reports itself is judged at a glance. Pure. */
import type { Companion, CompanionKey, CompanionScript, DriftRow } from "@ispvm/appliance/api/companion"
import { shortSpan } from "../../format/time.ts"
import { t } from "../../strings/strings.ts"
import { heartbeatOf } from "./wish-form.ts"

const words = t.companion.tab
/** Which of a router's scripts an address asks for: the one that connects it, unless another is named. */
export const kindOf = (asked: string): CompanionScript["kind"] =>
  asked === "harden" || asked === "confirm-harden" || asked === "remove" ? asked : "onboard"
/** More than this, and times in its log no longer sort with ours. */
const SKEW_MS = 5_000
const KEY_OLD_MS = 365 * 86_400_000
/** A heartbeat may miss once: the router tells more with the next one. */
export const BEATS = 2.5

const mayPost = ({ state }: CompanionKey): boolean => state === "active" || state === "overlapping"
/** Nothing is wished of it and no key of its holds: what it once was has been taken out, or it never was any. */
export const isForgotten = ({ wish, keys }: Companion): boolean => wish === null && !keys.some(mayPost)

/** `none`: no script was made, or it was taken out. `silent`: made, and nothing has come. `late`: a heartbeat is overdue. */
export type CompanionState = "none" | "silent" | "late" | "fine"
export const stateOf = (companion: Companion, nowMs: number): CompanionState => {
  if (isForgotten(companion)) return "none"
  if (companion.lastPushAtMs === null) return companion.wish === null ? "none" : "silent"
  const everyS = heartbeatOf(companion)
  return everyS > 0 && nowMs - companion.lastPushAtMs > everyS * 1_000 * BEATS ? "late" : "fine"
}

/** It goes on sending and is turned away: what it was last told came after the last that was taken. */
export const refusedNow = ({ lastRefusal, lastPushAtMs }: Companion): Companion["lastRefusal"] =>
  lastRefusal !== null && lastRefusal.atMs > (lastPushAtMs ?? 0) ? lastRefusal : null

/** What a script of a router leaves out is done as well: that it is not there. It is told of no router that did not want it. */
export const doneOf = ({ hello, wish, suggested }: Pick<Companion, "hello" | "wish" | "suggested">): readonly string[] => {
  const idle = new Set([
    ...(heartbeatOf({ wish, suggested }) === 0 ? ["push-heartbeat"] : []),
    ...(wish?.watches.length === 0 ? ["push-netwatch"] : []),
  ])
  return (hello?.done ?? []).filter((each) => !idle.has(each))
}

export const skewOf = (skewMs: number | null): { readonly text: string; readonly isBad: boolean } => {
  if (skewMs === null) return { text: t.terms.none, isBad: false }
  const span = shortSpan(Math.abs(skewMs))
  const text = Math.abs(skewMs) < 1_000 ? words.inStep : skewMs > 0 ? words.ahead(span) : words.behind(span)
  return { text, isBad: Math.abs(skewMs) > SKEW_MS }
}

export const isOldKey = (key: CompanionKey, nowMs: number): boolean =>
  key.state === "active" && nowMs - key.createdAtMs > KEY_OLD_MS
/** What can still post comes first, the newest first. */
export const byUse = (keys: readonly CompanionKey[]): readonly CompanionKey[] => {
  const order: Record<CompanionKey["state"], number> = { active: 0, overlapping: 1, expired: 2, revoked: 2 }
  return [...keys].sort((a, b) => order[a.state] - order[b.state] || b.createdAtMs - a.createdAtMs)
}

/** By part, in the order in which they came; within one, as they came. */
export const byPart = (drift: readonly DriftRow[]): readonly (readonly [string, readonly DriftRow[]])[] => [
  ...Map.groupBy(drift, (row) => row.part),
]

type Watched = Companion["watches"][number] | { readonly name: string; readonly host: string; readonly state: null }
/** What it watches, and what it was wished to watch and has said nothing of. What is down comes first. */
export const watchedOf = ({ watches, wish }: Companion): readonly Watched[] => {
  const heard = new Set(watches.map((each) => each.name))
  const unheard = (wish?.push === true ? wish.watches : []).filter((each) => !heard.has(each.name))
  return [
    ...[...watches].sort((a, b) => Number(a.state === "up") - Number(b.state === "up")),
    ...unheard.map(({ name, host }) => ({ name, host, state: null })),
  ]
}
