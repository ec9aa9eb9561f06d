/**
 * The text of an API token, and whether it is valid. The prefix lets scanners of repositories find
 * a token that leaked; the checksum tells a mistyped one from an unknown one without the database.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { crc32 } from "node:zlib"
import type { ApiTokenState } from "../../api/tokens.ts"

export const TOKEN_PREFIX = "ispvm_api_"
const SECRET_BYTES = 32
/** What the prefix is followed by: 43 characters of the secret, 6 of the checksum (base64url). */
const FORM = /^ispvm_api_[A-Za-z0-9_-]{49}$/
const SECRET_LENGTH = 43
const ENDING_LENGTH = 4

const checksumOf = (text: string): string => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(text))
  return bytes.toString("base64url")
}

export type NewApiToken = {
  readonly text: string
  readonly secretHash: Buffer
  readonly ending: string
}

export const newApiToken = (random: (bytes: number) => Buffer = randomBytes): NewApiToken => {
  const body = `${TOKEN_PREFIX}${random(SECRET_BYTES).toString("base64url")}`
  const text = `${body}${checksumOf(body)}`
  return { text, secretHash: hashApiToken(text), ending: text.slice(-ENDING_LENGTH) }
}

/** The whole text, so that a token differs from every other secret of 32 bytes. */
export const hashApiToken = (text: string): Buffer => createHash("sha256").update(text).digest()

export const isWellFormed = (text: string): boolean => {
  if (!FORM.test(text)) return false
  const body = text.slice(0, TOKEN_PREFIX.length + SECRET_LENGTH)
  return timingSafeEqual(Buffer.from(text.slice(body.length)), Buffer.from(checksumOf(body)))
}

/** The token in an Authorization header; null: none was sent. */
export const bearerOf = (header: string): string | null =>
  /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? null

export type TokenFacts = {
  readonly isRevoked: boolean
  readonly isExpired: boolean
  readonly isDisabled: boolean
}
/** Revocation is what a person decided, so it is named first. Pure. */
export const stateOf = ({ isRevoked, isExpired, isDisabled }: TokenFacts): ApiTokenState => {
  if (isRevoked) return "revoked"
  if (isExpired) return "expired"
  return isDisabled ? "blocked" : "active"
}
