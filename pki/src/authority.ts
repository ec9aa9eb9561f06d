/**
 * The face: a certificate authority in a directory. A root that signs only issuing authorities, and an issuing one that signs the rest.
 *
 *   root.crt root.key          made once; the fingerprint of root.crt is what others pin. root.key may be kept elsewhere, it is
 *                              needed again only when the issuing authority is renewed
 *   issuing.crt issuing.key    signs agents and servers; renewed by itself after two thirds of its five years
 *   retired.crt                issuing authorities of before, whose certificates are still honoured
 */
import { createHash, createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from "node:crypto"
import { isIP } from "node:net"
import { join } from "node:path"
import { promisify } from "node:util"
import { type CsrRefusal, readCsr } from "./csr.ts"
import { ensureDirectory, FileFault, readText, writeAtomic } from "./files.ts"
import { agentExtensions, caExtensions, detailsOf, type Issued, makeCertificate, type Signer, serverExtensions } from "./issue.ts"
import { isDue, POLICY, validity } from "./policy.ts"

export type { CsrRefusal } from "./csr.ts"
export type { Issued } from "./issue.ts"
export { canonicalSerial } from "./policy.ts"

export type AgentAnswer =
  | { readonly ok: true; readonly issued: Issued }
  | { readonly ok: false; readonly reason: CsrRefusal; readonly message: string }
export type Server = { readonly certificate: Issued; readonly keyPem: string; readonly fresh: boolean }

export type Authority = {
  readonly rootPem: string
  readonly issuingPem: string
  /** SHA-256 of the root certificate in DER, base64url: 43 characters. */
  readonly fingerprint: string
  readonly issueAgent: (csrPem: string, subject: { readonly commonName: string; readonly uri: string }) => AgentAnswer
  /** A new key and a certificate for these host names and addresses; the first is the common name. */
  readonly issueServer: (names: readonly string[]) => Promise<Omit<Server, "fresh">>
  /** The server certificate kept as `<name>.crt` and `<name>.key`; a new one where names, authority or age ask for it. */
  readonly keepServer: (name: string, names: readonly string[]) => Promise<Server>
  /** True when one of our issuing authorities, present or retired, signed it. Says nothing about expiry or revocation. */
  readonly signed: (certificate: X509Certificate) => boolean
}

type Options = {
  readonly directory: string
  readonly now: () => number
  /** What the two authorities are called in their certificates. */
  readonly name?: string
  readonly caBits?: number
  readonly leafBits?: number
}
type Ca = Signer & { readonly details: Issued; readonly certificate: X509Certificate }

const generate = promisify(generateKeyPair)
const newKeys = (bits: number): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> =>
  generate("rsa", { modulusLength: bits })
const keyText = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString()

const readCertificate = (path: string, text: string): X509Certificate => {
  try {
    return new X509Certificate(text)
  } catch (cause) {
    throw new FileFault(path, "this is not a PEM certificate; put the file back from a backup", { cause })
  }
}
const readKey = (path: string, text: string): KeyObject => {
  try {
    return createPrivateKey(text)
  } catch (cause) {
    throw new FileFault(path, "this is not a PEM private key without a passphrase; put the file back from a backup", { cause })
  }
}
const caOf = (pem: string, key: KeyObject): Ca => ({
  certificatePem: pem,
  key,
  details: detailsOf(pem),
  certificate: new X509Certificate(pem),
})

/** A key without its certificate was never used (the certificate is written after it), so that pair is simply made again. */
const loadCa = async (directory: string, name: string): Promise<{ pem: string; key: KeyObject | null } | null> => {
  const certificatePath = join(directory, `${name}.crt`)
  const keyPath = join(directory, `${name}.key`)
  const pem = await readText(certificatePath)
  if (pem === null) return null
  const certificate = readCertificate(certificatePath, pem)
  if (!certificate.ca) throw new FileFault(certificatePath, "this certificate is not one of an authority")
  const keyPem = await readText(keyPath)
  if (keyPem === null) return { pem, key: null }
  const key = readKey(keyPath, keyPem)
  if (!certificate.checkPrivateKey(key)) throw new FileFault(keyPath, `this key does not belong to ${name}.crt`)
  return { pem, key }
}

const saveCa = async (directory: string, name: string, ca: Ca): Promise<void> => {
  await writeAtomic(join(directory, `${name}.key`), keyText(ca.key), 0o600)
  await writeAtomic(join(directory, `${name}.crt`), ca.certificatePem, 0o644)
}

const makeRoot = async (commonName: string, bits: number, nowMs: number): Promise<Ca> => {
  const { publicKey, privateKey } = await newKeys(bits)
  const { pem } = makeCertificate({
    commonName,
    publicKey,
    key: privateKey,
    valid: validity("root", nowMs),
    extensions: caExtensions(1),
    signer: null,
  })
  return caOf(pem, privateKey)
}

const makeIssuing = async (commonName: string, bits: number, nowMs: number, root: Ca): Promise<Ca> => {
  const { publicKey, privateKey } = await newKeys(bits)
  const { pem } = makeCertificate({
    commonName,
    publicKey,
    valid: validity("issuing", nowMs, root.details.notAfterMs),
    extensions: caExtensions(0),
    signer: root,
  })
  return caOf(pem, privateKey)
}

const retire = async (directory: string, pem: string): Promise<void> => {
  const path = join(directory, "retired.crt")
  await writeAtomic(path, `${(await readText(path)) ?? ""}${pem}`, 0o644)
}

const blocksOf = (text: string): string[] => text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []

const openIssuing = async (
  directory: string,
  commonName: string,
  bits: number,
  nowMs: number,
  root: Ca | null,
  rootPem: string,
) => {
  const path = join(directory, "issuing.crt")
  const found = await loadCa(directory, "issuing")
  if (found !== null && !readCertificate(path, found.pem).verify(new X509Certificate(rootPem).publicKey))
    throw new FileFault(path, "this authority was not signed by root.crt beside it")
  if (found !== null && found.key !== null) {
    const details = detailsOf(found.pem)
    // without the root's key an issuing authority that is merely due still works until it ends
    if (!isDue(details, nowMs) || (root === null && nowMs < details.notAfterMs)) return caOf(found.pem, found.key)
  }
  if (root === null)
    throw new FileFault(
      join(directory, "root.key"),
      "the root's key is needed to make an issuing authority; put it back for one start",
    )
  const fresh = await makeIssuing(commonName, bits, nowMs, root)
  if (found !== null) await retire(directory, found.pem)
  await saveCa(directory, "issuing", fresh)
  return fresh
}

const openRoot = async (directory: string, commonName: string, bits: number, nowMs: number) => {
  const found = await loadCa(directory, "root")
  if (found !== null) return { pem: found.pem, ca: found.key === null ? null : caOf(found.pem, found.key) }
  const orphan = await readText(join(directory, "issuing.crt"))
  // a new root would lock out every agent that pinned the old one: never done silently
  if (orphan !== null) throw new FileFault(join(directory, "root.crt"), "missing beside issuing.crt; put it back from a backup")
  const ca = await makeRoot(commonName, bits, nowMs)
  await saveCa(directory, "root", ca)
  return { pem: ca.certificatePem, ca }
}

/** Opens the authority in `directory`, making what is not there yet. Keys are written with mode 0600 and made off the event loop. */
export const openAuthority = async (options: Options): Promise<Authority> => {
  const { directory, now, name = "ISP Visual Monitor", caBits = POLICY.caBits, leafBits = POLICY.leafBits } = options
  await ensureDirectory(directory)
  const root = await openRoot(directory, `${name} root`, caBits, now())
  const issuing = await openIssuing(directory, `${name} issuing`, caBits, now(), root.ca, root.pem)
  const retired = blocksOf((await readText(join(directory, "retired.crt"))) ?? "").map((pem) => new X509Certificate(pem))
  const issuers = [issuing.certificate, ...retired]

  const issueServer: Authority["issueServer"] = async (names) => {
    const [first] = names
    if (first === undefined) throw new Error("a server certificate needs at least one name")
    const { publicKey, privateKey } = await newKeys(leafBits)
    const certificate = makeCertificate({
      commonName: first.slice(0, 64),
      publicKey,
      valid: validity("server", now(), issuing.details.notAfterMs),
      extensions: serverExtensions(names),
      signer: issuing,
    })
    return { certificate, keyPem: keyText(privateKey) }
  }

  const kept = async (name: string, names: readonly string[]): Promise<Server | null> => {
    const pem = await readText(join(directory, `${name}.crt`))
    const keyPem = await readText(join(directory, `${name}.key`))
    if (pem === null || keyPem === null) return null
    const certificate = readCertificate(join(directory, `${name}.crt`), pem)
    const key = readKey(join(directory, `${name}.key`), keyPem)
    const details = detailsOf(pem)
    const usable = certificate.verify(issuing.certificate.publicKey) && certificate.checkPrivateKey(key) && !isDue(details, now())
    return usable && sameNames(certificate, names) ? { certificate: details, keyPem, fresh: false } : null
  }

  return {
    rootPem: root.pem,
    issuingPem: issuing.certificatePem,
    fingerprint: createHash("sha256").update(new X509Certificate(root.pem).raw).digest("base64url"),
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
    keepServer: async (name, names) => {
      const found = await kept(name, names)
      if (found !== null) return found
      const made = await issueServer(names)
      await writeAtomic(join(directory, `${name}.key`), made.keyPem, 0o600)
      await writeAtomic(join(directory, `${name}.crt`), made.certificate.pem, 0o644)
      return { ...made, fresh: true }
    },
    signed: (certificate) => issuers.some((issuer) => certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)),
  }
}

/** Each wanted name is in the certificate, and there are no more in it than wanted. */
const sameNames = (certificate: X509Certificate, names: readonly string[]): boolean =>
  names.every((name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined) &&
  (certificate.subjectAltName ?? "").split(", ").length === names.length
