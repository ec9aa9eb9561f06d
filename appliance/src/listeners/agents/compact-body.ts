/** The body of a request with a compact batch: read, bounded and decoded. */
import type { IncomingMessage } from "node:http"
import { LIMITS } from "@ispvm/wire"
import { COMPACT_TYPE, type CompactBatch, CompactError, decodeBatch } from "@ispvm/wire/compact"
import { type BodyBounds, readPlain } from "../../platform/http/body.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { measureJson } from "../../platform/http/json-bounds.ts"

export const isCompactRequest = ({ headers }: IncomingMessage): boolean =>
  headers["content-type"] === COMPACT_TYPE

/** The JSON of all sections together is bounded as a batch of JSON is. */
const jsonCheck = (bounds: BodyBounds): ((json: Buffer) => void) => {
  let marks = bounds.marks
  return (json) => {
    const measured = measureJson(json, { ...bounds, marks })
    if (measured.excess === "too-deep")
      throw new CompactError(`its JSON is nested more than ${bounds.depth} levels deep`)
    if (measured.excess !== null) throw new CompactError("its JSON has too many values")
    marks -= measured.marks
  }
}

/** Throws an HttpError of 400 or 413, as for a batch of JSON. */
export const readCompactBatch = async (
  request: IncomingMessage,
  bounds: BodyBounds,
): Promise<CompactBatch> => {
  const bytes = await readPlain(request, bounds.sentBytes, bounds.drain)
  try {
    return decodeBatch(bytes, {
      items: LIMITS.batchItems,
      values: bounds.marks,
      inflatedBytes: bounds.inflatedBytes ?? bounds.sentBytes,
      checkJson: jsonCheck(bounds),
    })
  } catch (cause) {
    if (!(cause instanceof CompactError)) throw cause
    const message = `The compact batch cannot be read: ${cause.message}.`
    throw new HttpError(400, "malformed", message, { cause })
  }
}
