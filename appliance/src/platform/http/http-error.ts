/** What the door answers instead of what was asked for: a status, a code for programs, a sentence for people. */
export class HttpError extends Error {
  override readonly name = "HttpError"
  readonly status: number
  readonly code: string
  readonly retryAfterMs: number | null
  constructor(
    status: number,
    code: string,
    message: string,
    options: { retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.status = status
    this.code = code
    this.retryAfterMs = options.retryAfterMs ?? null
  }
}

export const tooManyRequests = (retryAfterMs: number): HttpError =>
  new HttpError(429, "too-many", "Too many requests; wait as long as Retry-After says.", {
    retryAfterMs,
  })
