/**
 * The two authorities on disk: loaded and checked, created if missing, the issuing one renewed when
 * it is due.
 */
import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from "node:crypto"
import { join } from "node:path"
import { promisify } from "node:util"
import { FileError, readText, removeFile, writeAtomic } from "./files.ts"
import { caExtensions, detailsOf, type Issued, makeCertificate, type Signer } from "./issue.ts"
import { isDue, validity } from "./policy.ts"

export type Ca = Signer & { readonly details: Issued; readonly certificate: X509Certificate }

const generate = promisify(generateKeyPair)
export const newKeys = (bits: number): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> =>
  generate("rsa", { modulusLength: bits })
export const keyText = (key: KeyObject): string =>
  key.export({ type: "pkcs8", format: "pem" }).toString()

const readCertificate = (path: string, text: string): X509Certificate => {
  try {
    return new X509Certificate(text)
  } catch (cause) {
    throw new FileError(path, "this is not a PEM certificate; put the file back from a backup", {
      cause,
    })
  }
}
const readKey = (path: string, text: string): KeyObject => {
  try {
    return createPrivateKey(text)
  } catch (cause) {
    throw new FileError(
      path,
      "this is not a PEM private key without a passphrase; put the file back from a backup",
      { cause },
    )
  }
}
const caOf = (pem: string, key: KeyObject): Ca => ({
  certificatePem: pem,
  key,
  details: detailsOf(pem),
  certificate: new X509Certificate(pem),
})

/**
 * A key without a certificate was never used (the certificate is written after it), so that pair is
 * created again.
 */
const loadCa = async (
  directory: string,
  name: string,
): Promise<{ pem: string; key: KeyObject | null } | null> => {
  const certificatePath = join(directory, `${name}.crt`)
  const keyPath = join(directory, `${name}.key`)
  const pem = await readText(certificatePath)
  if (pem === null) return null
  const certificate = readCertificate(certificatePath, pem)
  if (!certificate.ca)
    throw new FileError(certificatePath, "this certificate is not one of an authority")
  const keyPem = await readText(keyPath)
  if (keyPem === null) return { pem, key: null }
  const key = readKey(keyPath, keyPem)
  if (!certificate.checkPrivateKey(key))
    throw new FileError(keyPath, `this key does not belong to ${name}.crt`)
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

const makeIssuing = async (
  commonName: string,
  bits: number,
  nowMs: number,
  root: Ca,
): Promise<Ca> => {
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

const retiredPath = (directory: string): string => join(directory, "retired.crt")

/**
 * In this order, a power failure at any point leaves either the old authority, or none, and then a
 * new one is created.
 */
const retire = async (directory: string, pem: string): Promise<void> => {
  const earlier = (await readText(retiredPath(directory))) ?? ""
  await writeAtomic(retiredPath(directory), `${earlier}${pem}`, 0o644)
  await removeFile(join(directory, "issuing.crt"))
}

const blocksOf = (text: string): string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []

export const readRetired = async (directory: string): Promise<readonly X509Certificate[]> => {
  const path = retiredPath(directory)
  return blocksOf((await readText(path)) ?? "").map((pem) => readCertificate(path, pem))
}

export const openIssuing = async (
  directory: string,
  commonName: string,
  bits: number,
  nowMs: number,
  root: Ca | null,
  rootPem: string,
) => {
  const path = join(directory, "issuing.crt")
  const found = await loadCa(directory, "issuing")
  if (
    found !== null &&
    !readCertificate(path, found.pem).verify(new X509Certificate(rootPem).publicKey)
  )
    throw new FileError(path, "this authority was not signed by root.crt beside it")
  if (found !== null && found.key !== null) {
    const details = detailsOf(found.pem)
    // Without the root's key, an issuing authority that is due works until it expires.
    if (!isDue(details, nowMs) || (root === null && nowMs < details.notAfterMs))
      return caOf(found.pem, found.key)
  }
  if (root === null)
    throw new FileError(
      join(directory, "root.key"),
      "the root's key is needed to make an issuing authority; put it back for one start",
    )
  const fresh = await makeIssuing(commonName, bits, nowMs, root)
  if (found !== null) await retire(directory, found.pem)
  await saveCa(directory, "issuing", fresh)
  return fresh
}

export const openRoot = async (
  directory: string,
  commonName: string,
  bits: number,
  nowMs: number,
) => {
  const found = await loadCa(directory, "root")
  if (found !== null)
    return { pem: found.pem, ca: found.key === null ? null : caOf(found.pem, found.key) }
  const orphan = await readText(join(directory, "issuing.crt"))
  // A new root would lock out every agent that pinned the old one: this never happens
  // automatically.
  if (orphan !== null)
    throw new FileError(
      join(directory, "root.crt"),
      "missing beside issuing.crt; put it back from a backup",
    )
  const ca = await makeRoot(commonName, bits, nowMs)
  await saveCa(directory, "root", ca)
  return { pem: ca.certificatePem, ca }
}
