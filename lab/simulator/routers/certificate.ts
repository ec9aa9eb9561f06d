/**
 * A self-signed certificate per router, as an operator creates one for `api-ssl`. P-256 takes a
 * millisecond.
 */
import { createHash, generateKeyPairSync, sign } from "node:crypto"
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { integer, oid, oidOf, TAG, wrap } from "./ber.ts"

export type Identity = {
  readonly keyPem: string
  readonly certificatePem: string
  readonly fingerprint: string
}

const ECDSA_SHA256 = wrap(TAG.sequence, oid(oidOf("1.2.840.10045.4.3.2")))
const COMMON_NAME = "2.5.4.3"
const SUBJECT_ALT_NAME = "2.5.29.17"
const BASIC_CONSTRAINTS = "2.5.29.19"
const GENERALIZED_TIME = 0x18
const YEAR_MS = 365 * 86_400_000

const time = (ms: number): Buffer =>
  wrap(GENERALIZED_TIME, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "")}`))
const bits = (bytes: Uint8Array): Buffer => wrap(TAG.bitString, Buffer.from([0]), bytes)
const extension = (id: string, value: Buffer): Buffer =>
  wrap(TAG.sequence, oid(oidOf(id)), wrap(TAG.octets, value))

export const fingerprintOf = (certificatePem: string): string =>
  createHash("sha256")
    .update(Buffer.from(certificatePem.replace(/-----[^-]+-----|\s/g, ""), "base64"))
    .digest("hex")

export const selfSign = (
  name: string,
  address: string,
  nowMs: number,
  validMs = 10 * YEAR_MS,
): Identity => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" })
  const subject = wrap(
    TAG.sequence,
    wrap(TAG.set, wrap(TAG.sequence, oid(oidOf(COMMON_NAME)), wrap(TAG.utf8, Buffer.from(name)))),
  )
  const altName = wrap(TAG.sequence, wrap(0x87, Buffer.from(address.split(".").map(Number))))
  const serial = createHash("sha256").update(`${name} ${nowMs}`).digest().subarray(0, 8)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x01
  const toBeSigned = wrap(
    TAG.sequence,
    wrap(0xa0, integer(2)),
    wrap(TAG.integer, serial),
    ECDSA_SHA256,
    subject,
    wrap(TAG.sequence, time(nowMs - 86_400_000), time(nowMs + validMs)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    wrap(
      0xa3,
      wrap(
        TAG.sequence,
        extension(SUBJECT_ALT_NAME, altName),
        extension(BASIC_CONSTRAINTS, wrap(TAG.sequence)),
      ),
    ),
  )
  const der = wrap(
    TAG.sequence,
    toBeSigned,
    ECDSA_SHA256,
    bits(sign("sha256", toBeSigned, privateKey)),
  )
  const lines = der.toString("base64").match(/.{1,64}/g) ?? []
  const certificatePem = `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`
  return {
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    certificatePem,
    fingerprint: fingerprintOf(certificatePem),
  }
}

/**
 * The router's identity from `dir`, created at the first start: a pinned fingerprint must survive a
 * restart of the lab.
 */
export const identityOf = (dir: string, name: string, address: string, nowMs: number): Identity => {
  const path = join(dir, `${name}@${address}.pem`)
  try {
    const pem = readFileSync(path, "utf8")
    const certificatePem = pem.slice(pem.indexOf("-----BEGIN CERTIFICATE"))
    return {
      keyPem: pem.slice(0, pem.indexOf("-----BEGIN CERTIFICATE")),
      certificatePem,
      fingerprint: fingerprintOf(certificatePem),
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error
  }
  const identity = selfSign(name, address, nowMs)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  writeFileSync(path, identity.keyPem + identity.certificatePem, { mode: 0o600 })
  chmodSync(path, 0o600)
  return identity
}
