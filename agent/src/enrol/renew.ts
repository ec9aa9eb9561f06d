/** A new certificate before the old one ends, with a new key each time; the old pair works until the new one is safely written. */
import { X509Certificate } from "node:crypto"
import type { Uplink } from "../transport/uplink.ts"
import { requestCertificate } from "./csr.ts"
import { generateKeys, type Identity } from "./keys.ts"

/** `renewAfterMs` comes from the appliance and lies at two thirds of the certificate's life. */
export const isRenewalDue = (identity: Identity, nowMs: number): boolean => nowMs >= identity.renewAfterMs

/** An answer that does not fit the key just made is refused: swapping it in would lock this agent out. */
export const renew = async (identity: Identity, uplink: Uplink, signal: AbortSignal): Promise<Identity> => {
  const keys = await generateKeys()
  const answer = await uplink.renew(requestCertificate(keys, identity.name), signal)
  const publicPem = new X509Certificate(answer.certificatePem).publicKey.export({ type: "spki", format: "pem" })
  if (publicPem !== keys.publicPem) throw new Error("The renewed certificate is not for the key it was asked for.")
  if (answer.agent !== identity.agent) throw new Error("The renewed certificate is for another agent.")
  const { certificatePem, chainPem, renewAfterMs } = answer
  return { ...identity, keyPem: keys.privatePem, certificatePem, chainPem, renewAfterMs }
}
