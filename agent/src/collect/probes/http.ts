/**
 * One HTTP(S) request with the time of each phase, following redirects. The body is read up to a
 * limit, whatever the server sends.
 */
import http from "node:http"
import net from "node:net"
import tls from "node:tls"
import type { ProbeCheck, ProbeOutcome } from "@ispvm/wire"
import type { Locate } from "./locate.ts"
import { NO_VALUES, outcomeOfError, type ProbeValues } from "./probe-values.ts"
import { connectTcp } from "./tcp.ts"

export type HttpCheck = Extract<ProbeCheck, { kind: "http" }>
type Deps = {
  readonly locate: Locate
  readonly steady: () => number
  /** The time of the certificate's days. */
  readonly now: () => number
}
/** Of one request. Later phases are null where an earlier one failed. */
type Phases = Pick<
  ProbeValues,
  "nameMs" | "connectMs" | "tlsMs" | "firstByteMs" | "certificateDays"
>
type Answer = {
  readonly status: number
  readonly location: string | null
  readonly body: string
}
type Exchange = { readonly phases: Phases } & (
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly outcome: ProbeOutcome }
)

const MAX_BODY_BYTES = 64 * 1024
const MAX_HEADER_BYTES = 16 * 1024
const DAY_MS = 86_400_000
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const NO_PHASES: Phases = {
  nameMs: null,
  connectMs: null,
  tlsMs: null,
  firstByteMs: null,
  certificateDays: null,
}

const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, "$1")
const portOf = ({ port, protocol }: URL): number =>
  port === "" ? (protocol === "https:" ? 443 : 80) : Number(port)

/** The certificate is checked by the caller: an expired one has days as well. */
const startTls = (socket: net.Socket, host: string): Promise<tls.TLSSocket> =>
  new Promise((resolve, reject) => {
    const secure = tls.connect({
      ...{ socket, host, ALPNProtocols: ["http/1.1"], rejectUnauthorized: false },
      ...(net.isIP(host) === 0 ? { servername: host } : {}),
    })
    secure.on("error", reject)
    secure.once("close", () => reject(new Error("closed during the TLS handshake")))
    secure.once("secureConnect", () => resolve(secure))
  })

const daysLeft = (secure: tls.TLSSocket, nowMs: number): number | null => {
  const endsAtMs = Date.parse(secure.getPeerCertificate().valid_to ?? "")
  return Number.isFinite(endsAtMs) ? (endsAtMs - nowMs) / DAY_MS : null
}

/** Resolves at the end of the body, or as soon as the limit is reached. */
const readBody = (response: http.IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const done = () => resolve(Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString("utf8"))
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes < MAX_BODY_BYTES) return
      done()
      response.destroy()
    })
    response.once("end", done)
    response.once("error", reject)
    response.once("close", () => reject(new Error("the body ended early")))
  })

const ask = (
  url: URL,
  method: HttpCheck["method"],
  socket: net.Socket,
  onFirstByte: () => void,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = http.request({
      method,
      host: bareHost(url),
      path: `${url.pathname}${url.search}`,
      headers: {
        host: url.host,
        "user-agent": "ispvm-agent",
        accept: "*/*",
        "accept-encoding": "identity",
        connection: "close",
      },
      createConnection: () => socket,
      maxHeaderSize: MAX_HEADER_BYTES,
    })
    request.once("error", reject)
    request.once("response", (response) => {
      onFirstByte()
      readBody(response).then(
        (body) =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? null,
            body,
          }),
        reject,
      )
    })
    request.end()
  })

/** An HTTP parser's error begins with HPE_. */
const isNotHttp = (error: unknown): boolean =>
  error instanceof Error && "code" in error && String(error.code).startsWith("HPE_")

const exchange = async (
  { locate, steady, now }: Deps,
  url: URL,
  { method, isVerified }: HttpCheck,
  signal: AbortSignal,
): Promise<Exchange> => {
  const host = bareHost(url)
  const found = await locate(host, "access", signal)
  let phases: Phases = { ...NO_PHASES, nameMs: found.nameMs }
  if (!found.ok) return { ok: false, phases, outcome: found.outcome }
  let socket: net.Socket | null = null
  const timed = async <T>(work: Promise<T>, phase: keyof Phases): Promise<T> => {
    const startedMs = steady()
    const done = await work
    phases = { ...phases, [phase]: steady() - startedMs }
    return done
  }
  const failed = (outcome: ProbeOutcome): Exchange => ({
    ok: false,
    phases,
    outcome: signal.aborted ? "no-answer" : outcome,
  })
  try {
    const plain = await timed(connectTcp(found.ip, portOf(url), signal), "connectMs")
    socket = plain
    if (url.protocol === "https:") {
      let secure: tls.TLSSocket
      try {
        secure = await timed(startTls(plain, host), "tlsMs")
      } catch {
        return failed("tls-failed")
      }
      socket = secure
      phases = { ...phases, certificateDays: daysLeft(secure, now()) }
      if (isVerified && !secure.authorized) return failed("certificate-invalid")
    }
    const startedMs = steady()
    const answer = await ask(url, method, socket, () => {
      phases = { ...phases, firstByteMs: steady() - startedMs }
    })
    return { ok: true, phases, answer }
  } catch (error) {
    return failed(
      isNotHttp(error) ? "not-the-protocol" : (outcomeOfError(error) ?? "connection-closed"),
    )
  } finally {
    socket?.destroy()
  }
}

const outcomeOfResponse = (
  { status: [from, to], contains }: HttpCheck,
  { status, body }: Answer,
): ProbeOutcome => {
  if (status < from || status > to) return "wrong-status"
  return body.includes(contains) ? "ok" : "wrong-answer"
}

/** Null: not an HTTP(S) address. */
const nextUrl = (location: string, from: URL): URL | null => {
  if (!URL.canParse(location, from.href)) return null
  const next = new URL(location, from)
  return next.protocol === "http:" || next.protocol === "https:" ? next : null
}

/** The phases are those of the last request, the total is that of all. */
export const probeHttp = async (
  deps: Deps,
  check: HttpCheck,
  signal: AbortSignal,
): Promise<ProbeValues> => {
  const startedMs = deps.steady()
  const result = (phases: Phases, outcome: ProbeOutcome): ProbeValues => ({
    ...NO_VALUES,
    ...phases,
    outcome,
    totalMs: outcome === "ok" || phases.firstByteMs !== null ? deps.steady() - startedMs : null,
  })
  let url = new URL(check.url)
  for (let followed = 0; ; followed += 1) {
    const one = await exchange(deps, url, check, signal)
    if (!one.ok) return result(one.phases, one.outcome)
    const { answer, phases } = one
    const isRedirect = REDIRECTS.has(answer.status) && answer.location !== null
    if (!isRedirect || check.redirects === 0)
      return result(phases, outcomeOfResponse(check, answer))
    if (followed === check.redirects) return result(phases, "too-many-redirects")
    const next = nextUrl(answer.location ?? "", url)
    if (next === null) return result(phases, "wrong-answer")
    url = next
  }
}
