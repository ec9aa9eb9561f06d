/** Reads request bodies for all listeners, bounded as sent, as inflated and in the JSON. */
import { isUtf8 } from "node:buffer"
import type { IncomingMessage } from "node:http"
import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import { HttpError } from "./http-error.ts"
import { type JsonBounds, jsonExcess } from "./json-bounds.ts"

const inflate = promisify(gunzip)

export type BodyBounds = JsonBounds & {
  readonly sentBytes: number
  /** Null: gzip is not accepted. */
  readonly inflatedBytes: number | null
  /** How much of a rejected body is read to its end, so that the client sees the answer. */
  readonly drain: DrainLimits
}
export type DrainLimits = { readonly bytes: number; readonly ms: number }

const malformed = (message: string, cause?: unknown): HttpError =>
  new HttpError(400, "malformed", message, {
    fields: [{ path: "body", code: "field.text", params: { text: message } }],
    cause,
  })

const tooLarge = (how: "as sent" | "inflated", maxBytes: number): HttpError => {
  const message = `The body is larger than ${maxBytes} bytes ${how}.`
  return new HttpError(413, "too-large", message, {
    fields: [
      { path: "body", code: "field.max-bytes", params: { maxBytes, inflated: how === "inflated" } },
    ],
  })
}
const brokenOff = (): Error =>
  Object.assign(new Error("the sender went away"), { code: "ECONNRESET" })

/**
 * Reads and drops the rest of a body within `limits`. A client that is still sending sees a broken
 * pipe instead of its answer.
 */
export const drain = (request: IncomingMessage, limits: DrainLimits): Promise<void> =>
  new Promise((resolve) => {
    if (request.complete || request.destroyed) return resolve()
    let bytes = 0
    const end = (): void => {
      clearTimeout(timer)
      request.off("data", count)
      resolve()
    }
    const count = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes > limits.bytes) end()
    }
    const timer = setTimeout(end, limits.ms)
    request.on("data", count)
    request.once("end", end)
    request.once("close", end)
    request.resume()
  })

/** Throws an HttpError of 413 where the body is longer. */
const readBytes = async (request: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge("as sent", maxBytes)
  if (request.destroyed && !request.readableEnded) throw brokenOff()
  const chunks: Buffer[] = []
  let bytes = 0
  // Not `for await`: leaving that early destroys the request, and nobody could be answered.
  await new Promise<void>((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBytes) return chunks.push(chunk)
      chunks.length = 0
      return reject(tooLarge("as sent", maxBytes))
    })
    request.once("end", resolve)
    request.once("error", reject)
    request.once("close", () => reject(brokenOff()))
  })
  return Buffer.concat(chunks)
}

const isTooLong = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"
const inflated = async (bytes: Buffer, maxBytes: number): Promise<Buffer> => {
  try {
    return await inflate(bytes, { maxOutputLength: maxBytes })
  } catch (cause) {
    throw isTooLong(cause)
      ? tooLarge("inflated", maxBytes)
      : malformed("The body is not gzip.", cause)
  }
}

const utf8 = (bytes: Buffer): string => {
  if (isUtf8(bytes)) return bytes.toString("utf8")
  throw malformed("The body is not UTF-8.")
}

const rejectEncoding = (isGzipAccepted: boolean): HttpError =>
  new HttpError(
    415,
    "encoding-unsupported",
    `Send the body ${isGzipAccepted ? "plain or with gzip" : "plain, without Content-Encoding"}.`,
  )

const read = async (
  request: IncomingMessage,
  bounds: BodyBounds,
  decode: (bytes: Buffer) => string,
): Promise<unknown> => {
  const encoding = request.headers["content-encoding"] ?? "identity"
  const isGzip = encoding === "gzip" && bounds.inflatedBytes !== null
  if (encoding !== "identity" && !isGzip) throw rejectEncoding(bounds.inflatedBytes !== null)
  const sent = await readBytes(request, bounds.sentBytes)
  const bytes = isGzip ? await inflated(sent, bounds.inflatedBytes ?? 0) : sent
  const excess = jsonExcess(bytes, bounds)
  if (excess === "too-deep")
    throw malformed(`The body's JSON is nested more than ${bounds.depth} levels deep.`)
  if (excess !== null)
    throw malformed("The body's JSON holds more values than any message of this interface.")
  const text = decode(bytes)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 200) : "cannot be parsed"
    throw malformed(`The body is not JSON: ${why}`, cause)
  }
}

const PIECE_TYPE = "application/octet-stream"
const DRAIN: DrainLimits = { bytes: 256 * 1024, ms: 500 }
/** The body's bytes as they are. Throws as `readJson` does. */
export const readPlain = async (
  request: IncomingMessage,
  maxBytes: number,
  limits: DrainLimits,
): Promise<Buffer> => {
  try {
    if (request.headers["content-encoding"] !== undefined) throw rejectEncoding(false)
    return await readBytes(request, maxBytes)
  } catch (error) {
    if (error instanceof HttpError) await drain(request, limits)
    throw error
  }
}

/** Bytes of a file. A form of another site cannot send this type. Throws as `readJson` does. */
export const readPiece = async (request: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  try {
    if (request.headers["content-type"] !== PIECE_TYPE)
      throw new HttpError(415, "not-bytes", `Send the body with Content-Type: ${PIECE_TYPE}.`)
    if (request.headers["content-encoding"] !== undefined) throw rejectEncoding(false)
    return await readBytes(request, maxBytes)
  } catch (error) {
    if (error instanceof HttpError) await drain(request, DRAIN)
    throw error
  }
}

/**
 * The body's JSON, within `bounds`. Throws an HttpError (400, 413, 415) after draining the rest,
 * or an error with code ECONNRESET if the client went away.
 */
export const readJson = async (
  request: IncomingMessage,
  bounds: BodyBounds,
  decode: (bytes: Buffer) => string = utf8,
): Promise<unknown> => {
  try {
    return await read(request, bounds, decode)
  } catch (error) {
    if (error instanceof HttpError) await drain(request, bounds.drain)
    throw error
  }
}
