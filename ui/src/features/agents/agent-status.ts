/** Status texts of an agent. Pure. */
import type { Agent } from "@ispvm/appliance/api/agents"
import { locale } from "../../i18n/locale.ts"
import { t } from "../../i18n/strings/strings.ts"

const DAY_MS = 86_400_000
/**
 * A certificate is renewed after two thirds of its lifetime. Fewer days than this mean that the
 * renewal failed.
 */
const SOON_DAYS = 7
/** Above this skew, times of the agent cannot be compared with those of the appliance. */
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

/** Whether an agent on another host can reach this agent API. */
export const isLoopback = (url: string): boolean => {
  if (!URL.canParse(url)) return false
  const host = new URL(url).hostname
  return host === "localhost" || host === "[::1]" || /^127\./.test(host)
}

/** The agent API URL in the enrolment command. */
export const agentApiUrlOf = (command: string): string | null =>
  /--url[= ](\S+)/.exec(command)?.[1] ?? null

/** "9 min 12 s": with seconds, because it is a countdown. */
export const countdown = (leftMs: number): string => {
  const s = Math.max(0, Math.ceil(leftMs / 1_000))
  const { min, s: second } = locale.units
  return s < 60 ? `${s} ${second}` : `${Math.floor(s / 60)} ${min} ${s % 60} ${second}`
}

/** The newest state of each agent, from the request or from the stream. */
export const latest = (
  loaded: readonly Agent[],
  streamed: ReadonlyMap<string, Agent>,
): readonly Agent[] =>
  loaded.map((agent) => {
    const live = streamed.get(agent.id)
    return live !== undefined && (live.lastSeenAtMs ?? 0) > (agent.lastSeenAtMs ?? 0) ? live : agent
  })
