import { ApiError, problemOf } from "./problem.ts"
import { visible } from "./visible.ts"

export type Body = object
type Ask = Readonly<Record<string, string | number | boolean | undefined>>

/** One request to the appliance: same origin, the session's cookie, JSON both ways, and a deadline. */
export const createCall = (fetcher: typeof fetch, onLoggedOut: () => void) => {
  const call = async (method: string, path: string, body: Body | undefined, deadlineMs: number): Promise<unknown> => {
    const answer = await send(method, path, body, deadlineMs)
    if (answer.status === 204) return undefined
    const text = await answer.text()
    const parsed = parseJson(text)
    if (answer.ok) return parsed
    if (answer.status === 401) onLoggedOut()
    throw problemOf(answer.status, parsed)
  }

  const send = async (method: string, path: string, body: Body | undefined, deadlineMs: number): Promise<Response> => {
    try {
      return await fetcher(`/api/v1${path}`, {
        method,
        credentials: "same-origin",
        headers:
          body === undefined
            ? { accept: "application/json" }
            : { accept: "application/json", "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(deadlineMs),
      })
    } catch (cause) {
      const late = cause instanceof DOMException && cause.name === "TimeoutError"
      const message = late
        ? `The appliance did not answer within ${deadlineMs / 1_000} s.`
        : "The appliance cannot be reached. Check that it runs and that this machine is online."
      throw new ApiError(0, late ? "timeout" : "unreachable", message, [], { cause })
    }
  }

  // The answer's shape is the contract's: both ends are built from the same schemas, so it is named here and not parsed twice.
  return {
    get: async <T>(path: string, ask: Ask = {}): Promise<T> => (await call("GET", path + queryText(ask), undefined, 20_000)) as T,
    post: async <T>(path: string, body: Body, deadlineMs = 20_000): Promise<T> =>
      (await call("POST", path, body, deadlineMs)) as T,
    put: async <T>(path: string, body: Body): Promise<T> => (await call("PUT", path, body, 20_000)) as T,
    patch: async (path: string, body: Body): Promise<void> => {
      await call("PATCH", path, body, 20_000)
    },
    remove: async (path: string): Promise<void> => {
      await call("DELETE", path, undefined, 20_000)
    },
  }
}

const queryText = (ask: Ask): string => {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(ask)) if (value !== undefined) query.set(key, String(value))
  return query.size === 0 ? "" : `?${query}`
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(visible(text))
  } catch {
    return undefined
  }
}
