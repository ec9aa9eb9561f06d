/**
 * Issues certificates: forge encodes the text to be signed, OpenSSL signs it (forge's own RSA
 * blocks the event loop for 100 ms).
 */
import { createHash, type KeyObject, sign, X509Certificate } from "node:crypto"
import { isIP } from "node:net"
import forge from "node-forge"
import { canonicalSerial, newSerial, renewAfterMs, type Validity } from "./policy.ts"

declare module "node-forge" {
  namespace pki {
    /** Exists in forge but not in its types: the bytes that `cert.sign` would sign. */
    function getTBSCertificate(certificate: Certificate): asn1.Asn1
  }
}

const { asn1, pki } = forge
const UTF8: number = asn1.Type.UTF8 // The types expect a tag class here, forge a type.
const SHA256_WITH_RSA = "1.2.840.113549.1.1.11"

/** `serial` and `fingerprint` (SHA-256 of the DER) are lower-case hex. */
export type Issued = Validity & {
  readonly pem: string
  readonly serial: string
  readonly fingerprint: string
  readonly renewAfterMs: number
}
export type Signer = { readonly certificatePem: string; readonly key: KeyObject }
export type Extension = Readonly<Record<string, unknown>> & { readonly name: string }

type CertificateSpec = {
  readonly commonName: string
  readonly publicKey: KeyObject
  readonly valid: Validity
  readonly extensions: readonly Extension[]
  /** Null: self-signed. */
  readonly signer: Signer | null
  readonly key?: KeyObject
}

const fail = (message: string): never => {
  throw new Error(message)
}

const nameOf = (commonName: string): forge.pki.CertificateField[] =>
  commonName.length >= 1 && commonName.length <= 64
    ? [{ name: "commonName", value: commonName, valueTagClass: UTF8 }]
    : fail(`a common name has 1 to 64 characters, this one ${commonName.length}`)

/**
 * Strict verifiers treat names with different string types as different, so the issuer's name is
 * copied unchanged.
 */
const issuerOf = (
  signer: Signer,
): { name: forge.pki.CertificateField[]; keyIdentifier: string } => {
  const issuer = pki.certificateFromPem(signer.certificatePem)
  return {
    name: issuer.subject.attributes,
    keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes(),
  }
}

export const detailsOf = (pem: string): Issued => {
  const certificate = new X509Certificate(pem)
  const valid = {
    notBeforeMs: certificate.validFromDate.getTime(),
    notAfterMs: certificate.validToDate.getTime(),
  }
  return {
    ...valid,
    pem,
    serial: canonicalSerial(certificate.serialNumber),
    fingerprint: createHash("sha256").update(certificate.raw).digest("hex"),
    renewAfterMs: renewAfterMs(valid),
  }
}

export const makeCertificate = ({
  commonName,
  publicKey,
  valid,
  extensions,
  signer,
  key,
}: CertificateSpec): Issued => {
  const certificate = pki.createCertificate()
  const subject = nameOf(commonName)
  const issuer = signer === null ? null : issuerOf(signer)
  certificate.publicKey = pki.publicKeyFromPem(
    publicKey.export({ type: "spki", format: "pem" }).toString(),
  )
  certificate.serialNumber = newSerial()
  certificate.validity.notBefore = new Date(valid.notBeforeMs)
  certificate.validity.notAfter = new Date(valid.notAfterMs)
  certificate.setSubject(subject)
  certificate.setIssuer(issuer?.name ?? subject)
  certificate.setExtensions([
    ...extensions,
    { name: "subjectKeyIdentifier" },
    { name: "authorityKeyIdentifier", keyIdentifier: issuer?.keyIdentifier ?? true },
  ])
  certificate.signatureOid = SHA256_WITH_RSA
  certificate.siginfo.algorithmOid = SHA256_WITH_RSA
  certificate.tbsCertificate = pki.getTBSCertificate(certificate)
  const toBeSigned = Buffer.from(asn1.toDer(certificate.tbsCertificate).getBytes(), "binary")
  const signingKey = signer?.key ?? key ?? fail("a certificate without an issuer needs its own key")
  certificate.signature = sign("sha256", toBeSigned, signingKey).toString("binary")
  return detailsOf(pki.certificateToPem(certificate).replaceAll("\r\n", "\n"))
}

export const caExtensions = (pathLength: number): readonly Extension[] => [
  { name: "basicConstraints", critical: true, cA: true, pathLenConstraint: pathLength },
  { name: "keyUsage", critical: true, keyCertSign: true, cRLSign: true },
]

/** Purpose and owner of an agent's certificate are set by the caller, never by the request. */
export const agentExtensions = (uri: string): readonly Extension[] => [
  { name: "basicConstraints", critical: true },
  { name: "keyUsage", critical: true, digitalSignature: true },
  { name: "extKeyUsage", clientAuth: true },
  { name: "subjectAltName", altNames: [{ type: 6, value: uri }] },
]

const altNameOf = (name: string): { type: number; ip?: string; value?: string } =>
  isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }

export const serverExtensions = (names: readonly string[]): readonly Extension[] => [
  { name: "basicConstraints", critical: true },
  { name: "keyUsage", critical: true, digitalSignature: true, keyEncipherment: true },
  { name: "extKeyUsage", serverAuth: true },
  { name: "subjectAltName", altNames: names.map(altNameOf) },
]
