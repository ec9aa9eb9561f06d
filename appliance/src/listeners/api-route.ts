/** Routes of the agent API and the push API as data, and what their handlers get and give. */
import type { IncomingMessage } from "node:http"
import type { z } from "zod"
import { type BodyBounds, readJson } from "../platform/http/body.ts"
import { HttpError } from "../platform/http/http-error.ts"
import type { RateLimit } from "../platform/rate-limit.ts"

export type Reply = { readonly status: number; readonly type: string; readonly body: string }
export const json = (value: unknown, status = 200): Reply => ({
  status,
  type: "application/json; charset=utf-8",
  body: JSON.stringify(value),
})
export const text = (type: string, body: string): Reply => ({ status: 200, type, body })
export const empty = (status: 204 | 304): Reply => ({ status, type: "", body: "" })

export type Call = {
  readonly request: IncomingMessage
  readonly query: URLSearchParams
  readonly address: string
  /** How unidentified clients are counted: an IPv4 address or an IPv6 /64. */
  readonly source: string
  /** Aborted when the client goes away or the listener stops. */
  readonly signal: AbortSignal
}
export type BodySpec<S extends z.ZodType> = {
  readonly schema: S
  readonly bounds: BodyBounds
  readonly decode?: (bytes: Buffer) => string
  /** Runs before the schema; throws for bodies that must not be parsed at all. */
  readonly check?: (body: unknown) => void
}
/** `body` reads the body when it is called, so that limits come before the work of reading. */
type Input<S extends z.ZodType> = Call & { readonly body: () => Promise<z.output<S>> }

/** `identity`: who may call it, anyone or a caller that the listener has identified. */
export type ApiRoute<I> = {
  readonly method: "GET" | "POST"
  readonly path: string
  /** The connection ends with the answer. */
  readonly isLast: boolean
} & (
  | { readonly identity: "none"; readonly handle: (call: Call) => Promise<Reply> }
  | {
      readonly identity: "required"
      readonly rateLimit: RateLimit
      readonly handle: (call: Call, identity: I) => Promise<Reply>
    }
)

/** Throws 400 with the first issue by its path. */
export const parseBody = <S extends z.ZodType>(schema: S, body: unknown): z.output<S> => {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const message = `${issue?.path.join(".") || "body"}: ${issue?.message ?? "does not match"}`
  throw new HttpError(400, "malformed", message.slice(0, 300), { cause: parsed.error })
}

const noBody = async (): Promise<never> => {
  throw new Error("the route declares no body")
}
const withBody = <S extends z.ZodType>(call: Call, spec: BodySpec<S> | undefined): Input<S> => ({
  ...call,
  body:
    spec === undefined
      ? noBody
      : async () => {
          const body = await readJson(call.request, spec.bounds, spec.decode)
          spec.check?.(body)
          return parseBody(spec.schema, body)
        },
})

type Definition<S extends z.ZodType> = {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly body?: BodySpec<S>
  readonly isLast?: boolean
}

/** A route for anyone. */
export const openRoute = <I, S extends z.ZodType = z.ZodType>({
  method,
  path,
  body,
  isLast = false,
  handle,
}: Definition<S> & { readonly handle: (input: Input<S>) => Promise<Reply> }): ApiRoute<I> => ({
  method,
  path,
  isLast,
  identity: "none",
  handle: (call) => handle(withBody(call, body)),
})

/** A route for identified callers, each within `rateLimit`. */
export const identifiedRoute = <I, S extends z.ZodType = z.ZodType>({
  method,
  path,
  body,
  isLast = false,
  rateLimit,
  handle,
}: Definition<S> & {
  readonly rateLimit: RateLimit
  readonly handle: (input: Input<S>, identity: I) => Promise<Reply>
}): ApiRoute<I> => ({
  method,
  path,
  isLast,
  identity: "required",
  rateLimit,
  handle: (call, identity) => handle(withBody(call, body), identity),
})
