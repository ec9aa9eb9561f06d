/** Errors that name the HTTP answer. Anything else that is thrown is a fault of the appliance. */
import type { FieldError } from "../../api/field-messages.ts"
import type { Missing, ProblemMessage } from "../../api/problem-messages.ts"
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
  /** The sentence as data, where people meet it in the UI; null: an English sentence only. */
  readonly said: ProblemMessage | null
  readonly fields: readonly FieldError[] | undefined
  readonly retryAfterMs: number | null
  constructor(
    status: number,
    code: string,
    message: string | ProblemMessage,
    options: Options = {},
  ) {
    super(
      typeof message === "string" ? message : textOf(message),
      options.cause === undefined ? {} : { cause: options.cause },
    )
    this.said = typeof message === "string" ? null : message
    this.status = status
    this.code = code
    this.fields = options.fields
    this.retryAfterMs = options.retryAfterMs ?? null
  }
}

export const notFound = (what: Missing, id: string | number): HttpError =>
  new HttpError(404, "not-found", {
    code: "problem.not-found",
    params: { what, id: String(id).slice(0, 200) },
  })
/** The path is cut: it may be long, or written to look like something else. */
export const nothingAt = (path: string): HttpError =>
  new HttpError(404, "not-found", {
    code: "problem.no-page",
    params: { path: path.slice(0, 200) },
  })
export const conflict = (code: string, message: string | ProblemMessage): HttpError =>
  new HttpError(409, code, message)
export const forbidden = (message: ProblemMessage): HttpError =>
  new HttpError(403, "forbidden", message)
/** The body or query does not match its schema; the path `body` is the body as a whole. */
export const invalid = (fields: readonly FieldError[]): HttpError =>
  new HttpError(
    422,
    "invalid",
    fields.map((field) => `${field.path || "body"}: ${textOf(field)}`).join("; "),
    { fields },
  )
export const tooManyRequests = (retryAfterMs: number): HttpError =>
  new HttpError(
    429,
    "too-many",
    { code: "problem.too-many-requests", params: {} },
    { retryAfterMs },
  )
