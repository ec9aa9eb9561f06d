/** One HTTPS request to the agent API, limited in time and size. Throws `Unreachable`. */
import https from "node:https"
import { ApiError } from "@ispvm/wire"

/** There was no answer. `message` names the request and contains no secret. */
export class Unreachable extends Error {
  override readonly name = "Unreachable"
}

/** `dateMs`: the server's Date header, not authenticated. */
export type Reply = {
  readonly status: number
  readonly retryAfterMs: number | null
  readonly body: string
  readonly dateMs: number | null
}
export type RequestOptions = {
  readonly method: "GET" | "POST"
  readonly url: URL
  readonly agent: https.Agent
  readonly body: {
    readonly bytes: Buffer
    /** JSON if omitted. */
    readonly type?: string
    readonly gzip: boolean
  } | null
  readonly timeoutMs: number
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal | null
}

const ANSWER_BYTES = 32 * 1024 * 1024

/** Retry-After is seconds or a date (RFC 9110, 10.2.3); limited to an hour. */
export const parseRetryAfter = (header: string | undefined, nowMs: number): number | null => {
  if (header === undefined) return null
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 3_600_000) : null
}

const headersFor = (options: RequestOptions): Record<string, string | number> => ({
  ...options.headers,
  accept: "application/json",
  ...(options.body === null
    ? {}
    : {
        "content-type": options.body.type ?? "application/json",
        "content-length": options.body.bytes.length,
      }),
  ...(options.body?.gzip ? { "content-encoding": "gzip" } : {}),
})

/** The deadline covers name resolution, handshake, request and the whole answer. */
export const request = (options: RequestOptions): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const { method, url, agent } = options
    const deadline = AbortSignal.timeout(options.timeoutMs)
    const signal = options.signal === null ? deadline : AbortSignal.any([deadline, options.signal])
    const fail = (error: unknown) => {
      const why = deadline.aborted
        ? `no answer in ${options.timeoutMs} ms`
        : error instanceof Error
          ? error.message
          : String(error)
      reject(new Unreachable(`${method} ${url.origin}${url.pathname}: ${why}`, { cause: error }))
    }
    const outgoing = https.request(
      url,
      { method, agent, signal, headers: headersFor(options) },
      (incoming) => {
        const chunks: Buffer[] = []
        let bytes = 0
        incoming.on("data", (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > ANSWER_BYTES)
            incoming.destroy(new Error(`the answer is larger than ${ANSWER_BYTES} bytes`))
          else chunks.push(chunk)
        })
        incoming.on("error", fail)
        incoming.on("end", () =>
          resolve({
            status: incoming.statusCode ?? 0,
            retryAfterMs: parseRetryAfter(incoming.headers["retry-after"], Date.now()),
            body: Buffer.concat(chunks).toString("utf8"),
            dateMs: Number.isNaN(Date.parse(incoming.headers.date ?? ""))
              ? null
              : Date.parse(incoming.headers.date ?? ""),
          }),
        )
      },
    )
    outgoing.on("error", fail)
    outgoing.setNoDelay(true)
    outgoing.end(options.body?.bytes)
  })

/** The error body of the agent API; another server may answer in another form. */
export const parseApiError = (reply: Reply): ApiError => {
  try {
    const { code, message } = JSON.parse(reply.body)
    return ApiError.parse({ code, message })
  } catch {
    return { code: `http-${reply.status}`, message: `The appliance answered ${reply.status}.` }
  }
}
