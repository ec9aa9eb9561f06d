/**
 * The keys with which routers push, and the secrets of links that deliver a script once. Shown
 * once; stored as hashes. Pure except for randomness.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { RouterKey } from "@ispvm/wire/push"
import type { CompanionKey } from "../../api/companion.ts"

/** How long an older key stays valid beside a newer one that is not in use yet. */
export const OVERLAP_MS = 24 * 3_600_000
export const LINK_LIFE_MS = 15 * 60_000

export const hashSecret = (secret: string): Buffer => createHash("sha256").update(secret).digest()

export type NewKey = { readonly id: string; readonly text: string; readonly secretHash: Buffer }
/** 96 bits identify it, 256 authenticate it. */
export const newKey = (): NewKey => {
  const id = randomBytes(12).toString("base64url")
  const secret = randomBytes(32).toString("base64url")
  return { id, text: `ispvmr1.${id}.${secret}`, secretHash: hashSecret(secret) }
}
/** Has the form of a key but is none: used in previews. */
export const MASKED_KEY = `ispvmr1.${"x".repeat(16)}.${"x".repeat(43)}`

export const readKey = (text: string): { readonly id: string; readonly secret: string } | null => {
  const parsed = RouterKey.safeParse(text)
  if (!parsed.success) return null
  const [, id = "", secret = ""] = parsed.data.split(".")
  return { id, secret }
}
export const isSecretOf = (secret: string, hash: Buffer): boolean => {
  const shown = hashSecret(secret)
  return shown.length === hash.length && timingSafeEqual(shown, hash)
}

export const LINK_SECRET = /^[A-Za-z0-9_-]{43}$/
export const newLinkSecret = (): string => randomBytes(32).toString("base64url")

export type KeyLife = { readonly expiresAtMs: number | null; readonly revokedAtMs: number | null }
/** Only one key is active at a time: a newer one limits the validity of the older ones. */
export const stateOf = (
  { expiresAtMs, revokedAtMs }: KeyLife,
  nowMs: number,
): CompanionKey["state"] => {
  if (revokedAtMs !== null) return "revoked"
  if (expiresAtMs === null) return "active"
  return nowMs < expiresAtMs ? "overlapping" : "expired"
}

export type KeyReason = "key-malformed" | "key-unknown" | "key-revoked" | "key-expired"
export const checkKey = (life: KeyLife, nowMs: number): "good" | "key-revoked" | "key-expired" => {
  const state = stateOf(life, nowMs)
  return state === "revoked" ? "key-revoked" : state === "expired" ? "key-expired" : "good"
}

export type LinkReason = "link-unknown" | "link-used" | "link-expired" | "script-impossible"
export type LinkLife = { readonly expiresAtMs: number; readonly usedAtMs: number | null }
export const checkLink = (
  { expiresAtMs, usedAtMs }: LinkLife,
  nowMs: number,
): "good" | "link-used" | "link-expired" => {
  if (usedAtMs !== null) return "link-used"
  return nowMs < expiresAtMs ? "good" : "link-expired"
}
