/**
 * A certificate of the provider's own for the UI, in place of one by the appliance's authority: two
 * files in the data folder. Agents and routers always use the appliance's own authority.
 */
import { createPrivateKey, X509Certificate } from "node:crypto"
import { readFileSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"

export const CHAIN_FILE = "ui-chain.pem"
export const KEY_FILE = "ui-key.pem"

export type OwnCertificate = {
  readonly chain: string
  readonly key: string
  readonly serial: string
  readonly subject: string
  readonly names: string
  readonly notBeforeMs: number
  readonly notAfterMs: number
}
export type CertificateFault = "not-pem" | "key-does-not-fit" | "expired"

/** Whether the UI can use the pair at this time. Pure. */
export const checkCertificate = (
  chain: string,
  key: string,
  nowMs: number,
): OwnCertificate | CertificateFault => {
  let certificate: X509Certificate
  let fits: boolean
  try {
    certificate = new X509Certificate(chain)
    fits = certificate.checkPrivateKey(createPrivateKey(key))
  } catch {
    return "not-pem"
  }
  if (!fits) return "key-does-not-fit"
  const notAfterMs = Date.parse(certificate.validTo)
  if (nowMs >= notAfterMs) return "expired"
  return {
    chain: chain.endsWith("\n") ? chain : `${chain}\n`,
    key,
    serial: certificate.serialNumber,
    subject: certificate.subject.replaceAll("\n", ", "),
    names: certificate.subjectAltName ?? "",
    notBeforeMs: Date.parse(certificate.validFrom),
    notAfterMs,
  }
}

/** Null: there is none; the appliance's authority makes one. */
export const readOwnCertificate = (
  dataDir: string,
  nowMs: number,
): OwnCertificate | CertificateFault | null => {
  let texts: readonly [string, string]
  try {
    texts = [
      readFileSync(join(dataDir, CHAIN_FILE), "utf8"),
      readFileSync(join(dataDir, KEY_FILE), "utf8"),
    ]
  } catch {
    return null
  }
  return checkCertificate(...texts, nowMs)
}

/** Changes whenever the files do. */
export const ownCertificateVersion = (dataDir: string): string => {
  try {
    const { mtimeMs, ino } = statSync(join(dataDir, CHAIN_FILE))
    return `${ino} ${mtimeMs}`
  } catch {
    return ""
  }
}

export const removeOwnCertificate = (dataDir: string): void => {
  for (const name of [CHAIN_FILE, KEY_FILE]) rmSync(join(dataDir, name), { force: true })
}
