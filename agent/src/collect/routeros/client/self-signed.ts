/** A self-signed certificate like that of a router, for tests of TLS. */
import { generateKeyPairSync } from "node:crypto"
import forge from "node-forge"
import { fingerprintOf } from "./dial.ts"

export type SelfSigned = {
  readonly key: string
  readonly cert: string
  readonly fingerprint: string
}

export const selfSigned = (commonName: string): SelfSigned => {
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  })
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey)
  certificate.serialNumber = "01"
  certificate.validity.notBefore = new Date("2020-01-01T00:00:00Z")
  // Long expired: routers rarely renew theirs.
  certificate.validity.notAfter = new Date("2021-01-01T00:00:00Z")
  certificate.setSubject([{ name: "commonName", value: commonName }])
  certificate.setIssuer([{ name: "commonName", value: commonName }])
  certificate.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create())
  const cert = forge.pki.certificateToPem(certificate)
  const der = Buffer.from(cert.replace(/-----[A-Z ]+-----|\s/g, ""), "base64")
  return { key: pair.privateKey, cert, fingerprint: fingerprintOf(der) }
}
