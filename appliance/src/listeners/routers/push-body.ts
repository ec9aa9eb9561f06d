/** A router's body: JSON in whatever code page the router wrote it in. */
import { isUtf8 } from "node:buffer"
import { PUSH_LIMITS, Push } from "@ispvm/wire/push"
import type { BodyBounds } from "../../platform/http/body.ts"
import type { BodySpec } from "../api-route.ts"

/** How much of a rejected push is read to its end, so that the router sees the answer. */
export const PUSH_DRAIN = { bytes: 256 * 1024, ms: 500 } as const

/** Only bytes are bounded: a single item nested too deep is rejected, not the whole push. */
const maxBytes = PUSH_LIMITS.bodyBytes
const BOUNDS: BodyBounds = {
  sentBytes: maxBytes,
  inflatedBytes: null,
  depth: maxBytes,
  marks: maxBytes,
  members: maxBytes,
  drain: PUSH_DRAIN,
}

// Names in a router's configuration are bytes; WinBox writes them in a Windows code page. The agent
// decodes the same names in the same way.
const windows1252 = new TextDecoder("windows-1252")
const decode = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString("utf8") : windows1252.decode(bytes)

export const PUSH_BODY: BodySpec<typeof Push> = { schema: Push, bounds: BOUNDS, decode }
