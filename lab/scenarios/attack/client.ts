/**
 * An HTTP client like a browser: keeps its cookies, sends its origin, and may use any address of
 * this machine.
 */
import { type Answer, type RequestOptions, request } from "./request.ts"

export type Client = {
  readonly send: (
    method: string,
    path: string,
    body?: unknown,
    options?: RequestOptions,
  ) => Promise<Answer>
  /** The current Cookie header. */
  readonly cookie: () => string
  readonly forgetCookie: (name: RegExp) => void
}

export const createClient = (origin: string, from = "127.0.0.1"): Client => {
  const cookies = new Map<string, string>()
  const cookie = (): string => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
  return {
    cookie,
    forgetCookie: (name) => {
      for (const known of [...cookies.keys()]) if (name.test(known)) cookies.delete(known)
    },
    send: async (method, path, body, options = {}) => {
      const sent = cookies.size === 0 ? {} : { cookie: cookie() }
      const url =
        path.startsWith("/api") || !path.startsWith("/")
          ? `${origin}${path}`
          : `${origin}/api/v1${path}`
      const headers = { origin, ...sent, ...options.headers }
      const answer = await request(url, {
        ...options,
        method,
        from: options.from ?? from,
        headers,
        ...(body === undefined ? {} : { body }),
      })
      for (const line of answer.headers["set-cookie"] ?? []) {
        const [pair = ""] = line.split(";")
        const at = pair.indexOf("=")
        cookies.set(pair.slice(0, at), pair.slice(at + 1))
      }
      return answer
    },
  }
}

/** A text field of an answer. */
export const textIn = (answer: Answer, field: string): string => {
  const value =
    typeof answer.json === "object" && answer.json !== null
      ? Reflect.get(answer.json, field)
      : undefined
  if (typeof value === "string") return value
  throw new Error(`an answer without ${field}: ${answer.status} ${answer.text.slice(0, 300)}`)
}
