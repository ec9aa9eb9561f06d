/** What is said of an agent. Pure. */
import type { Agent } from "@ispvm/appliance/api/agents"
import { t } from "../../i18n/strings/strings.ts"

const DAY_MS = 86_400_000
/** A certificate renews itself at two thirds of its life: fewer days than this mean that it does not. */
const SOON_DAYS = 7
/** More than this, and times from the agent no longer sort with ours. */
const SKEW_MS = 2_000

export const statusText = (agent: Agent): string => {
  if (agent.enrolment !== "enrolled" || agent.status === "ok")
    return t.agents.state[agent.enrolment]
  return agent.status === "degraded"
    ? (t.agents.problem[agent.statusReason] ?? t.agents.problem.other)
    : t.agents.offline
}

export const certificateOf = (
  agent: Agent,
  nowMs: number,
): { readonly text: string; readonly bad: boolean } | null => {
  if (agent.certificateExpiresAtMs === null || agent.enrolment === "revoked") return null
  const days = Math.floor((agent.certificateExpiresAtMs - nowMs) / DAY_MS)
  return days < 0
    ? { text: t.agents.expired, bad: true }
    : { text: t.agents.days(days), bad: days < SOON_DAYS }
}

export const isClockSkewed = (agent: Agent): boolean =>
  agent.clockSkewMs !== null && Math.abs(agent.clockSkewMs) > SKEW_MS

/** Whether an agent on another machine could reach this door. */
export const isLoopback = (url: string): boolean => {
  if (!URL.canParse(url)) return false
  const host = new URL(url).hostname
  return host === "localhost" || host === "[::1]" || /^127\./.test(host)
}

/** The address an agent's command calls. */
export const agentApiUrlOf = (command: string): string | null =>
  /--url[= ](\S+)/.exec(command)?.[1] ?? null

/** "9 min 12 s": the seconds count when a thing ends. */
export const countdown = (leftMs: number): string => {
  const s = Math.max(0, Math.ceil(leftMs / 1_000))
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${s % 60} s`
}

/** The latest word on each, by what was asked for and what the stream told since. */
export const latest = (
  loaded: readonly Agent[],
  streamed: ReadonlyMap<string, Agent>,
): readonly Agent[] =>
  loaded.map((agent) => {
    const live = streamed.get(agent.id)
    return live !== undefined && (live.lastSeenAtMs ?? 0) > (agent.lastSeenAtMs ?? 0) ? live : agent
  })
