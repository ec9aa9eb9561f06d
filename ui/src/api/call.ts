import type { EndpointName, Endpoints } from "@ispvm/appliance/api/endpoints"
import type { z } from "zod"
import { t } from "../i18n/strings/strings.ts"
import { escapeHidden } from "./hidden-characters.ts"
import { ApiError, problemOf } from "./problem.ts"

type Part<N extends EndpointName, K extends string> =
  Endpoints[N] extends Readonly<Record<K, infer S extends z.ZodType>> ? S : undefined

/** Input of a query schema: a coerced value may be given as itself or as text. */
type QueryInput<S> = S extends z.ZodType
  ? {
      readonly [K in keyof z.input<S>]: unknown extends z.input<S>[K]
        ? Exclude<z.output<S>[K & keyof z.output<S>], undefined> | string | undefined
        : z.input<S>[K]
    }
  : undefined

export type BodyOf<N extends EndpointName> =
  Part<N, "body"> extends infer S extends z.ZodType ? z.input<S> : undefined
export type QueryOf<N extends EndpointName> = QueryInput<Part<N, "query">>
export type AnswerOf<N extends EndpointName> =
  Part<N, "answer"> extends infer S extends z.ZodType ? z.output<S> : undefined
type ParamsOf<N extends EndpointName> =
  Part<N, "params"> extends infer S extends z.ZodType ? z.input<S> : undefined

/** Optional if none of its fields is required. */
type Given<K extends string, T> = [T] extends [undefined]
  ? { readonly [P in K]?: undefined }
  : Record<never, never> extends T
    ? { readonly [P in K]?: T }
    : { readonly [P in K]: T }

export type RequestOf<N extends EndpointName> = Given<"params", ParamsOf<N>> &
  Given<"query", QueryOf<N>> &
  Given<"body", BodyOf<N>> & {
    readonly deadlineMs?: number
    /** In place of a JSON body, where the endpoint takes bytes. */
    readonly bytes?: Blob
  }

type AnyRequest = {
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined
  readonly body?: object | undefined
  readonly bytes?: Blob
  readonly deadlineMs?: number
}

const DEADLINE_MS = 20_000

/** Sends a request to an endpoint of the table. An error answer is thrown as ApiError. */
export type Call = <N extends EndpointName>(
  endpoint: N,
  ...request: Record<never, never> extends RequestOf<N> ? [RequestOf<N>?] : [RequestOf<N>]
) => Promise<AnswerOf<N>>

/** One request: same origin, session cookie, JSON in both directions, with a timeout. */
export const createCall = (fetcher: typeof fetch, onLoggedOut: () => void): Call => {
  // The answer is not parsed again: its type is that of the schema which the appliance's tests
  // check, and UI and appliance are of the same release.
  return async <N extends EndpointName>(endpoint: N, given?: RequestOf<N>) => {
    const request: AnyRequest = (given as AnyRequest | undefined) ?? {}
    const response = await send(fetcher, endpoint, request)
    if (response.status === 204) return undefined as AnswerOf<N>
    const text = await response.text()
    const parsed = parseJson(text)
    if (response.ok) return parsed as AnswerOf<N>
    if (response.status === 401) onLoggedOut()
    throw problemOf(response.status, parsed)
  }
}

const send = async (
  fetcher: typeof fetch,
  endpoint: EndpointName,
  request: AnyRequest,
): Promise<Response> => {
  const { params = {}, query = {}, deadlineMs = DEADLINE_MS } = request
  const content = contentOf(request)
  const [method = "", path = ""] = endpoint.split(" ")
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  )
  try {
    return await fetcher(`/api/v1${url}${queryString(query)}`, {
      method,
      credentials: "same-origin",
      headers: { accept: "application/json", ...content.type },
      ...content.body,
      signal: AbortSignal.timeout(deadlineMs),
    })
  } catch (cause) {
    const isTimeout = cause instanceof DOMException && cause.name === "TimeoutError"
    const message = isTimeout ? t.requests.timeout(deadlineMs / 1_000) : t.requests.unreachable
    throw new ApiError(0, isTimeout ? "timeout" : "unreachable", message, [], { cause })
  }
}

const contentOf = ({ body, bytes }: AnyRequest) => {
  if (bytes !== undefined)
    return { type: { "content-type": "application/octet-stream" }, body: { body: bytes } }
  if (body === undefined) return { type: {}, body: {} }
  return { type: { "content-type": "application/json" }, body: { body: JSON.stringify(body) } }
}

const queryString = (params: NonNullable<AnyRequest["query"]>): string => {
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
