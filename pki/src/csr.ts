/**
 * Parses a certificate request and rejects it with a reason if anything is wrong. Only the key is
 * used; the requested subject and extensions are not even read. The request's own signature proves
 * that the sender has the key.
 */
import { createPublicKey, type KeyObject, verify } from "node:crypto"
import forge from "node-forge"
import { POLICY } from "./policy.ts"

declare module "node-forge" {
  namespace asn1 {
    /**
     * forge also accepts an object. Bit strings that happen to look like DER must stay bytes, or a
     * signature is corrupted.
     */
    function fromDer(
      bytes: string,
      options: {
        readonly strict: boolean
        readonly parseAllBytes: boolean
        readonly decodeBitStrings: boolean
      },
    ): Asn1
  }
}

const { asn1, pem: pemCodec } = forge

export type CsrRejection =
  | "too-long"
  | "not-pem"
  | "not-a-request"
  | "key-not-rsa"
  | "key-too-small"
  | "key-too-large"
  | "key-exponent"
  | "signature-algorithm"
  | "signature-wrong"

export type CsrRead =
  | { readonly ok: true; readonly key: KeyObject }
  | { readonly ok: false; readonly reason: CsrRejection; readonly message: string }

const reject = (reason: CsrRejection, message: string): CsrRead => ({ ok: false, reason, message })

const RSA = "1.2.840.113549.1.1.1"
const DIGEST_OF: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
}

type Node = forge.asn1.Asn1
const childrenOf = (node: Node | undefined, type: forge.asn1.Type): Node[] | null =>
  node?.tagClass === asn1.Class.UNIVERSAL && node.type === type && Array.isArray(node.value)
    ? node.value
    : null
const bytesOf = (node: Node | undefined, type: forge.asn1.Type): string | null =>
  node?.tagClass === asn1.Class.UNIVERSAL && node.type === type && typeof node.value === "string"
    ? node.value
    : null
const derOf = (node: Node): Buffer => Buffer.from(asn1.toDer(node).getBytes(), "binary")
const oidOf = (algorithm: Node | undefined): string | null => {
  const bytes = bytesOf(childrenOf(algorithm, asn1.Type.SEQUENCE)?.[0], asn1.Type.OID)
  return bytes === null ? null : asn1.derToOid(bytes)
}

type Parts = {
  readonly signed: Buffer
  readonly spki: Buffer
  readonly keyOid: string
  readonly signOid: string
  readonly signature: Buffer
}

const bodyOf = (text: string): string | null => {
  const [block] = pemCodec.decode(text)
  return block !== undefined && /^(?:NEW )?CERTIFICATE REQUEST$/.test(block.type)
    ? block.body
    : null
}

/** CertificationRequest of RFC 2986: SEQUENCE { info { version, subject, SPKI, … }, algorithm, BIT STRING }. */
const partsOf = (body: string): Parts | null => {
  const whole = asn1.fromDer(body, { strict: true, parseAllBytes: true, decodeBitStrings: false })
  const [info, signAlgorithm, signatureBits] = childrenOf(whole, asn1.Type.SEQUENCE) ?? []
  const spki = childrenOf(info, asn1.Type.SEQUENCE)?.[2]
  const keyOid = oidOf(childrenOf(spki, asn1.Type.SEQUENCE)?.[0])
  const signOid = oidOf(signAlgorithm)
  const signature = bytesOf(signatureBits, asn1.Type.BITSTRING)
  if (
    info === undefined ||
    spki === undefined ||
    keyOid === null ||
    signOid === null ||
    signature === null
  )
    return null
  // The first byte of a BIT STRING counts its unused bits; a signature has none.
  if (signature.charCodeAt(0) !== 0) return null
  return {
    signed: derOf(info),
    spki: derOf(spki),
    keyOid,
    signOid,
    signature: Buffer.from(signature.slice(1), "binary"),
  }
}

/**
 * forge and OpenSSL throw on anything they cannot parse: here, in the parser, that is a result and
 * not an error.
 */
const attempt = <T>(read: () => T | null): T | null => {
  try {
    return read()
  } catch {
    return null
  }
}

export const readCsr = (text: string): CsrRead => {
  if (text.length > POLICY.csrChars)
    return reject("too-long", `the request has more than ${POLICY.csrChars} characters`)
  const body = attempt(() => bodyOf(text))
  if (body === null) return reject("not-pem", "expected a PEM block BEGIN CERTIFICATE REQUEST")
  const parts = attempt(() => partsOf(body))
  if (parts === null)
    return reject("not-a-request", "the PEM block does not hold a PKCS #10 certificate request")
  if (parts.keyOid !== RSA)
    return reject(
      "key-not-rsa",
      "expected an RSA key; make the request with RSA of 2048 or 3072 bits",
    )
  const key = attempt(() => createPublicKey({ key: parts.spki, format: "der", type: "spki" }))
  const bits = key?.asymmetricKeyDetails?.modulusLength
  if (key === null || bits === undefined)
    return reject("not-a-request", "the request's public key cannot be read")
  // Sizes are checked before the signature: verifying one of a huge key is expensive work that any
  // stranger could cause.
  if (bits < POLICY.csrBits.min)
    return reject(
      "key-too-small",
      `the RSA key has ${bits} bits, at least ${POLICY.csrBits.min} are needed`,
    )
  if (bits > POLICY.csrBits.max)
    return reject(
      "key-too-large",
      `the RSA key has ${bits} bits, at most ${POLICY.csrBits.max} are taken`,
    )
  if (key.asymmetricKeyDetails?.publicExponent !== 65_537n)
    return reject("key-exponent", "the RSA key's public exponent is not 65537")
  const digest = DIGEST_OF[parts.signOid]
  if (digest === undefined)
    return reject(
      "signature-algorithm",
      "the request must be signed with RSA and SHA-256, SHA-384 or SHA-512",
    )
  const proven = attempt(() => verify(digest, parts.signed, key, parts.signature)) ?? false
  if (!proven)
    return reject("signature-wrong", "the request's signature is not by the key it holds")
  return { ok: true, key }
}
