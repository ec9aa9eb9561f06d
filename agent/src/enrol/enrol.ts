/**
 * First contact with the appliance. The agent compares the root certificate with the fingerprint in
 * the token, and from then on trusts only this root.
 *
 *   GET /ca (not verified) -> fingerprint as in the token? -> POST /enrol/v1 over TLS -> identity
 */
import { createHash } from "node:crypto"
import type https from "node:https"
import { EnrolAnswer, type EnrolRequest, PATHS, PROTOCOL } from "@ispvm/wire"
import { type AgentClock, createAgentClock } from "../clock.ts"
import { parseApiError, type Reply, request, Unreachable } from "../transport/request.ts"
import { ServerDateError, trustOnly } from "../transport/trust.ts"
import { clockSentence } from "./clock-sentence.ts"
import { requestCertificate } from "./csr.ts"
import { generateKeys, type Identity, type Keys } from "./keys.ts"
import { checkRoot, fetchRoot } from "./root-certificate.ts"
import { fetchServerTime } from "./server-time.ts"

/** After `unreachable`, `busy` and `clock-skew`, the same token may work later; not after others. */
export type EnrolFailure =
  | "unreachable"
  | "busy"
  | "clock-skew"
  | "not-agent-api"
  | "fingerprint-mismatch"
  | "token-rejected"
  | "rejected"
export type Enrolled =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly reason: EnrolFailure; readonly message: string }

export type Enrolment = {
  readonly url: string
  /** Parsed: `ispvm1.<secret>.<fingerprint>`. */
  readonly token: string
  readonly hostname: string
  readonly version: string
  readonly signal: AbortSignal
  readonly makeKeys?: () => Promise<Keys>
  readonly clock?: AgentClock
}

const TIMEOUT_MS = 10_000

export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex")

const failed = (reason: EnrolFailure, message: string): Enrolled => ({ ok: false, reason, message })

const outcomeOf = (reply: Reply): Enrolled | EnrolAnswer => {
  if (reply.status === 200 || reply.status === 201) {
    try {
      return EnrolAnswer.parse(JSON.parse(reply.body))
    } catch {
      return failed(
        "not-agent-api",
        "The answer to the enrolment is not valid. Are the releases of agent and appliance compatible?",
      )
    }
  }
  const { code, message } = parseApiError(reply)
  if (reply.status === 429 || reply.status >= 500) return failed("busy", `${message} (${code})`)
  const isToken = code.startsWith("token") || reply.status === 401 || reply.status === 403
  if (isToken)
    return failed("token-rejected", `${message} Create a new token on the Agents page. (${code})`)
  return failed("rejected", `${message} (${code})`)
}

/** One enrolment over a verified connection. */
type Attempt = {
  readonly url: URL
  readonly rootPem: string
  readonly clock: AgentClock
  readonly agent: https.Agent
  readonly body: EnrolRequest
  readonly signal: AbortSignal
}

/**
 * Measures the appliance's time, if this host's clock makes the certificate look invalid; its dates
 * are then checked by that time. Only a signed time counts: otherwise an expired certificate would
 * be as good as a new one. Null: try again.
 */
const checkByServerTime = async (
  error: ServerDateError,
  { url, rootPem, clock, signal }: Attempt,
): Promise<Enrolled | null> => {
  const serverTime = await fetchServerTime({
    url: url.origin,
    rootPem,
    steady: clock.steady,
    signal,
  })
  if (!serverTime.ok)
    return failed("clock-skew", clockSentence(error, clock.host(), serverTime.claimedMs))
  const wasMeasured = clock.isMeasured()
  clock.measure(serverTime.trip)
  return wasMeasured ? failed("clock-skew", clockSentence(error, clock.host(), clock.now())) : null
}

const send = async (attempt: Attempt): Promise<Enrolled | EnrolAnswer> => {
  try {
    const reply = await request({
      method: "POST",
      url: new URL(PATHS.enrol, attempt.url),
      agent: attempt.agent,
      body: { bytes: Buffer.from(JSON.stringify(attempt.body)), gzip: false },
      timeoutMs: TIMEOUT_MS,
      signal: attempt.signal,
    })
    return outcomeOf(reply)
  } catch (error) {
    const cause = error instanceof Unreachable ? error.cause : null
    if (!(cause instanceof ServerDateError)) throw error
    return (await checkByServerTime(cause, attempt)) ?? (await send(attempt))
  }
}

const identityOf = (
  answer: EnrolAnswer,
  { url, rootPem }: Attempt,
  keys: Keys,
  token: string,
): Identity => ({
  url: url.origin,
  agent: answer.agent,
  name: answer.name,
  keyPem: keys.privatePem,
  certificatePem: answer.certificatePem,
  chainPem: answer.chainPem,
  rootPem,
  renewAfterMs: answer.renewAfterMs,
  tokenHash: hashToken(token),
})

const enrolAt = async (url: URL, enrolment: Enrolment): Promise<Enrolled> => {
  const { token, hostname, version, signal } = enrolment
  const { makeKeys = generateKeys, clock = createAgentClock() } = enrolment
  const [, secret = "", fingerprint = ""] = token.split(".")
  const root = await fetchRoot(url, fingerprint, signal)
  if (!root.ok) return root
  const { rootPem } = root
  const keys = await makeKeys()
  const csrPem = requestCertificate(keys, hostname)
  const agent = trustOnly(rootPem, undefined, () => (clock.isMeasured() ? clock.now() : null))
  const body = { protocol: PROTOCOL, secret, csrPem, hostname, version }
  const attempt: Attempt = { url, rootPem, clock, agent, body, signal }
  try {
    const answer = await send(attempt)
    if ("ok" in answer) return answer
    if (answer.rootPem.trim() !== rootPem.trim() && !checkRoot(answer.rootPem, fingerprint).ok)
      return failed(
        "fingerprint-mismatch",
        "The answer to the enrolment contains another root certificate than the token's.",
      )
    return { ok: true, identity: identityOf(answer, attempt, keys, token) }
  } finally {
    agent.destroy()
  }
}

/** Gets a certificate for a new key. Does not throw if the appliance is unreachable. */
export const enrol = async (enrolment: Enrolment): Promise<Enrolled> => {
  try {
    return await enrolAt(new URL(enrolment.url), enrolment)
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    return failed("unreachable", error.message)
  }
}
