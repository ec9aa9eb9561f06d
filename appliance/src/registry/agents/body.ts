/** Reads a request's body within bounds, before and after it is inflated: a small gzip can hold gigabytes. */
import type { IncomingMessage } from "node:http"
import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import { Refusal } from "./refusal.ts"

const inflate = promisify(gunzip)

export type Bounds = { readonly sentBytes: number; readonly inflatedBytes: number }

const tooLarge = (what: string, most: number): Refusal =>
  new Refusal(413, "too-large", `The body is larger than ${most} bytes ${what}.`)

/**
 * A body over the bound is read to its end, unstored, so that the sender gets to see the refusal instead of a broken pipe;
 * four times over it, the connection is simply cut.
 */
const readBytes = async (request: IncomingMessage, most: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes <= most) chunks.push(chunk)
    else chunks.length = 0
    if (bytes > most * 4) {
      request.destroy()
      break
    }
  }
  if (bytes > most) throw tooLarge("as sent", most)
  return Buffer.concat(chunks)
}

const isTooLong = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"

const inflated = async (bytes: Buffer, most: number): Promise<Buffer> => {
  try {
    return await inflate(bytes, { maxOutputLength: most })
  } catch (cause) {
    throw isTooLong(cause) ? tooLarge("inflated", most) : new Refusal(400, "malformed", "The body is not gzip.", { cause })
  }
}

export const readJson = async (request: IncomingMessage, bounds: Bounds): Promise<unknown> => {
  const encoding = request.headers["content-encoding"] ?? "identity"
  if (encoding !== "identity" && encoding !== "gzip")
    throw new Refusal(415, "encoding-unsupported", "The body may be plain or gzip, nothing else.")
  const sent = await readBytes(request, bounds.sentBytes)
  const bytes = encoding === "gzip" ? await inflated(sent, bounds.inflatedBytes) : sent
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new Refusal(400, "malformed", "The body is not JSON in UTF-8.", { cause })
  }
}
