/**
 * The first contact: fetch the root, hold it against the fingerprint inside the token, and from then on trust that root alone.
 *
 *   GET /ca (whoever answers) -> SHA-256 = the token's? -> POST /enrol/v1 over TLS proven by that root -> identity
 */
import { createHash, X509Certificate } from "node:crypto"
import https from "node:https"
import { EnrolAnswer, type EnrolRequest, PATHS, PROTOCOL } from "@ispvm/wire"
import { type AgentClock, createAgentClock } from "../clock.ts"
import { parseApiError, type Reply, request, Unreachable } from "../transport/request.ts"
import { ServerDateError, trustOnly } from "../transport/trust.ts"
import { requestCertificate } from "./csr.ts"
import { generateKeys, type Identity, type Keys } from "./keys.ts"
import { fetchServerTime } from "./server-time.ts"

/** `unreachable`, `busy` and `wrong-clock` are worth another try with the same token; the others are not. */
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

type Root = { readonly ok: true; readonly rootPem: string } | Extract<Enrolled, { ok: false }>

/** Whoever answers may be anybody, so nothing of the answer is used unless the fingerprint fits. */
export const checkRoot = (pem: string, fingerprint: string): Root => {
  let root: X509Certificate
  try {
    root = new X509Certificate(pem)
  } catch {
    const message =
      "What answers there is not the appliance's agent API (GET /ca gave no certificate). Check the address and port."
    return { ok: false, reason: "not-agent-api", message }
  }
  if (createHash("sha256").update(root.raw).digest("base64url") === fingerprint)
    return { ok: true, rootPem: root.toString() }
  const message =
    "The certificate shown there is not the one the token was made for. Either the address is of another appliance, or somebody stands in between. Nothing was sent."
  return { ok: false, reason: "fingerprint-mismatch", message }
}

const fetchRoot = async (url: URL, fingerprint: string, signal: AbortSignal): Promise<Root> => {
  // The only request without verification: its whole answer is held against the fingerprint.
  const agent = new https.Agent({ rejectUnauthorized: false })
  try {
    const reply = await request({
      method: "GET",
      url: new URL(PATHS.ca, url),
      agent,
      body: null,
      timeoutMs: TIMEOUT_MS,
      signal,
    })
    return checkRoot(reply.status === 200 ? pemOf(reply.body) : "", fingerprint)
  } finally {
    agent.destroy()
  }
}

const pemOf = (body: string): string =>
  /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(body)?.[0] ?? ""

const outcomeOf = (reply: Reply): Enrolled | EnrolAnswer => {
  if (reply.status === 200 || reply.status === 201) {
    try {
      return EnrolAnswer.parse(JSON.parse(reply.body))
    } catch {
      return failed(
        "not-agent-api",
        "The answer to the enrolment is not as agreed: are agent and appliance of releases that fit?",
      )
    }
  }
  const { code, message } = parseApiError(reply)
  if (reply.status === 429 || reply.status >= 500) return failed("busy", `${message} (${code})`)
  const isToken = code.startsWith("token") || reply.status === 401 || reply.status === 403
  if (isToken)
    return failed("token-rejected", `${message} Make a new token on the agents' page. (${code})`)
  return failed("rejected", `${message} (${code})`)
}

/**
 * The appliance's time where this host's clock makes its certificate look invalid; the dates are then judged by that. Where the appliance
 * cannot sign a time, nothing else may stand in for it: an expired certificate would be as good as a new one.
 */
const checkByServerTime = async (
  error: ServerDateError,
  agentApiUrl: URL,
  rootPem: string,
  clock: AgentClock,
  signal: AbortSignal,
): Promise<Enrolled | null> => {
  const serverTime = await fetchServerTime({
    url: agentApiUrl.origin,
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

/** By how much, if the appliance says so itself; and what to do. */
export const clockSentence = (
  { status, validFromMs, validToMs }: ServerDateError,
  hostMs: number,
  serverMs: number | null,
): string => {
  const at = (ms: number): string => new Date(ms).toISOString().slice(0, 19).concat("Z")
  const seems =
    status === "expired"
      ? `has expired (${at(validToMs)})`
      : `is not valid yet (from ${at(validFromMs)})`
  const offsetMs = serverMs === null ? null : hostMs - serverMs
  const amount =
    offsetMs === null || Math.abs(offsetMs) < 60_000
      ? ""
      : ` The appliance's clock shows ${at(serverMs ?? 0)}: this one is ${Math.round(Math.abs(offsetMs) / 60_000)} minutes ${offsetMs > 0 ? "ahead" : "behind"}.`
  return `By this machine's clock (${at(hostMs)}) the appliance's certificate ${seems}.${amount} Set the clock (timedatectl set-ntp true, or date -s). Nothing was sent, and the token is still good.`
}

export const enrol = async (enrolment: Enrolment): Promise<Enrolled> => {
  const {
    url,
    token,
    hostname,
    version,
    signal,
    makeKeys = generateKeys,
    clock = createAgentClock(),
  } = enrolment
  const [, secret = "", fingerprint = ""] = token.split(".")
  try {
    const agentApiUrl = new URL(url)
    const root = await fetchRoot(agentApiUrl, fingerprint, signal)
    if (!root.ok) return root
    const keys = await makeKeys()
    const body: EnrolRequest = {
      protocol: PROTOCOL,
      secret,
      csrPem: requestCertificate(keys, hostname),
      hostname,
      version,
    }
    const agent = trustOnly(root.rootPem, undefined, () =>
      clock.isMeasured() ? clock.now() : null,
    )
    const send = async (): Promise<Enrolled | EnrolAnswer> => {
      const bytes = Buffer.from(JSON.stringify(body))
      const enrolUrl = new URL(PATHS.enrol, agentApiUrl)
      const requestOptions = {
        method: "POST",
        url: enrolUrl,
        agent,
        body: { bytes, gzip: false },
        timeoutMs: TIMEOUT_MS,
        signal,
      } as const
      try {
        return outcomeOf(await request(requestOptions))
      } catch (error) {
        const cause = error instanceof Unreachable ? error.cause : null
        if (!(cause instanceof ServerDateError)) throw error
        return (
          (await checkByServerTime(cause, agentApiUrl, root.rootPem, clock, signal)) ??
          (await send())
        )
      }
    }
    try {
      const answer = await send()
      if ("ok" in answer) return answer
      if (
        answer.rootPem.trim() !== root.rootPem.trim() &&
        !checkRoot(answer.rootPem, fingerprint).ok
      )
        return failed(
          "fingerprint-mismatch",
          "The enrolment was answered with another root than the token's.",
        )
      const { name, certificatePem, chainPem, renewAfterMs } = answer
      const certificate = {
        certificatePem,
        chainPem,
        rootPem: root.rootPem,
        renewAfterMs,
        tokenHash: hashToken(token),
      }
      return {
        ok: true,
        identity: {
          url: agentApiUrl.origin,
          agent: answer.agent,
          name,
          keyPem: keys.privatePem,
          ...certificate,
        },
      }
    } finally {
      agent.destroy()
    }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    return failed("unreachable", error.message)
  }
}
