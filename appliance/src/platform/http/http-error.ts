/** Errors that name the HTTP answer. Anything else that is thrown is a fault of the appliance. */
import type { FieldError } from "../../api/field-messages.ts"
import { textOf } from "../../messages/text.ts"

type Options = {
  readonly fields?: readonly FieldError[]
  /** When the client may try again; sent as `Retry-After`. */
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** A request that cannot be served: status, stable code for programs, sentence for people. */
export class HttpError extends Error {
  override readonly name = "HttpError"
  readonly status: number
  readonly code: string
  readonly fields: readonly FieldError[] | undefined
  readonly retryAfterMs: number | null
  constructor(status: number, code: string, message: string, options: Options = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.status = status
    this.code = code
    this.fields = options.fields
    this.retryAfterMs = options.retryAfterMs ?? null
  }
}

export const notFound = (what: string, id: string | number): HttpError =>
  new HttpError(404, "not-found", `There is no ${what} ${id}.`)
/** The path is cut: it may be long, or written to look like something else. */
export const nothingAt = (path: string): HttpError =>
  new HttpError(404, "not-found", `There is no page or endpoint at ${path.slice(0, 200)}.`)
export const conflict = (code: string, message: string): HttpError =>
  new HttpError(409, code, message)
export const forbidden = (message: string): HttpError => new HttpError(403, "forbidden", message)
/** The body or query does not match its schema; the path `body` is the body as a whole. */
export const invalid = (fields: readonly FieldError[]): HttpError =>
  new HttpError(
    422,
    "invalid",
    fields.map((field) => `${field.path || "body"}: ${textOf(field)}`).join("; "),
    { fields },
  )
export const tooManyRequests = (retryAfterMs: number): HttpError =>
  new HttpError(429, "too-many", "Too many requests. Wait for the time in Retry-After.", {
    retryAfterMs,
  })
