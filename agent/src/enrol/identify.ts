/**
 * Gives the agent's identity: the stored one, or a new enrolment if there is none or the token is
 * new.
 */
import type { Logger } from "pino"
import { type Backoff, backoffMs, type pause } from "../transport/backoff.ts"
import { type EnrolFailure, enrol, hashToken } from "./enrol.ts"
import type { Identity, StoredIdentity } from "./keys.ts"

export type IdentifyResult =
  | { readonly ok: true; readonly identity: Identity }
  | {
      readonly ok: false
      readonly reason: EnrolFailure | "not-configured" | "stopped"
      readonly message: string
    }

type Deps = {
  readonly stored: StoredIdentity
  readonly url: string | null
  readonly token: string | null
  readonly save: (identity: Identity) => Promise<void>
  readonly hostname: string
  readonly version: string
  readonly random: () => number
  readonly pause: typeof pause
  readonly log: Logger
  readonly signal: AbortSignal
}

const RETRY: Backoff = { firstMs: 1_000, maxMs: 15_000 }
const RETRYABLE: ReadonlySet<EnrolFailure> = new Set(["unreachable", "busy", "clock-skew"])

/** A service restarts with the same arguments: a token already used here must not enrol again. */
const isNewToken = (token: string, stored: StoredIdentity): boolean =>
  stored.kind !== "identity" || stored.identity.tokenHash !== hashToken(token)

const withUrl = (identity: Identity, url: string | null): Identity =>
  url === null ? identity : { ...identity, url: new URL(url).origin }

export const identify = async (deps: Deps): Promise<IdentifyResult> => {
  const { stored, url, token, log, signal } = deps
  const storedIdentity = stored.kind === "identity" ? withUrl(stored.identity, url) : null
  if (token === null || !isNewToken(token, stored)) {
    if (storedIdentity !== null) return { ok: true, identity: storedIdentity }
    const why = stored.kind === "unreadable" ? stored.message : "This agent is not enrolled yet."
    return {
      ok: false,
      reason: "not-configured",
      message: `${why} Start with --url and --token from the Agents page (--help).`,
    }
  }
  const agentApiUrl = url ?? storedIdentity?.url ?? null
  if (agentApiUrl === null)
    return {
      ok: false,
      reason: "not-configured",
      message: "--token also needs --url, the appliance's address.",
    }
  let loggedReason: EnrolFailure | null = null
  for (let failures = 1; !signal.aborted; failures += 1) {
    const enrolled = await enrol({
      url: agentApiUrl,
      token,
      hostname: deps.hostname,
      version: deps.version,
      signal,
    })
    if (enrolled.ok) {
      await deps.save(enrolled.identity)
      log.info({ agent: enrolled.identity.agent, name: enrolled.identity.name }, "enrolled")
      return enrolled
    }
    if (signal.aborted) break
    if (!RETRYABLE.has(enrolled.reason)) {
      if (storedIdentity === null) return enrolled
      log.warn(
        { reason: enrolled.reason },
        `${enrolled.message} The current identity stays in use.`,
      )
      return { ok: true, identity: storedIdentity }
    }
    if (enrolled.reason !== loggedReason)
      log.warn({ reason: enrolled.reason }, `${enrolled.message} Retrying.`)
    loggedReason = enrolled.reason
    await deps.pause(backoffMs(failures, RETRY, deps.random), signal)
  }
  return { ok: false, reason: "stopped", message: "Stopped before enrolment." }
}
