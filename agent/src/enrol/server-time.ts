/**
 * The appliance's time, before any certificate can be checked. The issuing authority signs it over
 * a nonce, so neither an old answer nor the holder of an old server key can pass. TLS is not
 * verified, because the signature is enough.
 */
import { randomBytes, verify, X509Certificate } from "node:crypto"
import https from "node:https"
import { PATHS, TimeAnswer, timeStatement } from "@ispvm/wire"
import type { RoundTrip } from "../clock.ts"
import { request, Unreachable } from "../transport/request.ts"

export type TimeFailure = "unreachable" | "not-served" | "not-signed"
export type ServerTimeResult =
  | { readonly ok: true; readonly trip: RoundTrip }
  /** `claimedMs` is the server's Date header. It is not authenticated: use it only in messages. */
  | { readonly ok: false; readonly reason: TimeFailure; readonly claimedMs: number | null }

/** Pure. Whether this root's issuing authority signed `atMs` together with this nonce. */
export const isSigned = (answer: TimeAnswer, nonce: string, rootPem: string): boolean => {
  const root = new X509Certificate(rootPem)
  let issuing: X509Certificate
  try {
    issuing = new X509Certificate(answer.issuingPem)
  } catch {
    return false
  }
  const isOurs =
    issuing.ca && root.ca && issuing.checkIssued(root) && issuing.verify(root.publicKey)
  const isValid = [issuing, root].every(
    ({ validFromDate, validToDate }) =>
      validFromDate.getTime() <= answer.atMs && answer.atMs <= validToDate.getTime(),
  )
  if (!isOurs || !isValid || answer.nonce !== nonce) return false
  const signature = Buffer.from(answer.signature, "base64url")
  return verify(
    "sha256",
    Buffer.from(timeStatement(nonce, answer.atMs)),
    issuing.publicKey,
    signature,
  )
}

const TIMEOUT_MS = 10_000
type TimeRequest = {
  readonly url: string
  readonly rootPem: string
  readonly steady: () => number
  readonly signal: AbortSignal
}

export const fetchServerTime = async ({
  url,
  rootPem,
  steady,
  signal,
}: TimeRequest): Promise<ServerTimeResult> => {
  const nonce = randomBytes(32).toString("base64url")
  const agent = new https.Agent({ rejectUnauthorized: false })
  try {
    const requestOptions = {
      method: "GET",
      agent,
      body: null,
      timeoutMs: TIMEOUT_MS,
      signal,
    } as const
    const sentMs = steady()
    const reply = await request({
      ...requestOptions,
      url: new URL(`${PATHS.time}?nonce=${nonce}`, url),
    })
    const receivedMs = steady()
    const failed = (reason: TimeFailure): ServerTimeResult => ({
      ok: false,
      reason,
      claimedMs: reply.dateMs,
    })
    if (reply.status !== 200) return failed("not-served")
    const answer = TimeAnswer.safeParse(parseJson(reply.body)).data
    if (answer === undefined || !isSigned(answer, nonce, rootPem)) return failed("not-signed")
    return { ok: true, trip: { sentMs, receivedMs, answeredMs: answer.atMs } }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    return { ok: false, reason: "unreachable", claimedMs: null }
  } finally {
    agent.destroy()
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
