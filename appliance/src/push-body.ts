/** A router's body, read within bounds and within time; text is taken in the code page a router may have written it in. */
import { isUtf8 } from "node:buffer"
import type { IncomingMessage } from "node:http"
import { Refusal } from "./registry/agents/refusal.ts"

/** Of what is too large, so much is read to its end unstored, so that the sender sees the answer instead of a broken pipe. */
const DRAINED_BYTES = 256 * 1024
const DRAIN_MS = 500

/** Resolves when the rest of the body has come, or enough of it, or it took too long. */
export const drain = (request: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    if (request.complete || request.destroyed) return resolve()
    let bytes = 0
    const end = (): void => {
      clearTimeout(timer)
      request.off("data", take)
      resolve()
    }
    const take = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes > DRAINED_BYTES) end()
    }
    const timer = setTimeout(end, DRAIN_MS)
    request.on("data", take)
    request.once("end", end)
    request.once("close", end)
    request.resume()
  })

const tooLarge = (most: number): Refusal => new Refusal(413, "too-large", `A push may be at most ${most} bytes.`)

const brokenOff = (): Error => Object.assign(new Error("the sender went away"), { code: "ECONNRESET" })

const readBytes = async (request: IncomingMessage, most: number): Promise<Buffer> => {
  if (Number(request.headers["content-length"] ?? 0) > most) throw tooLarge(most)
  if (request.destroyed && !request.readableEnded) throw brokenOff()
  const chunks: Buffer[] = []
  let bytes = 0
  // Not `for await`: leaving that early destroys the request, and nobody could be answered.
  await new Promise<void>((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= most) chunks.push(chunk)
      else reject(tooLarge(most))
    })
    request.once("end", resolve)
    request.once("error", reject)
    request.once("close", () => reject(brokenOff()))
  })
  return Buffer.concat(chunks)
}

// Names in a router's configuration are bytes: what WinBox typed is in a code page of Windows. The agent's API reads them just so.
const windows1252 = new TextDecoder("windows-1252")

export const readJson = async (request: IncomingMessage, most: number): Promise<unknown> => {
  const encoding = request.headers["content-encoding"] ?? "identity"
  if (encoding !== "identity") throw new Refusal(415, "encoding-unsupported", "A push is sent plain, without Content-Encoding.")
  const bytes = await readBytes(request, most)
  const text = isUtf8(bytes) ? bytes.toString("utf8") : windows1252.decode(bytes)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Refusal(400, "malformed", "The body is not JSON.", { cause })
  }
}
