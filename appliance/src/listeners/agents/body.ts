/** An agent's body: what the shared reader finds wrong, in the words of the agents' API. */
import type { IncomingMessage } from "node:http"
import { type BodyBounds, BodyError, drain, readJsonBody } from "../../platform/http/body.ts"
import { HttpError } from "../../platform/http/http-error.ts"

export type Bounds = BodyBounds

/** Of a body over the bound so much is read to its end, so that the agent gets to see the answer. */
const MAX_DRAINED_TIMES = 4
const MAX_DRAIN_MS = 5_000

/** What a fault is called; `too-deep` and `too-many-values` are `malformed` as well, for older agents know that word. */
const answerTo = (error: BodyError): HttpError => {
  const { fault, message, cause } = error
  if (fault === "too-large") return new HttpError(413, "too-large", message, { cause })
  if (fault === "encoding-unsupported") return new HttpError(415, "encoding-unsupported", message)
  return new HttpError(
    400,
    "malformed",
    fault === "not-json" || fault === "not-text" ? "The body is not JSON in UTF-8." : message,
    { cause },
  )
}

export const readJson = async (request: IncomingMessage, bounds: Bounds): Promise<unknown> => {
  try {
    return await readJsonBody(request, bounds)
  } catch (error) {
    if (!(error instanceof BodyError)) throw error
    await drain(request, bounds.sentBytes * MAX_DRAINED_TIMES, MAX_DRAIN_MS)
    if (!request.complete) request.destroy()
    throw answerTo(error)
  }
}
