/**
 * What to do about each failure of an access test, for a tired reader with a terminal and a router.
 * Pure.
 */
import type { TestResult, TestStep } from "@ispvm/wire"
import type { TestAnswer } from "../../api/access-test.ts"
import { type RemedyCode, type RemedyMessage, remedy } from "../../api/notice-messages.ts"
import type { AgentReason } from "./status.ts"

type Step = TestStep["step"]
type Reason = Exclude<TestStep["reason"], "ok" | "not-tried">

/** Failures whose remedy depends on the step. */
const AT: Readonly<Partial<Record<`${Step} ${Reason}`, RemedyCode>>> = {
  "ping no-answer": "remedy.ping-no-answer",
  "snmp no-answer": "remedy.snmp-no-answer",
  "snmp timed-out": "remedy.snmp-timed-out",
  "snmp wrong-credentials": "remedy.snmp-wrong-credentials",
  "snmp not-permitted": "remedy.snmp-not-permitted",
  "login refused": "remedy.login-refused",
  "login timed-out": "remedy.login-timed-out",
}

/**
 * Selected by the message: the counter in an SNMPv3 agent's report (RFC 3414), or the secret that
 * does not fit. The agent's texts are in collect/snmp/client/failures.ts.
 */
const BY_REPORT: readonly (readonly [string, RemedyCode])[] = [
  ["usmStatsUnknownUserNames", "remedy.snmp-unknown-user"],
  ["authentication password or protocol is another", "remedy.snmp-authentication"],
  ["privacy password or protocol is another", "remedy.snmp-privacy"],
  ["usmStatsUnsupportedSecLevels", "remedy.snmp-security-level"],
  ["usmStatsNotInTimeWindows", "remedy.snmp-time-window"],
  ["usmStatsUnknownEngineIDs", "remedy.snmp-engine-id"],
]

export const remedyOf = (
  step: Step,
  reason: TestStep["reason"],
  message = "",
): RemedyMessage | null => {
  if (reason === "ok" || reason === "not-tried") return null
  const reported =
    step === "snmp" ? BY_REPORT.find(([name]) => message.includes(name))?.[1] : undefined
  return remedy(reported ?? AT[`${step} ${reason}`] ?? `remedy.${reason}`)
}

/**
 * A login that was not tried although every step before it worked: a person has to confirm first
 * that this is the router.
 */
const needsConfirmation = (steps: readonly TestStep[], { step, reason }: TestStep): boolean =>
  step === "login" &&
  reason === "not-tried" &&
  steps.some((other) => other.step === "tls" && other.reason === "ok")

export const answerOf = ({ ok, steps, fingerprint, facts }: TestResult): TestAnswer => ({
  ok,
  steps: steps.map((each) => {
    const { step, reason, message, tookMs } = each
    return {
      step,
      reason,
      message,
      remedy: needsConfirmation(steps, each)
        ? remedy("remedy.confirm-certificate")
        : remedyOf(step, reason, message),
      tookMs,
    }
  }),
  fingerprint,
  facts,
})

type AgentProblem = Exclude<AgentReason, "online"> | "no-result"
const AGENT_PROBLEMS: Readonly<Record<AgentProblem, (name: string) => string>> = {
  offline: (name) => `The agent ${name} is offline, so nothing was tried.`,
  "never-enrolled": (name) => `The agent ${name} was never enrolled, so nothing was tried.`,
  revoked: (name) => `The agent ${name} is revoked, so nothing was tried.`,
  "no-result": (name) => `The agent ${name} received the test, but sent no result in time.`,
}

/** The same as two sentences, where no steps are shown. */
export const agentProblemText = (
  reason: AgentProblem,
  name: string,
): { readonly message: string; readonly remedy: RemedyMessage } => ({
  message: AGENT_PROBLEMS[reason](name),
  remedy: remedy(`remedy.agent-${reason}`),
})

/** The agent failed; nothing is known about the router. */
export const agentProblem = (reason: AgentProblem, name: string): TestAnswer => ({
  ok: false,
  steps: [
    {
      step: "agent",
      reason: reason === "no-result" ? reason : reason === "offline" ? "agent-offline" : reason,
      message: AGENT_PROBLEMS[reason](name),
      remedy: remedy(`remedy.agent-${reason}`),
      tookMs: 0,
    },
  ],
  fingerprint: null,
  facts: null,
})
