/** A self-signed certificate for tests. */
import forge from "node-forge"

const DAY_MS = 86_400_000

export const makeCertificate = (
  name: string,
  days: number,
): { readonly key: string; readonly cert: string } => {
  const keys = forge.pki.rsa.generateKeyPair(2_048)
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = keys.publicKey
  certificate.serialNumber = "01"
  certificate.validity.notBefore = new Date(Date.now() - 90 * DAY_MS)
  certificate.validity.notAfter = new Date(Date.now() + days * DAY_MS)
  const subject = [{ name: "commonName", value: name }]
  certificate.setSubject(subject)
  certificate.setIssuer(subject)
  certificate.setExtensions([{ name: "subjectAltName", altNames: [{ type: 2, value: name }] }])
  certificate.sign(keys.privateKey, forge.md.sha256.create())
  return {
    key: forge.pki.privateKeyToPem(keys.privateKey),
    cert: forge.pki.certificateToPem(certificate),
  }
}
