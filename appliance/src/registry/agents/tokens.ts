/** Enrolment tokens: generated once, shown once, used once. Only their hash is kept. Pure. */
import { createHash, randomBytes } from "node:crypto"

export const TOKEN_LIFE_MS = 10 * 60_000

export type Token = {
  readonly text: string
  readonly secretHash: Buffer
  readonly expiresAtMs: number
}
export type TokenReason = "good" | "token-unknown" | "token-used" | "token-expired"
export type TokenRow = { readonly expiresAtMs: number; readonly usedAtMs: number | null }

export const hashSecret = (secret: string): Buffer => createHash("sha256").update(secret).digest()

/**
 * `fingerprint` is that of the root certificate: it lets the agent verify the appliance before it
 * sends anything.
 */
export const newToken = (
  fingerprint: string,
  nowMs: number,
  random: (bytes: number) => Buffer = randomBytes,
): Token => {
  const secret = random(32).toString("base64url")
  return {
    text: `ispvm1.${secret}.${fingerprint}`,
    secretHash: hashSecret(secret),
    expiresAtMs: nowMs + TOKEN_LIFE_MS,
  }
}

export const checkToken = (row: TokenRow | null, nowMs: number): TokenReason => {
  if (row === null) return "token-unknown"
  if (row.usedAtMs !== null) return "token-used"
  return nowMs < row.expiresAtMs ? "good" : "token-expired"
}

const SENTENCES: Readonly<Record<Exclude<TokenReason, "good">, string>> = {
  "token-unknown":
    "This token is unknown: it was replaced by a newer one, or it is of another appliance. Create a new token.",
  "token-used": "This token was used already. Each works once: create a new token.",
  "token-expired": "This token has expired. Each is valid for ten minutes: create a new token.",
}
export const tokenSentence = (reason: Exclude<TokenReason, "good">): string => SENTENCES[reason]

/** In single quotes for any POSIX shell. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const isPlain = (text: string): boolean => /^[A-Za-z0-9._:/@%+=-]+$/.test(text)

/**
 * The command to type on the agent's host. The token goes through standard input, because arguments
 * are visible to everybody on that host.
 */
export const enrolCommand = (url: string, token: string): string =>
  `printf '%s\\n' ${token} | npm run agent -- --url ${isPlain(url) ? url : quote(url)} --token -`
