/**
 * Requests to providers: bounded in time and size, without redirects. An error never names the
 * address, because many providers' addresses hold the secret.
 */
import type { Outcome } from "./channel.ts"

const TIMEOUT_MS = 15_000
const MAX_ANSWER_BYTES = 64 * 1024
const SHOWN_CHARS = 300
export const MAX_RETRY_AFTER_MS = 600_000

/** The request never left, or was never taken: the receiver cannot have it. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "ERR_INVALID_URL",
])
const isTls = (code: string): boolean =>
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/.test(code)

const codeOf = (error: unknown): string => {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ("code" in one && typeof one.code === "string") return one.code
    if (one.name === "TimeoutError") return "TIMEOUT"
  }
  return "UNKNOWN"
}
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "the name of the server is not known",
  EAI_AGAIN: "no DNS server answers",
  EHOSTUNREACH: "the server is out of reach",
  ENETUNREACH: "the server is out of reach",
  UND_ERR_CONNECT_TIMEOUT: "the server does not answer",
  TIMEOUT: `no answer within ${TIMEOUT_MS / 1_000} s`,
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
}

export const failureOf = (error: unknown): Extract<Outcome, { kind: "failed" }> => {
  const code = codeOf(error)
  const tls = isTls(code)
  const words = WORDS[code] ?? (tls ? "the certificate is not accepted" : "the request failed")
  return {
    kind: "failed",
    isCertain: NEVER_SENT.has(code) || tls,
    answer: `${words} (${code})`,
    retryAfterMs: null,
  }
}

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string }
export type Request = {
  readonly method?: "POST" | "PUT" | "GET"
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs?: number
}

const readBounded = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) break
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

/** Throws where no answer comes. */
export const request = async (
  url: string,
  { method = "POST", headers = {}, body, timeoutMs = TIMEOUT_MS }: Request,
  signal: AbortSignal,
): Promise<Answer> => {
  const response = await fetch(url, {
    method,
    headers: { ...headers },
    redirect: "manual",
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, headers: response.headers, text: await readBounded(response) }
}

/** `Retry-After` in seconds or as a date; null: none. At most ten minutes: news does not keep. */
export const retryAfterMs = ({ headers }: Answer, nowMs: number): number | null => {
  const given = headers.get("retry-after")
  if (given === null) return null
  const ms = /^\d+(?:\.\d+)?$/.test(given) ? Number(given) * 1_000 : Date.parse(given) - nowMs
  return Number.isFinite(ms) ? Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms)) : null
}

const MIN_SECRET_CHARS = 8
/** Of an address that is a secret: as a whole, and the parts of it that a server may repeat. */
const partsOf = (secret: string): readonly string[] => {
  if (!URL.canParse(secret)) return [secret]
  const { pathname, search, searchParams } = new URL(secret)
  const parts = [...pathname.split("/"), ...searchParams.values()]
  const long = parts.filter((part) => part.length >= MIN_SECRET_CHARS)
  const paths = pathname.length > 1 ? [`${pathname}${search}`, pathname] : []
  return [secret, ...paths, ...long, ...long.map((part) => decoded(part))]
}
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Removes what must not be shown, and control characters. */
export const shown = (text: string, secrets: readonly string[]): string => {
  let clean = text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim()
  for (const secret of secrets.flatMap(partsOf))
    if (secret.length > 3) clean = clean.replaceAll(secret, "…")
  return clean.slice(0, SHOWN_CHARS)
}

/** Bodies that will never be taken; everything else may be mended by somebody meanwhile. */
const NEVER_TAKEN = new Set([400, 410, 413, 414, 415, 422])
const TOO_MANY = 429
/** A gateway did not get the answer of the server behind it. */
const UNCERTAIN = new Set([502, 504])

/** The outcome by status alone; `ref` of a delivered one. */
export const outcomeOf = (
  answer: Answer,
  secrets: readonly string[],
  nowMs: number,
  ref: string | null = null,
): Outcome => {
  const { status, text } = answer
  const said = shown(text, secrets)
  const words = said === "" ? `HTTP ${status}` : `HTTP ${status}: ${said}`
  if (status >= 200 && status < 300) return { kind: "delivered", ref, answer: words }
  if (NEVER_TAKEN.has(status)) return { kind: "rejected", answer: words }
  return {
    kind: "failed",
    isCertain: !UNCERTAIN.has(status),
    answer: words,
    retryAfterMs: retryAfterMs(answer, nowMs) ?? (status === TOO_MANY ? 60_000 : null),
  }
}

/** Sends JSON and judges by the status; `refOf` reads the message's name from the answer. */
export const postJson = async (
  url: string,
  body: unknown,
  {
    headers = {},
    secrets,
    signal,
    nowMs,
    refOf = () => null,
  }: {
    readonly headers?: Readonly<Record<string, string>>
    readonly secrets: readonly string[]
    readonly signal: AbortSignal
    readonly nowMs: number
    readonly refOf?: (answer: unknown) => string | null
  },
): Promise<{ readonly outcome: Outcome; readonly json: unknown }> => {
  try {
    const answer = await request(
      url,
      {
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      },
      signal,
    )
    const json = parsed(answer.text)
    return { outcome: outcomeOf(answer, secrets, nowMs, refOf(json)), json }
  } catch (error) {
    return { outcome: failureOf(error), json: null }
  }
}

export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
