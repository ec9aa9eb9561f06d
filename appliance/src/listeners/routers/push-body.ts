/** A router's body: text in whatever code page a router may have written it in, and faults in the words of the push API. */
import { isUtf8 } from "node:buffer"
import type { IncomingMessage } from "node:http"
import { PUSH_LIMITS } from "@ispvm/wire/push"
import {
  type BodyBounds,
  BodyError,
  drain as drainBody,
  readJsonBody,
} from "../../platform/http/body.ts"
import { HttpError } from "../../platform/http/http-error.ts"

/** Of what is too large, so much is read to its end unstored, so that the sender sees the answer instead of a broken pipe. */
const DRAINED_BYTES = 256 * 1024
const DRAIN_MS = 500

/** Resolves when the rest of the body has come, or enough of it, or it took too long. */
export const drain = (request: IncomingMessage): Promise<void> =>
  drainBody(request, DRAINED_BYTES, DRAIN_MS)

/** Its bytes bound what the JSON can hold: one item nested without end costs itself alone, not the push. */
const maxBytes = PUSH_LIMITS.bodyBytes
const BOUNDS: BodyBounds = {
  sentBytes: maxBytes,
  inflatedBytes: null,
  depth: maxBytes,
  marks: maxBytes,
  members: maxBytes,
}

// Names in a router's configuration are bytes: what WinBox typed is in a code page of Windows. The agent's API reads them just so.
const windows1252 = new TextDecoder("windows-1252")
const decode = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString("utf8") : windows1252.decode(bytes)

export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  try {
    return await readJsonBody(request, BOUNDS, decode)
  } catch (error) {
    if (!(error instanceof BodyError)) throw error
    const { fault, message, cause } = error
    if (fault === "too-large")
      throw new HttpError(413, "too-large", `A push may be at most ${BOUNDS.sentBytes} bytes.`)
    if (fault === "encoding-unsupported")
      throw new HttpError(415, fault, "A push is sent plain, without Content-Encoding.")
    throw new HttpError(400, "malformed", message, { cause })
  }
}
