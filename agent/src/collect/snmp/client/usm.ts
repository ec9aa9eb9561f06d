/**
 * The user-based security model: RFC 3414 (MD5, SHA-1, DES), RFC 3826 (AES-128), RFC 7860 (SHA-2).
 * For AES-192 and AES-256, both common ways to extend a key: Blumenthal's draft (net-snmp), and
 * Reeder's (Cisco; `…C` here, as in net-snmp).
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from "node:crypto"
import type { SnmpAuthProtocol, SnmpPrivProtocol } from "@ispvm/wire"

/** `macBytes`: how much of the digest is sent. */
const AUTH: Readonly<
  Record<SnmpAuthProtocol, { readonly hash: string; readonly macBytes: number }>
> = {
  MD5: { hash: "md5", macBytes: 12 },
  SHA1: { hash: "sha1", macBytes: 12 },
  SHA224: { hash: "sha224", macBytes: 16 },
  SHA256: { hash: "sha256", macBytes: 24 },
  SHA384: { hash: "sha384", macBytes: 32 },
  SHA512: { hash: "sha512", macBytes: 48 },
}
type Lengthen = "none" | "blumenthal" | "reeder"
type Privacy = { readonly cipher: string; readonly keyBytes: number; readonly lengthen: Lengthen }
const PRIV: Readonly<Record<SnmpPrivProtocol, Privacy>> = {
  // OpenSSL 3 has no single DES; triple DES with three equal keys is the same function. The other
  // half makes the IV.
  DES: { cipher: "des-ede3-cbc", keyBytes: 16, lengthen: "none" },
  AES128: { cipher: "aes-128-cfb", keyBytes: 16, lengthen: "none" },
  AES192: { cipher: "aes-192-cfb", keyBytes: 24, lengthen: "blumenthal" },
  AES256: { cipher: "aes-256-cfb", keyBytes: 32, lengthen: "blumenthal" },
  AES192C: { cipher: "aes-192-cfb", keyBytes: 24, lengthen: "reeder" },
  AES256C: { cipher: "aes-256-cfb", keyBytes: 32, lengthen: "reeder" },
}

const PASSWORD_BYTES = 1_048_576
const MAX_CACHED = 512
/**
 * By a hash of protocol and password, so that no password is a key here. The expensive half does
 * not depend on the engine.
 */
const cache = new Map<string, Buffer>()

/**
 * RFC 3414 A.2: the digest of the password repeated to a megabyte. A few milliseconds, once per
 * password.
 */
const digestOfPassword = (hash: string, password: Buffer): Buffer => {
  const name = createHash("sha256").update(`${hash}\0`).update(password).digest("base64")
  const cached = cache.get(name)
  if (cached !== undefined) return cached
  const digest = createHash(hash).update(Buffer.alloc(PASSWORD_BYTES, password)).digest()
  if (cache.size >= MAX_CACHED) cache.clear()
  cache.set(name, digest)
  return digest
}

export const localKey = (
  auth: SnmpAuthProtocol,
  password: string | Buffer,
  engineId: Buffer,
): Buffer => {
  const { hash } = AUTH[auth]
  const digest = digestOfPassword(hash, Buffer.from(password))
  return createHash(hash).update(digest).update(engineId).update(digest).digest()
}

export const macBytesOf = (auth: SnmpAuthProtocol): number => AUTH[auth].macBytes

export const macOf = (auth: SnmpAuthProtocol, key: Buffer, message: Buffer): Buffer =>
  createHmac(AUTH[auth].hash, key).update(message).digest().subarray(0, AUTH[auth].macBytes)

export const isMac = (auth: SnmpAuthProtocol, key: Buffer, message: Buffer, mac: Buffer): boolean =>
  mac.length === AUTH[auth].macBytes && timingSafeEqual(mac, macOf(auth, key, message))

export const privacyKey = (
  priv: SnmpPrivProtocol,
  auth: SnmpAuthProtocol,
  password: string,
  engineId: Buffer,
): Buffer => {
  const { keyBytes, lengthen } = PRIV[priv]
  let last = localKey(auth, password, engineId)
  let key = last
  while (key.length < keyBytes) {
    last =
      lengthen === "reeder"
        ? localKey(auth, last, engineId)
        : createHash(AUTH[auth].hash).update(key).digest()
    key = Buffer.concat([key, last])
  }
  return key.subarray(0, keyBytes)
}

/** Engine's boots and time are part of AES's initial vector. */
export type EngineTime = { readonly boots: number; readonly timeS: number }

const partsOf = (
  priv: SnmpPrivProtocol,
  key: Buffer,
  salt: Buffer,
  { boots, timeS }: EngineTime,
) => {
  if (priv === "DES") {
    const single = key.subarray(0, 8)
    return {
      key: Buffer.concat([single, single, single]),
      iv: Buffer.from(salt.map((byte, i) => byte ^ (key[8 + i] ?? 0))),
    }
  }
  const iv = Buffer.alloc(16)
  iv.writeUInt32BE(boots, 0)
  iv.writeUInt32BE(timeS, 4)
  salt.copy(iv, 8)
  return { key, iv }
}

export const encrypt = (
  priv: SnmpPrivProtocol,
  key: Buffer,
  time: EngineTime,
  plain: Buffer,
): { readonly salt: Buffer; readonly bytes: Buffer } => {
  const salt = randomBytes(8)
  const parts = partsOf(priv, key, salt, time)
  const cipher = createCipheriv(PRIV[priv].cipher, parts.key, parts.iv)
  const padded =
    priv === "DES" ? Buffer.concat([plain, Buffer.alloc((8 - (plain.length % 8)) % 8)]) : plain
  if (priv === "DES") cipher.setAutoPadding(false)
  return { salt, bytes: Buffer.concat([cipher.update(padded), cipher.final()]) }
}

/** Null if it cannot be decrypted at all; a wrong key gives bytes that are not SNMP. */
export const decrypt = (
  priv: SnmpPrivProtocol,
  key: Buffer,
  salt: Buffer,
  time: EngineTime,
  bytes: Buffer,
): Buffer | null => {
  if (salt.length !== 8 || (priv === "DES" && bytes.length % 8 !== 0)) return null
  const parts = partsOf(priv, key, salt, time)
  const decipher = createDecipheriv(PRIV[priv].cipher, parts.key, parts.iv)
  if (priv === "DES") decipher.setAutoPadding(false)
  return Buffer.concat([decipher.update(bytes), decipher.final()])
}
