/** Whose certificate is this, and does it count now? The facts are read anew for every request; the decision is pure. */
import type { X509Certificate } from "node:crypto"
import { canonicalSerial } from "@ispvm/pki"

/** A client's certificate as TLS showed it; what cannot change while the connection lives. */
export type PeerCertificate = {
  readonly serial: string
  readonly fingerprint: string
  readonly notAfterMs: number
  readonly notBeforeMs: number
  /** Signed by one of our issuing authorities. */
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
 * The beginning of a certificate was written by our own clock. One that is ours and on record, and begins a little later than now,
 * tells that this clock has been set back since: shutting its agent out until then would blind us to all it monitors.
 */
const CLOCK_SET_BACK_MS = 25 * 3_600_000

/** Before the database is asked: what the certificate says by itself. */
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
    "This path needs the client certificate that an agent gets when it enrols.",
  "certificate-foreign":
    "The client certificate was not issued to an agent by this appliance. Enrol with a new token.",
  "certificate-not-yet-valid":
    "The client certificate is not valid yet: the appliance's clock is behind.",
  "certificate-expired": "The client certificate has expired. Enrol with a new token.",
  "certificate-unknown":
    "The client certificate is not on record here: its agent was removed. Enrol with a new token.",
  "certificate-revoked":
    "The client certificate was revoked. Enrol with a new token if this agent shall come back.",
}
export const certificateSentence = (reason: Exclude<CertificateReason, "good">): string =>
  SENTENCES[reason]
