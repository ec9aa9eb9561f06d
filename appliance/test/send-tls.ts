/** One HTTPS request to a listener on loopback. */
import https from "node:https"
import { text } from "node:stream/consumers"

export type TlsRequest = {
  readonly port: number
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Text and bytes as they are, anything else as JSON; null or undefined: none. */
  readonly body?: unknown
  /** The root to trust; null: any certificate. */
  readonly ca: string | null
  readonly cert?: string
  readonly key?: string
  readonly localAddress?: string
  /** By default a connection of its own. */
  readonly agent?: https.Agent | false
}
export type TlsAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  /** Empty if the text is no JSON object. */
  readonly json: Record<string, unknown>
}

const parseJson = (text: string): Record<string, unknown> => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
const bytesOf = (body: unknown): string | Buffer | undefined => {
  if (body === null || body === undefined) return undefined
  return typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body)
}

export const sendTls = ({ ca, body, headers = {}, ...request }: TlsRequest): Promise<TlsAnswer> =>
  new Promise((resolve, reject) => {
    const trust = ca === null ? { rejectUnauthorized: false } : { ca }
    const options = { host: "127.0.0.1", agent: false, headers, ...request, ...trust }
    const sent = https.request(options, (response) => {
      const { statusCode: status = 0, headers } = response
      text(response).then(
        (text) => resolve({ status, headers, text, json: parseJson(text) }),
        reject,
      )
    })
    sent.on("error", reject)
    sent.end(bytesOf(body))
  })
