/** Enrolment tokens: made once, shown once, good once. Only their hash is kept. Pure. */
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

/** `fingerprint` is the root certificate's: whoever holds the token can tell the true door from a false one before sending a word. */
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
    "This token is not known here: it was replaced by a newer one, or it is of another appliance.",
  "token-used": "This token has been used already; each works once.",
  "token-expired": "This token has expired; each lives for ten minutes.",
}
export const tokenSentence = (reason: Exclude<TokenReason, "good">): string => SENTENCES[reason]

/** In single quotes for any POSIX shell. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const isPlain = (text: string): boolean => /^[A-Za-z0-9._:/@%+=-]+$/.test(text)

/** What an operator types on the agent's host. By standard input: arguments can be read by everybody on that host. */
export const enrolCommand = (url: string, token: string): string =>
  `printf '%s\\n' ${token} | npm run agent -- --url ${isPlain(url) ? url : quote(url)} --token -`
