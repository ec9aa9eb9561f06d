/** The one reader of request bodies, for all listeners: bounded as sent, as inflated, and in what the JSON may hold. */
import { isUtf8 } from "node:buffer"
import type { IncomingMessage } from "node:http"
import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import { type JsonBounds, jsonExcess } from "./json-bounds.ts"

const inflate = promisify(gunzip)

export type BodyFault =
  | "too-large"
  | "too-deep"
  | "too-many-values"
  | "encoding-unsupported"
  | "not-gzip"
  | "not-text"
  | "not-json"
/** What is wrong with a body, for each listener to put into its own words; `cause` is the parser's. */
export class BodyError extends Error {
  override readonly name = "BodyError"
  readonly fault: BodyFault
  constructor(fault: BodyFault, message: string, options: ErrorOptions = {}) {
    super(message, options)
    this.fault = fault
  }
}

export type BodyBounds = JsonBounds & {
  readonly sentBytes: number
  /** Null: gzip is not accepted. */
  readonly inflatedBytes: number | null
}

const tooLarge = (how: string, maxBytes: number): BodyError =>
  new BodyError("too-large", `The body is larger than ${maxBytes} bytes ${how}.`)
const brokenOff = (): Error =>
  Object.assign(new Error("the sender went away"), { code: "ECONNRESET" })

/** Reads on, unstored, so that the sender sees the answer instead of a broken pipe: so many bytes at most, and so long. */
export const drain = (request: IncomingMessage, maxBytes: number, maxMs: number): Promise<void> =>
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
      if (bytes > maxBytes) end()
    }
    const timer = setTimeout(end, maxMs)
    request.on("data", count)
    request.once("end", end)
    request.once("close", end)
    request.resume()
  })

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
      : new BodyError("not-gzip", "The body is not gzip.", { cause })
  }
}

const utf8 = (bytes: Buffer): string => {
  if (isUtf8(bytes)) return bytes.toString("utf8")
  throw new BodyError("not-text", "The body is not UTF-8.")
}

/** The body's JSON. Throws a `BodyError`, or a fault with code ECONNRESET where the sender went away. */
export const readJsonBody = async (
  request: IncomingMessage,
  bounds: BodyBounds,
  decode: (bytes: Buffer) => string = utf8,
): Promise<unknown> => {
  const encoding = request.headers["content-encoding"] ?? "identity"
  const isGzip = encoding === "gzip" && bounds.inflatedBytes !== null
  if (encoding !== "identity" && !isGzip) {
    const accepted =
      bounds.inflatedBytes === null ? "plain, without Content-Encoding" : "plain or by gzip"
    throw new BodyError("encoding-unsupported", `Send the body ${accepted}.`)
  }
  const sent = await readBytes(request, bounds.sentBytes)
  const bytes = isGzip ? await inflated(sent, bounds.inflatedBytes ?? 0) : sent
  const excess = jsonExcess(bytes, bounds)
  if (excess === "too-deep")
    throw new BodyError(excess, `The body's JSON is nested more than ${bounds.depth} levels deep.`)
  if (excess !== null)
    throw new BodyError(
      excess,
      "The body's JSON holds more values than any message of this interface.",
    )
  const text = decode(bytes)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new BodyError("not-json", "The body is not JSON.", { cause })
  }
}
