/**
 * `/tool/fetch`: a real request from the router's own address, over TLS that is checked against the
 * router's trusted certificates. Failures are errors with the router's text.
 */
import { request as httpRequest, type IncomingMessage } from "node:http"
import { request as httpsRequest } from "node:https"
import { isIP } from "node:net"
import { type Invocation, ScriptError, type Value } from "../script/value.ts"
import { isBefore } from "./policies.ts"
import { num, str, textOf } from "./values.ts"

export type FetchContext = {
  readonly address: string
  readonly release: string
  /** Certificates the router trusts, PEM. */
  readonly authorities: readonly string[]
  /** False where no packet leaves the network; the signal ends requests when that happens. */
  readonly canReachOutside: () => boolean
  readonly abortSignal: () => AbortSignal
  readonly fileNamed: (name: string) => Buffer | null
  readonly saveFile: (name: string, bytes: Buffer) => void
}

const MAX_DATA_BYTES = 64 * 1024
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024
const IDLE_MS = 10_000
/** A cut path drops packets; the router gives up after this time. A real one waits longer. */
const CONNECT_TIMEOUT_MS = 1_500

const failure = (text: string): ScriptError => new ScriptError(`failure: ${text}`)

/** `A: b,C: d`; a comma inside a value is `\,`. An array has one header per item. */
export const headersOf = (value: Value | undefined): readonly (readonly [string, string])[] => {
  if (value === undefined) return []
  const parts =
    value.type === "array"
      ? value.items.map((item) =>
          item.key === null ? textOf(item.value) : `${item.key}: ${textOf(item.value)}`,
        )
      : textOf(value)
          .split(/(?<!\\),/)
          .map((part) => part.replaceAll("\\,", ","))
  return parts.flatMap((part) => {
    const colon = part.indexOf(":")
    if (part.trim() === "") return []
    if (colon < 1) throw failure("invalid http header")
    return [[part.slice(0, colon).trim(), part.slice(colon + 1).trim()] as const]
  })
}

type FetchRequest = {
  readonly url: URL
  readonly method: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer | null
  readonly isChecked: boolean
}

const parseRequest = (call: Invocation, context: FetchContext): FetchRequest => {
  const arg = (name: string): string => textOf(call.args.get(name) ?? { type: "nothing" })
  const text =
    arg("url") || `${arg("mode") || "http"}://${arg("address") || arg("host")}/${arg("src-path")}`
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw failure("invalid URL protocol")
  if (arg("port") !== "") url.port = arg("port")
  const upload = arg("upload") === "true" ? context.fileNamed(arg("src-path")) : null
  const data = call.args.get("http-data")
  const body = data === undefined ? upload : Buffer.from(textOf(data), "utf8")
  if (body !== null && body.length > MAX_DATA_BYTES) throw failure("http-data is too long")
  const login =
    arg("user") === ""
      ? []
      : [["Authorization", `Basic ${btoa(`${arg("user")}:${arg("password")}`)}`] as const]
  return {
    url,
    method: (arg("http-method") || (body === null ? "get" : "post")).toUpperCase(),
    headers: [...login, ...headersOf(call.args.get("http-header-field"))],
    body,
    isChecked: arg("check-certificate").startsWith("yes") || arg("check-certificate") === "true",
  }
}

const ERROR_TEXTS: Readonly<Record<string, string>> = {
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "ssl: no trusted CA certificate found (6)",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "ssl: no trusted CA certificate found (6)",
  SELF_SIGNED_CERT_IN_CHAIN: "ssl: no trusted CA certificate found (6)",
  DEPTH_ZERO_SELF_SIGNED_CERT: "ssl: no trusted CA certificate found (6)",
  ERR_TLS_CERT_ALTNAME_INVALID: "ssl: host name mismatch (6)",
  CERT_HAS_EXPIRED: "ssl: certificate expired (6)",
  CERT_NOT_YET_VALID: "ssl: certificate not yet valid (6)",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ENOTFOUND: "resolving error",
  EAI_AGAIN: "resolving error",
}

