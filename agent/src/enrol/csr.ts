/**
 * The certificate request. Its names are only hints: the appliance writes its own into the
 * certificate.
 */
import forge from "node-forge"
import type { Keys } from "./keys.ts"

/** PKCS #10, signed with SHA-256 by its own key, which proves possession of the key. */
export const requestCertificate = (keys: Keys, commonName: string): string => {
  const csr = forge.pki.createCertificationRequest()
  csr.publicKey = forge.pki.publicKeyFromPem(keys.publicPem)
  csr.setSubject([{ name: "commonName", value: commonName.slice(0, 64) }])
  csr.sign(forge.pki.privateKeyFromPem(keys.privatePem), forge.md.sha256.create())
  return forge.pki.certificationRequestToPem(csr)
}
