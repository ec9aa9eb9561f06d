/** Who this agent is: what was kept, or a new enrolment where there is nothing, or a new token says so. */
import type { Logger } from "pino"
import { type Backoff, backoffMs, type pause } from "../transport/backoff.ts"
import { type EnrolFailure, enrol, hashToken } from "./enrol.ts"
import type { Identity, Kept } from "./keys.ts"

export type Known =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly reason: EnrolFailure | "nothing-to-start-with" | "stopped"; readonly message: string }

type Deps = {
  readonly kept: Kept
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

const RETRY: Backoff = { firstMs: 1_000, mostMs: 15_000 }
const AGAIN: ReadonlySet<EnrolFailure> = new Set(["unreachable", "busy", "wrong-clock"])

/** A service is started again and again with the same words: a token that was used here before is no reason to enrol anew. */
const isNewToken = (token: string, kept: Kept): boolean =>
  kept.kind !== "identity" || kept.identity.tokenHash !== hashToken(token)

const moved = (identity: Identity, url: string | null): Identity =>
  url === null ? identity : { ...identity, url: new URL(url).origin }

export const identify = async (deps: Deps): Promise<Known> => {
  const { kept, url, token, log, signal } = deps
  const keptIdentity = kept.kind === "identity" ? moved(kept.identity, url) : null
  if (token === null || !isNewToken(token, kept)) {
    if (keptIdentity !== null) return { ok: true, identity: keptIdentity }
    const why = kept.kind === "unreadable" ? kept.message : "This agent is not enrolled yet."
    return {
      ok: false,
      reason: "nothing-to-start-with",
      message: `${why} Give --url and --token from the agents' page (--help).`,
    }
  }
  const door = url ?? keptIdentity?.url ?? null
  if (door === null)
    return { ok: false, reason: "nothing-to-start-with", message: "--token needs --url as well: the appliance's address." }
  let saidReason: EnrolFailure | null = null
  for (let failures = 1; !signal.aborted; failures += 1) {
    const enrolled = await enrol({ url: door, token, hostname: deps.hostname, version: deps.version, signal })
    if (enrolled.ok) {
      await deps.save(enrolled.identity)
      log.info({ agent: enrolled.identity.agent, name: enrolled.identity.name }, "enrolled")
      return enrolled
    }
    if (signal.aborted) break
    if (!AGAIN.has(enrolled.reason)) {
      if (keptIdentity === null) return enrolled
      log.warn({ reason: enrolled.reason }, `${enrolled.message} The identity at hand stays.`)
      return { ok: true, identity: keptIdentity }
    }
    if (enrolled.reason !== saidReason) log.warn({ reason: enrolled.reason }, `${enrolled.message} Trying again until it works.`)
    saidReason = enrolled.reason
    await deps.pause(backoffMs(failures, RETRY, deps.random), signal)
  }
  return { ok: false, reason: "stopped", message: "Stopped before enrolment." }
}
