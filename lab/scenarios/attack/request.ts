/**
 * One HTTP request from a chosen address of this machine, on a new connection unless an agent is
 * given.
 */
import http from "node:http"
import https from "node:https"

export type Answer = {
  /** 0 where no answer came: `text` has the reason. */
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  readonly json: unknown
  readonly tookMs: number
}

export type RequestOptions = {
  readonly method?: string
  readonly headers?: http.OutgoingHttpHeaders
  /** Sent as JSON unless it is bytes or text. */
  readonly body?: unknown
  /** The source address, any of 127.0.0.0/8. */
  readonly from?: string
  readonly timeoutMs?: number
  readonly tls?: Pick<https.RequestOptions, "ca" | "cert" | "key">
  readonly agent?: http.Agent | https.Agent
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const bytesOf = (body: unknown): string | Buffer | undefined =>
  body === undefined || typeof body === "string" || Buffer.isBuffer(body)
    ? body
    : JSON.stringify(body)

/** Never rejects: an attack counts every result, including connection errors. */
export const request = (url: string, options: RequestOptions = {}): Promise<Answer> => {
  const {
    method = "GET",
    headers = {},
    from = "127.0.0.1",
    timeoutMs = 10_000,
    tls = {},
    agent = false,
  } = options
  const startedMs = performance.now()
  const body = bytesOf(options.body)
  const isJson = options.body !== undefined && body !== options.body
  return new Promise((resolve) => {
    const end = (status: number, answerHeaders: http.IncomingHttpHeaders, text: string): void =>
      resolve({
        status,
        headers: answerHeaders,
        text,
        json: parsed(text),
        tookMs: performance.now() - startedMs,
      })
    const httpOptions = {
      method,
      localAddress: from,
      agent,
      headers: { ...(isJson ? { "content-type": "application/json" } : {}), ...headers },
      ...tls,
    }
    const receive = (response: http.IncomingMessage): void => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.once("end", () =>
        end(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString()),
      )
      response.once("error", (error) => end(0, {}, error.message))
    }
    const sent = url.startsWith("https:")
      ? https.request(url, httpOptions, receive)
      : http.request(url, httpOptions, receive)
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    sent.once("error", (error) => end(0, {}, error.message))
    sent.end(body)
  })
}
