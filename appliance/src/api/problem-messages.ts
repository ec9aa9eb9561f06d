/**
 * Why a request was rejected, as a code and params: `messages/` renders it as text. Only what people
 * can meet in the UI has a code; errors of programs that misuse the API are English sentences.
 */
import { z } from "zod"
import { AgentReadiness } from "./agent-readiness.ts"
import { message } from "./message-schema.ts"
import { Role } from "./shared.ts"

const None = z.object({})
const Count = z.int().min(0)
const Name = z.object({ name: z.string() })
const Seconds = z.object({ seconds: Count })
export const SecretName = z.enum([
  "password",
  "snmpCommunity",
  "snmpAuthPassword",
  "snmpPrivPassword",
])
const Secrets = z.object({ name: z.string(), secrets: z.array(SecretName) })

/** What a request can name that does not exist. */
export const Missing = z.enum([
  "incident",
  "organisation",
  "device",
  "link",
  "interface",
  "key",
  "agent",
  "collector",
  "account",
  "credential",
  "region",
  "site",
  "token",
  "channel",
  "browser",
  "delivery",
  "alert-rule",
  "alert-rule-version",
  "maintenance",
  "probe",
  "filter",
  "wall-display",
  "run",
])
export type Missing = z.infer<typeof Missing>

export const ProblemMessage = z.discriminatedUnion("code", [
  message("problem.rule-matches", z.object({ rule: z.string(), count: Count })),
  message("problem.not-found", z.object({ what: Missing, id: z.string() })),
  message("problem.no-page", z.object({ path: z.string() })),
  message("problem.incident-closed", None),
  message("problem.incident-not-acknowledged", None),
  message("problem.incident-acknowledged", z.object({ by: z.string(), agoMs: z.number() })),
  message("problem.incident-of-appliance", None),
  message("problem.incident-merge-itself", None),
  message("problem.incident-split-nothing", None),
  message("problem.incident-split-all", None),
  message("problem.snooze-past", None),
  message("problem.snooze-far", z.object({ days: Count })),
  message("problem.too-many-filters", None),
  message("problem.changed-meanwhile", None),
  message("problem.delivery-not-dead", None),
  message("problem.notification-loop", None),
  message("problem.foreign-origin", None),
  message("problem.too-many-requests", None),
  message("problem.no-desired-config", None),
  message("problem.no-push", None),
  message("problem.script-is-secret", None),
  message("problem.agent-name-taken", Name),
  message("problem.name-taken", z.object({ what: Missing })),
  message("problem.already-set-up", None),
  message("problem.setup-code", None),
  message("problem.email-taken", None),
  message("problem.current-password", None),
  message("problem.last-admin", None),
  message("problem.busy", Seconds),
  message("problem.too-many-tries", Seconds),
  message("problem.too-many-secrets", z.object({ minutes: Count })),
  message("problem.wrong-login", None),
  message("problem.may-not-use", Name),
  message("problem.secret-wrong", Secrets),
  message("problem.secret-needed", Secrets),
  message("problem.credential-in-use", z.object({ devices: Count })),
  message("problem.interface-linked", None),
  message(
    "problem.diagnostics-agent",
    z.object({ state: AgentReadiness.exclude(["ready"]), name: z.string() }),
  ),
  message("problem.credential-kind", None),
  message("problem.database-away", None),
  message("problem.too-slow", None),
  message("problem.fault", z.object({ request: z.string() })),
  message("problem.not-logged-in", None),
  message("problem.token-unknown", None),
  message("problem.token-expired", None),
  message("problem.token-revoked", None),
  message("problem.token-blocked", None),
  message("problem.token-scope", z.object({ name: z.string(), permission: z.string() })),
  message("problem.too-many-tokens", z.object({ max: Count })),
  message("problem.wall-unknown", None),
  message("problem.wall-expired", None),
  message("problem.wall-revoked", None),
  message("problem.wall-blocked", None),
  message("problem.wall-read-only", None),
  message("problem.too-many-walls", z.object({ max: Count })),
  message("problem.too-many-browsers", z.object({ max: Count })),
  message("problem.upload-no-space", None),
  message("problem.upload-ended", None),
  message("problem.backup-running", None),
  message("problem.backup-no-key", None),
  message("problem.update-running", None),
  message("problem.update-unsupported", None),
  message("problem.update-no-bundle", None),
  message("problem.update-no-previous", None),
  message("problem.update-no-space", z.object({ neededBytes: Count, freeBytes: Count })),
  message("problem.update-offset", z.object({ received: Count })),
  message("problem.no-permission", z.object({ role: Role, permission: z.string() })),
])
export type ProblemMessage = z.infer<typeof ProblemMessage>
