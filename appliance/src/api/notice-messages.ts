/**
 * What the appliance says about itself, about agents and about what to do, as codes and params:
 * `messages/` renders them as text.
 */
import { z } from "zod"
import { message } from "./message-schema.ts"

const None = z.object({})
const Count = z.int().min(0)
const DurationMs = z.number().min(0)

/** A problem of the appliance itself. */
export const HealthMessage = z.discriminatedUnion("code", [
  message(
    "health.storage-failing",
    z.object({ fault: z.enum(["disk-full", "read-only", "unreachable", "failing"]) }),
  ),
  /** `at` is a moment in UTC, as people read it. */
  message(
    "health.clock-set",
    z.object({ direction: z.enum(["back", "forward"]), byMs: DurationMs, at: z.string() }),
  ),
  message("health.clock-unsynchronised", None),
  /** What was wrong with the headless configuration; `detail` is what was given there. */
  message(
    "health.seed",
    z.object({
      problems: z.array(
        z.object({
          key: z.string(),
          fault: z.enum([
            "unknown-key",
            "wrong-value",
            "unreadable",
            "not-supported",
            "not-applied",
          ]),
          detail: z.string().nullable(),
        }),
      ),
    }),
  ),
  /** Of the UI, as the provider has given it. */
  message(
    "health.certificate",
    z.object({ fault: z.enum(["not-pem", "key-does-not-fit", "expired"]) }),
  ),
  message("health.certificate-expires", z.object({ days: Count })),
])
export type HealthMessage = z.infer<typeof HealthMessage>

/** A note about an agent. */
export const AgentNote = z.discriminatedUnion("code", [
  /** The machines by name and address, the first one first. */
  message("agent.identity-shared", z.object({ machines: z.array(z.string()) })),
  /** `why` is of the last reading, as the log has it. */
  message("agent.samples-rejected", z.object({ items: Count, why: z.string() })),
  message(
    "agent.clock-skew",
    z.object({
      direction: z.enum(["ahead", "behind"]),
      byMs: DurationMs,
      isCorrected: z.boolean(),
    }),
  ),
  message("agent.data-restored", None),
  /** The agent's own words. */
  message("agent.own-note", z.object({ text: z.string() })),
])
export type AgentNote = z.infer<typeof AgentNote>

/** What to do about a failed step of an access test. */
const REMEDY_CODES = [
  "remedy.name-not-found",
  "remedy.no-route",
  "remedy.no-answer",
  "remedy.refused",
  "remedy.not-routeros",
  "remedy.tls-failed",
  "remedy.wrong-certificate",
  "remedy.unconfirmed-certificate",
  "remedy.wrong-credentials",
  "remedy.not-permitted",
  "remedy.timed-out",
  "remedy.icmp-unavailable",
  "remedy.failed",
  "remedy.ping-no-answer",
  "remedy.snmp-no-answer",
  "remedy.snmp-timed-out",
  "remedy.snmp-wrong-credentials",
  "remedy.snmp-not-permitted",
  "remedy.snmp-unknown-user",
  "remedy.snmp-authentication",
  "remedy.snmp-privacy",
  "remedy.snmp-security-level",
  "remedy.snmp-time-window",
  "remedy.snmp-engine-id",
  "remedy.login-refused",
  "remedy.login-timed-out",
  "remedy.confirm-certificate",
  "remedy.agent-offline",
  "remedy.agent-never-enrolled",
  "remedy.agent-revoked",
  "remedy.agent-no-result",
  "remedy.login-secret-missing",
  "remedy.no-account",
  "remedy.snmp-secret-missing",
] as const
export type RemedyCode = (typeof REMEDY_CODES)[number]
export type RemedyMessage = {
  [C in RemedyCode]: { code: C; params: z.infer<typeof None> }
}[RemedyCode]
// The compiler does not see that an object with one of the codes is one of the messages.
export const RemedyMessage = z.object({
  code: z.enum(REMEDY_CODES),
  params: None,
}) as unknown as z.ZodType<RemedyMessage>
export const remedy = (code: RemedyCode): RemedyMessage => ({ code, params: {} }) as RemedyMessage
