/**
 * A backup as a file: compressed with zstd, then encrypted with age to one recipient. A local copy
 * for the automatic rollback is only compressed. `age` and `zstd` read both (docs/backup.md).
 */
import { Readable, type Transform } from "node:stream"
import { createZstdCompress, createZstdDecompress } from "node:zlib"
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption"
import { BackupError } from "./backup-error.ts"

const AGE = Buffer.from("age-encryption.org/v1")
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/
const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/

export type KeyPair = { readonly recipient: string; readonly identity: string }
/** The identity is the private part. */
export const makeKeyPair = async (): Promise<KeyPair> => {
  const identity = await generateX25519Identity()
  return { identity, recipient: await identityToRecipient(identity) }
}
export const isRecipient = (text: string): boolean => {
  if (!RECIPIENT.test(text)) return false
  try {
    new Encrypter().addRecipient(text)
    return true
  } catch {
    return false
  }
}
/** Of a key file: comments and empty lines are skipped, as age does. Null: no such key in it. */
export const findIdentity = (text: string): string | null =>
  text
    .split("\n")
    .map((line) => line.trim())
    .find((line) => IDENTITY.test(line)) ?? null

const toWeb = (bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> =>
  ReadableStream.from(bytes) as ReadableStream<Uint8Array>

/**
 * Its reader gets every error. `compose` leaves none of the transform's own errors handled once the
 * source has ended: a reader that stops after that would end the process.
 */
const through = (
  source: AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncIterable<Uint8Array> => {
  transform.on("error", () => undefined)
  return Readable.from(source, { objectMode: false }).compose(transform)
}

/** `recipient` null: not encrypted. */
export async function* sealFile(
  plain: AsyncIterable<Uint8Array>,
  recipient: string | null,
): AsyncGenerator<Uint8Array> {
  const compressed = through(plain, createZstdCompress())
  if (recipient === null) {
    yield* compressed
    return
  }
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  yield* await encrypter.encrypt(toWeb(compressed))
}

/** The start of the file decides what it is; throws BackupError for what is not ours. */
export async function* openFile(
  file: AsyncIterable<Uint8Array>,
  identity: string | null,
): AsyncGenerator<Uint8Array> {
  const { head, all } = await peek(file, AGE.length)
  const isSealed = head.equals(AGE)
  if (!isSealed && !head.subarray(0, ZSTD.length).equals(ZSTD))
    throw new BackupError({ code: "backup.not-a-backup", params: {} })
  if (isSealed && identity === null) throw new BackupError({ code: "backup.no-key", params: {} })
  const compressed = isSealed && identity !== null ? await decrypt(all, identity) : all
  const plain = through(decrypted(compressed), createZstdDecompress())
  try {
    yield* plain
  } catch (error) {
    throw asDamage(error)
  }
}

const decrypt = async (
  file: AsyncIterable<Uint8Array>,
  identity: string,
): Promise<AsyncIterable<Uint8Array>> => {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  try {
    return await decrypter.decrypt(toWeb(file))
  } catch (cause) {
    if (cause instanceof Error && /no identity matched/.test(cause.message))
      throw new BackupError({ code: "backup.wrong-key", params: {} }, cause)
    throw new BackupError({ code: "backup.damaged", params: { what: "header" } }, cause)
  }
}

async function* decrypted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (error) {
    throw asDamage(error)
  }
}

const asDamage = (error: unknown): unknown => {
  if (error instanceof BackupError) return error
  const text = String(error)
  const code = error instanceof Error && "code" in error ? String(error.code) : ""
  if (
    code === "Z_BUF_ERROR" ||
    /unexpected end|too short|truncated|stream ended|end of file/i.test(text)
  )
    return new BackupError({ code: "backup.cut-short", params: {} }, error)
  // Of the file itself: it could not be read.
  if (/^E[A-Z]+$/.test(code)) return error
  return new BackupError({ code: "backup.damaged", params: { what: "content" } }, error)
}

/** The first bytes, and everything from the start. */
const peek = async (
  file: AsyncIterable<Uint8Array>,
  size: number,
): Promise<{ head: Buffer; all: AsyncIterable<Uint8Array> }> => {
  const iterator = file[Symbol.asyncIterator]()
  const held: Uint8Array[] = []
  let length = 0
  while (length < size) {
    const { value, done } = await iterator.next()
    if (done === true) break
    held.push(value)
    length += value.length
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* held
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { head: Buffer.concat(held).subarray(0, size), all: all() }
}
