/**
 * The face: a certificate authority in a directory. A root that signs only issuing authorities, and an issuing one that signs the rest.
 *
 *   root.crt root.key          made once; the fingerprint of root.crt is what others pin. root.key may be kept elsewhere, it is
 *                              needed again only when the issuing authority is renewed
 *   issuing.crt issuing.key    signs agents and servers; renewed by itself after two thirds of its five years
 *   retired.crt                issuing authorities of before, whose certificates are still honoured
 */
import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from "node:crypto"
import { isIP } from "node:net"
import { join } from "node:path"
import { type Ca, keyText, newKeys, openIssuing, openRoot, readRetired } from "./ca.ts"
import { type CsrRejection, readCsr } from "./csr.ts"
import { ensureDirectory, readText, writeAtomic } from "./files.ts"
import {
  agentExtensions,
  detailsOf,
  type Issued,
  makeCertificate,
  serverExtensions,
} from "./issue.ts"
import { isDue, POLICY, validity } from "./policy.ts"

export type { CsrRejection } from "./csr.ts"
export type { Issued } from "./issue.ts"
export { canonicalSerial } from "./policy.ts"

export type AgentIssueResult =
  | { readonly ok: true; readonly issued: Issued }
  | { readonly ok: false; readonly reason: CsrRejection; readonly message: string }
export type Server = {
  readonly certificate: Issued
  readonly keyPem: string
  readonly fresh: boolean
}

export type Authority = {
  readonly rootPem: string
  readonly issuingPem: string
  /** SHA-256 of the root certificate in DER, base64url: 43 characters. */
  readonly fingerprint: string
  readonly issueAgent: (
    csrPem: string,
    subject: { readonly commonName: string; readonly uri: string },
  ) => AgentIssueResult
  /** A new key and a certificate for these host names and addresses; the first is the common name. */
  readonly issueServer: (names: readonly string[]) => Promise<Omit<Server, "fresh">>
  /**
   * The server certificate, stored as `<name>.crt` and `<name>.key`; a new one if names, authority
   * or age require it.
   */
  readonly ensureServer: (name: string, names: readonly string[]) => Promise<Server>
  /**
   * The issuing authority's signature (RSA, SHA-256, base64url) over `ispvm-statement-v1`, a line
   * end and this text. The first line distinguishes it from certificates, which are DER.
   */
  readonly signStatement: (text: string) => Promise<string>
  /**
   * True if one of our issuing authorities, current or retired, signed it. Does not check expiry or
   * revocation.
   */
  readonly hasSigned: (certificate: X509Certificate) => boolean
}

type Options = {
  readonly directory: string
  readonly now: () => number
  /** The names of the two authorities in their certificates. */
  readonly name?: string
  readonly caBits?: number
  readonly leafBits?: number
}
/** Off the main thread: a key of 4096 bits takes milliseconds. */
const signText = (text: string, key: KeyObject): Promise<string> =>
  new Promise((resolve, reject) => {
    sign("sha256", Buffer.from(text), key, (error, signature) => {
      if (error === null) resolve(signature.toString("base64url"))
      else reject(error)
    })
  })

/**
 * Opens the authority in `directory`, and creates what is missing. Keys are written with mode 0600
 * and generated off the event loop.
 */
export const openAuthority = async (options: Options): Promise<Authority> => {
  const {
    directory,
    now,
    name = "ISP Visual Monitor",
    caBits = POLICY.caBits,
    leafBits = POLICY.leafBits,
  } = options
  await ensureDirectory(directory)
  const root = await openRoot(directory, `${name} root`, caBits, now())
  const issuing = await openIssuing(directory, `${name} issuing`, caBits, now(), root.ca, root.pem)
  const issuers = [issuing.certificate, ...(await readRetired(directory))]
  const issueServer = (names: readonly string[]) => makeServer(issuing, names, leafBits, now())
  return {
    rootPem: root.pem,
    issuingPem: issuing.certificatePem,
    fingerprint: createHash("sha256").update(new X509Certificate(root.pem).raw).digest("base64url"),
    signStatement: (text) => signText(`ispvm-statement-v1\n${text}`, issuing.key),
    issueAgent: (csrPem, subject) => {
      const csr = readCsr(csrPem)
      if (!csr.ok) return csr
      const issued = makeCertificate({
        commonName: subject.commonName,
        publicKey: csr.key,
        valid: validity("agent", now(), issuing.details.notAfterMs),
        extensions: agentExtensions(subject.uri),
        signer: issuing,
      })
      return { ok: true, issued }
    },
    issueServer,
    ensureServer: async (name, names) => {
      const path = join(directory, name)
      const existing = readServer(
        issuing,
        await readText(`${path}.crt`),
        await readText(`${path}.key`),
      )
      if (
        existing !== null &&
        !isDue(existing.certificate, now()) &&
        hasNames(existing.certificate.pem, names)
      )
        return { ...existing, fresh: false }
      const created = await issueServer(names)
      await writeAtomic(`${path}.key`, created.keyPem, 0o600)
      await writeAtomic(`${path}.crt`, created.certificate.pem, 0o644)
      return { ...created, fresh: true }
    },
    hasSigned: (certificate) =>
      issuers.some(
        (issuer) => certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey),
      ),
  }
}

type Pair = Omit<Server, "fresh">

const makeServer = async (
  issuing: Ca,
  names: readonly string[],
  bits: number,
  nowMs: number,
): Promise<Pair> => {
  const [first] = names
  if (first === undefined) throw new Error("a server certificate needs at least one name")
  const { publicKey, privateKey } = await newKeys(bits)
  const certificate = makeCertificate({
    commonName: first.slice(0, 64),
    publicKey,
    valid: validity("server", nowMs, issuing.details.notAfterMs),
    extensions: serverExtensions(names),
    signer: issuing,
  })
  return { certificate, keyPem: keyText(privateKey) }
}

/**
 * Null if the two files are not a pair of this authority: unlike an authority, a server's pair is
 * simply created again.
 */
const readServer = (issuing: Ca, pem: string | null, keyPem: string | null): Pair | null => {
  if (pem === null || keyPem === null) return null
  try {
    const certificate = new X509Certificate(pem)
    const isPair = certificate.checkPrivateKey(createPrivateKey(keyPem))
    return isPair && certificate.verify(issuing.certificate.publicKey)
      ? { certificate: detailsOf(pem), keyPem }
      : null
  } catch {
    return null
  }
}

/** The certificate contains each wanted name, and no others. */
const hasNames = (pem: string, names: readonly string[]): boolean => {
  const certificate = new X509Certificate(pem)
  const has = (name: string) =>
    (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined
  return names.every(has) && (certificate.subjectAltName ?? "").split(", ").length === names.length
}
