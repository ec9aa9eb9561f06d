/**
 * Which agent a certificate belongs to, and whether it is valid now. The record is read for each
 * request; the decision is pure.
 */
import type { X509Certificate } from "node:crypto"
import { canonicalSerial } from "@ispvm/pki"

/** The client certificate of a TLS connection; it cannot change while the connection is open. */
export type PeerCertificate = {
  readonly serial: string
  readonly fingerprint: string
  readonly notAfterMs: number
  readonly notBeforeMs: number
  /** Signed by one of the appliance's issuing authorities. */
  readonly ours: boolean
}
export type CertificateRecord = { readonly revoked: boolean; readonly expiresAtMs: number }
export type CertificateReason =
  | "good"
  | "certificate-missing"
  | "certificate-foreign"
  | "certificate-not-yet-valid"
  | "certificate-expired"
  | "certificate-unknown"
  | "certificate-revoked"

const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"

export const peerCertificateOf = (
  certificate: X509Certificate,
  signed: (certificate: X509Certificate) => boolean,
): PeerCertificate => ({
  serial: canonicalSerial(certificate.serialNumber),
  fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
  notBeforeMs: certificate.validFromDate.getTime(),
  notAfterMs: certificate.validToDate.getTime(),
  ours: (certificate.keyUsage ?? []).includes(CLIENT_AUTH) && signed(certificate),
})

/**
 * The start of validity was written by the appliance's own clock. A recorded certificate that
 * starts a little in the future shows that this clock was set back since. Rejecting the agent until
 * then would stop monitoring.
 */
const CLOCK_SET_BACK_MS = 25 * 3_600_000

/** Before the database query: what the certificate itself shows. */
export const checkPeerCertificate = (
  shown: PeerCertificate | null,
  nowMs: number,
): CertificateReason => {
  if (shown === null) return "certificate-missing"
  if (!shown.ours) return "certificate-foreign"
  if (nowMs < shown.notBeforeMs - CLOCK_SET_BACK_MS) return "certificate-not-yet-valid"
  return nowMs < shown.notAfterMs ? "good" : "certificate-expired"
}

export const checkCertificateRecord = (
  known: CertificateRecord | null,
  nowMs: number,
): CertificateReason => {
  if (known === null) return "certificate-unknown"
  if (known.revoked) return "certificate-revoked"
  return nowMs < known.expiresAtMs ? "good" : "certificate-expired"
}

const SENTENCES: Readonly<Record<Exclude<CertificateReason, "good">, string>> = {
  "certificate-missing":
    "The client certificate is missing. Enrol the agent: it gets the certificate then.",
  "certificate-foreign":
    "The client certificate was not issued by this appliance for an agent. Enrol with a new token.",
  "certificate-not-yet-valid":
    "The client certificate is not valid yet, because the appliance's clock is behind. Correct its clock.",
  "certificate-expired": "The client certificate has expired. Enrol with a new token.",
  "certificate-unknown":
    "The client certificate is unknown, because its agent was removed. Enrol with a new token.",
  "certificate-revoked":
    "The client certificate was revoked. Enrol with a new token to use this agent again.",
}
export const certificateSentence = (reason: Exclude<CertificateReason, "good">): string =>
  SENTENCES[reason]
