import { escapeHidden } from "./hidden-characters.ts"
import { ApiError, problemOf } from "./problem.ts"

export type Body = object
type QueryParams = Readonly<Record<string, string | number | boolean | undefined>>

/** One request to the appliance: same origin, the session's cookie, JSON both ways, and a deadline. */
export const createCall = (fetcher: typeof fetch, onLoggedOut: () => void) => {
  const call = async (
    method: string,
    path: string,
    body: Body | undefined,
    deadlineMs: number,
  ): Promise<unknown> => {
    const response = await send(method, path, body, deadlineMs)
    if (response.status === 204) return undefined
    const text = await response.text()
    const parsed = parseJson(text)
    if (response.ok) return parsed
    if (response.status === 401) onLoggedOut()
    throw problemOf(response.status, parsed)
  }

  const send = async (
    method: string,
    path: string,
    body: Body | undefined,
    deadlineMs: number,
  ): Promise<Response> => {
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
      const isTimeout = cause instanceof DOMException && cause.name === "TimeoutError"
      const message = isTimeout
        ? `The appliance did not answer within ${deadlineMs / 1_000} s.`
        : "The appliance cannot be reached. Check that it runs and that this machine is online."
      throw new ApiError(0, isTimeout ? "timeout" : "unreachable", message, [], { cause })
    }
  }

  // The answer's shape is the contract's: both ends are built from the same schemas, so it is named here and not parsed twice.
  return {
    get: async <T>(path: string, params: QueryParams = {}): Promise<T> =>
      (await call("GET", path + queryString(params), undefined, 20_000)) as T,
    post: async <T>(path: string, body: Body, deadlineMs = 20_000): Promise<T> =>
      (await call("POST", path, body, deadlineMs)) as T,
    put: async <T>(path: string, body: Body): Promise<T> =>
      (await call("PUT", path, body, 20_000)) as T,
    patch: async (path: string, body: Body): Promise<void> => {
      await call("PATCH", path, body, 20_000)
    },
    remove: async (path: string): Promise<void> => {
      await call("DELETE", path, undefined, 20_000)
    },
  }
}

const queryString = (params: QueryParams): string => {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(params))
    if (value !== undefined) query.set(key, String(value))
  return query.size === 0 ? "" : `?${query}`
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(escapeHidden(text))
  } catch {
    return undefined
  }
}
