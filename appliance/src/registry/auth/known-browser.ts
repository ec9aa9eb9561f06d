/**
 * A browser that has logged in keeps a cookie that says so. It grants nothing: it gives its account
 * a separate attempt limit, which guesses from elsewhere cannot exhaust. It is signed with a key of
 * this appliance, bound to one account, and invalid after a new password.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto"

export type KnownBrowsers = {
  /** The cookie's value for one account. */
  readonly issue: (account: string, passwordHash: string) => string
  /** Its id if `value` was issued for this account and password, else null. */
  readonly recognise: (value: string, account: string, passwordHash: string) => string | null
}

const SHAPE = /^([\w-]{16})\.([\w-]{43})$/

export const createKnownBrowsers = (key: Buffer): KnownBrowsers => {
  const sign = (id: string, account: string, passwordHash: string): Buffer => {
    const password = createHash("sha256").update(passwordHash).digest("base64url")
    return createHmac("sha256", key).update(`${id} ${account} ${password}`).digest()
  }
  return {
    issue: (account, passwordHash) => {
      const id = randomBytes(12).toString("base64url")
      return `${id}.${sign(id, account, passwordHash).toString("base64url")}`
    },
    recognise: (value, account, passwordHash) => {
      const [, id, signature] = SHAPE.exec(value) ?? []
      if (id === undefined || signature === undefined) return null
      const expected = sign(id, account, passwordHash)
      const received = Buffer.from(signature, "base64url")
      return received.length === expected.length && timingSafeEqual(received, expected) ? id : null
    },
  }
}
