/**
 * Passwords as scrypt hashes that contain their cost, so that the cost can be raised without
 * locking anybody out.
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto"
import type { Cost, Derive } from "./model.ts"

/** About 0.2 s and 32 MiB per guess. */
export const COST: Cost = { n: 2 ** 15, r: 8, p: 3 }
const KEY_BYTES = 32

/**
 * On the thread pool of this process: for tests and tools. The appliance uses a worker thread
 * (`derive.ts`).
 */
const deriveHere: Derive = (password, salt, bytes, { n, r, p }) =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, bytes, { N: n, r, p, maxmem: 256 * n * r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
/** Composed and decomposed accents are the same password, whatever keyboard typed them. */
const normalized = (password: string): string => password.normalize("NFC")

export const hashPassword = async (
  password: string,
  cost: Cost = COST,
  derive: Derive = deriveHere,
): Promise<string> => {
  const salt = randomBytes(16)
  const key = await derive(normalized(password), salt, KEY_BYTES, cost)
  return [
    "scrypt",
    cost.n,
    cost.r,
    cost.p,
    salt.toString("base64url"),
    key.toString("base64url"),
  ].join("$")
}

export const checkPassword = async (
  password: string,
  hash: string,
  derive: Derive = deriveHere,
): Promise<boolean> => {
  const [scheme, n, r, p, salt = "", key = ""] = hash.split("$")
  if (scheme !== "scrypt") return false
  const cost = { n: Number(n), r: Number(r), p: Number(p) }
  const found = await derive(normalized(password), Buffer.from(salt, "base64url"), KEY_BYTES, cost)
  const expected = Buffer.from(key, "base64url")
  return expected.length === found.length && timingSafeEqual(found, expected)
}