const asScriptError = (error: unknown): ScriptError => {
  if (error instanceof ScriptError) return error
  const code = error instanceof Error && "code" in error ? String(error.code) : ""
  return new ScriptError(
    `failure: ${ERROR_TEXTS[code] ?? `connection failed (${code || String(error)})`}`,
  )
}

const send = (
  request: FetchRequest,
  context: FetchContext,
  signal: AbortSignal,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { url } = request
    const host = url.hostname.replace(/^\[|\]$/g, "")
    const options = {
      host,
      port: url.port === "" ? undefined : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: request.method,
      localAddress: context.address,
      agent: false as const,
      signal,
      timeout: IDLE_MS,
      headers: {
        "user-agent": "Mikrotik/7.x Fetch",
        ...(request.body === null ? {} : { "content-length": String(request.body.length) }),
        ...Object.fromEntries(request.headers),
      },
    }
    const tls = {
      ca: [...context.authorities],
      rejectUnauthorized: request.isChecked,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    }
    const sent =
      url.protocol === "https:" ? httpsRequest({ ...options, ...tls }) : httpRequest(options)
    sent.once("response", resolve)
    sent.once("timeout", () => sent.destroy(failure("idle timeout")))
    sent.on("error", reject)
    sent.end(request.body ?? undefined)
  })

const bodyOf = async (answer: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > MAX_RESPONSE_BYTES) throw failure("not enough space")
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

/** Up to 7.12 as in v6. */
const statusText = (answer: IncomingMessage, request: FetchRequest, release: string): string => {
  const code = answer.statusCode ?? 0
  if (!isBefore(release, "7.13")) return `Fetch failed with status ${code}`
  const { hostname, port, protocol } = request.url
  return `closing connection: <${code} ${answer.statusMessage ?? ""}> ${hostname}:${port || (protocol === "https:" ? 443 : 80)} (4)`
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true })
  })

/** Waits as for packets without an answer, then fails. */
const failAfterTimeout = async (signal: AbortSignal): Promise<never> => {
  await pause(CONNECT_TIMEOUT_MS, signal)
  throw failure("connection timeout")
}

export const fetchTool = async (call: Invocation, context: FetchContext): Promise<Value> => {
  const startedAtMs = Date.now()
  const request = parseRequest(call, context)
  if (!context.canReachOutside()) return failAfterTimeout(call.signal)
  const abortSignal = context.abortSignal()
  const signal = AbortSignal.any([call.signal, abortSignal])
  let answer: IncomingMessage
  let bytes: Buffer
  try {
    answer = await send(request, context, signal)
    bytes = await bodyOf(answer)
  } catch (error) {
    call.signal.throwIfAborted()
    if (abortSignal.aborted) return failAfterTimeout(call.signal)
    throw asScriptError(error)
  }
  const code = answer.statusCode ?? 0
  if (code < 200 || code > 299) throw failure(statusText(answer, request, context.release))
  return fetchResult(call, context, request, bytes, startedAtMs)
}

/** Destination of the answer: a file by default, or a script's array with `as-value`. */
const fetchResult = (
  call: Invocation,
  context: FetchContext,
  { url }: FetchRequest,
  bytes: Buffer,
  startedAtMs: number,
): Value => {
  const arg = (name: string): string => textOf(call.args.get(name) ?? { type: "nothing" })
  const output = arg("output") || (["no", "false"].includes(arg("keep-result")) ? "none" : "file")
  if (output === "file") {
    const last = url.pathname.split("/").at(-1) ?? ""
    context.saveFile(arg("dst-path") || last || "index.html", bytes)
  }
  if (!call.flags.has("as-value")) return { type: "nothing" }
  const data = output.startsWith("user")
    ? [{ key: "data", value: str(bytes.subarray(0, MAX_DATA_BYTES).toString("utf8")) }]
    : []
  return {
    type: "array",
    items: [
      ...data,
      { key: "downloaded", value: num(Math.floor(bytes.length / 1024)) },
      {
        key: "duration",
        value: { type: "time", ns: BigInt(Date.now() - startedAtMs) * 1_000_000n },
      },
      { key: "status", value: str("finished") },
    ],
  }
}
