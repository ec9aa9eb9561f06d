/**
 * The master key of all encryption: from the environment, or generated once into a file beside
 * (never in) the database.
 */
import { randomBytes } from "node:crypto"
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const EXPECTED = "expected 32 bytes as 64 hex digits or 44 characters of base64"

export const parseMasterKey = (text: string): Buffer | null => {
  const trimmed = text.trim()
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return Buffer.from(trimmed, "hex")
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return null
  const key = Buffer.from(trimmed, "base64url")
  return key.length === 32 ? key : null
}

/**
 * `given` is ENCRYPTION_MASTER_KEY. A database restored without its key file lists credentials, but
 * cannot decrypt them.
 */
export const loadMasterKey = (configured: string | null, dataDir: string): Buffer => {
  const file = join(dataDir, "master.key")
  if (configured === null && !existsSync(file)) {
    writeFileSync(file, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" })
  }
  if (configured === null) chmodSync(file, 0o600)
  const key = parseMasterKey(configured ?? readFileSync(file, "utf8"))
  if (key === null)
    throw new Error(`${configured === null ? file : "ENCRYPTION_MASTER_KEY"}: ${EXPECTED}`)
  return key
}
