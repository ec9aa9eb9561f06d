/** Backups in S3-compatible storage, in parts, because the size is not known before the end. */
import { AwsClient } from "aws4fetch"
import { BackupError } from "../backup-error.ts"
import type { Target } from "./target.ts"

export type S3Options = {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly prefix: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}
const MB = 1024 * 1024
/** The least that S3 takes is 5 MB, the most parts are 10,000: 160 GB. */
const PART_BYTES = 16 * MB
const ANSWER_MS = 120_000
const MAX_ERROR_CHARACTERS = 300

export const s3Target = (options: S3Options): Target => {
  const { endpoint, region, bucket, prefix } = options
  const base = `${endpoint.replace(/\/$/, "")}/${bucket}/${prefix}${prefix === "" || prefix.endsWith("/") ? "" : "/"}`
  const client = new AwsClient({ ...options, service: "s3", region, retries: 2 })
  const send: Send = async (method, path, body) => {
    const init = { method, signal: AbortSignal.timeout(ANSWER_MS), ...(body ? { body } : {}) }
    const answer = await client.fetch(`${base}${path}`, init).catch(fail)
    if (answer.ok) return answer
    return fail(new Error(errorOf(answer.status, await answer.text())))
  }
  return {
    name: base,
    write: (file, content) => upload(send, file, content),
    read: (file) => download(send, file),
    // An object that is not there is none to S3 either.
    remove: async (file) => void (await send("DELETE", file)),
  }
}
type Send = (
  method: "GET" | "PUT" | "POST" | "DELETE",
  path: string,
  body?: Uint8Array<ArrayBuffer> | string,
) => Promise<Response>

const fail = (cause: unknown): never => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const reason = inner instanceof Error ? inner.message : String(inner)
  throw new BackupError({ code: "backup.target", params: { reason } }, cause)
}

/** S3 answers XML; one element is all that is needed of it. */
const elementOf = (xml: string, name: string): string | null =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? null
const errorOf = (status: number, xml: string): string =>
  [`HTTP ${status}`, elementOf(xml, "Code"), elementOf(xml, "Message")]
    .filter((part) => part !== null)
    .join(", ")
    .slice(0, MAX_ERROR_CHARACTERS)

async function* partsOf(
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let part = new Uint8Array(PART_BYTES)
  let length = 0
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + PART_BYTES - length)
      part.set(piece, length)
      length += piece.length
      at += piece.length
      if (length < PART_BYTES) continue
      yield part
      part = new Uint8Array(PART_BYTES)
      length = 0
    }
  }
  if (length > 0) yield part.subarray(0, length)
}

const upload = async (
  send: Send,
  file: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> => {
  const begun = await send("POST", `${file}?uploads`)
  const id = elementOf(await begun.text(), "UploadId")
  if (id === null) return fail(new Error("the storage began no upload"))
  const query = `uploadId=${encodeURIComponent(id)}`
  try {
    const tags: string[] = []
    for await (const part of partsOf(content)) {
      const answer = await send("PUT", `${file}?partNumber=${tags.length + 1}&${query}`, part)
      await answer.arrayBuffer()
      tags.push(answer.headers.get("etag") ?? "")
    }
    const parts = tags.map(
      (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`,
    )
    const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`
    const done = await send("POST", `${file}?${query}`, body)
    // It may fail after the answer has begun with 200.
    const text = await done.text()
    if (elementOf(text, "Code") !== null) fail(new Error(errorOf(done.status, text)))
  } catch (error) {
    await send("DELETE", `${file}?${query}`).catch(() => undefined)
    throw error
  }
}

async function* download(send: Send, file: string): AsyncGenerator<Uint8Array> {
  const { body } = await send("GET", file)
  if (body !== null) yield* body
}
