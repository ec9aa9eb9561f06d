/** Passwords as scrypt hashes that carry their own cost, so that the cost can be raised without locking anybody out. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto"

export type Cost = { readonly n: number; readonly r: number; readonly p: number }
/** About 0.2 s and 32 MiB a guess. */
export const COST: Cost = { n: 2 ** 15, r: 8, p: 3 }
const KEY_BYTES = 32

const derive = (password: string, salt: Buffer, { n, r, p }: Cost): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    // Composed and decomposed accents are one password, whatever keyboard typed it.
    scrypt(password.normalize("NFC"), salt, KEY_BYTES, { N: n, r, p, maxmem: 256 * n * r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })

export const hashPassword = async (password: string, cost: Cost = COST): Promise<string> => {
  const salt = randomBytes(16)
  const key = await derive(password, salt, cost)
  return ["scrypt", cost.n, cost.r, cost.p, salt.toString("base64url"), key.toString("base64url")].join("$")
}

export const checkPassword = async (password: string, hash: string): Promise<boolean> => {
  const [scheme, n, r, p, salt = "", key = ""] = hash.split("$")
  if (scheme !== "scrypt") return false
  const found = await derive(password, Buffer.from(salt, "base64url"), { n: Number(n), r: Number(r), p: Number(p) })
  const wanted = Buffer.from(key, "base64url")
  return wanted.length === found.length && timingSafeEqual(found, wanted)
}
