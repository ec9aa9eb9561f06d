/**
 * Encryption with AES-256-GCM and the installation's master key, bound to the row it belongs to: in
 * another row it cannot be decrypted.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"

const VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Layout: version, 12 bytes nonce, 16 bytes tag, ciphertext. `place` is authenticated, not stored.
 */
export const seal = (key: Buffer, place: string, text: string): Buffer => {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(place))
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()])
  return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body])
}

export const unseal = (
  key: Buffer,
  place: string,
  sealed: Buffer,
): { ok: true; text: string } | { ok: false } => {
  const start = 1 + IV_BYTES + TAG_BYTES
  if (sealed.length < start || sealed[0] !== VERSION) return { ok: false }
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(1, 1 + IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(place))
      .setAuthTag(sealed.subarray(1 + IV_BYTES, start))
    return {
      ok: true,
      text: Buffer.concat([decipher.update(sealed.subarray(start)), decipher.final()]).toString(
        "utf8",
      ),
    }
  } catch {
    return { ok: false } // Another key, another place, or a changed byte: GCM does not say which.
  }
}
