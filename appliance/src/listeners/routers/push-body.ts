/** A router's body: JSON in whatever code page the router wrote it in. */
import { isUtf8 } from "node:buffer"
import type { IncomingMessage } from "node:http"
import { PUSH_LIMITS } from "@ispvm/wire/push"
import { type BodyBounds, drain, readJson } from "../../platform/http/body.ts"

/** How much of a rejected push is read to its end, so that the router sees the answer. */
const DRAIN = { bytes: 256 * 1024, ms: 500 } as const
export const drainPush = (request: IncomingMessage): Promise<void> => drain(request, DRAIN)

/** The bytes alone bound the JSON: an item nested without end is rejected by itself, not the push. */
const maxBytes = PUSH_LIMITS.bodyBytes
const BOUNDS: BodyBounds = {
  sentBytes: maxBytes,
  inflatedBytes: null,
  depth: maxBytes,
  marks: maxBytes,
  members: maxBytes,
  drain: DRAIN,
}

// Names in a router's configuration are bytes: what WinBox typed is in a code page of Windows. The agent's API reads them just so.
const windows1252 = new TextDecoder("windows-1252")
const decode = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString("utf8") : windows1252.decode(bytes)

export const readPush = (request: IncomingMessage): Promise<unknown> =>
  readJson(request, BOUNDS, decode)
