/**
 * The manifest of a release: its files with sizes and hashes, signed with Ed25519. Written where
 * packages are built, checked where they are installed.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto"
import { createReadStream } from "node:fs"
import { basename } from "node:path"
import { z } from "zod"

export const MANIFEST_FILE = "manifest.json"
export const SIGNATURE_FILE = "manifest.sig"
/** A larger one is not ours. */
export const MAX_MANIFEST_BYTES = 1_000_000

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/** No path: what is verified lies beside the manifest. */
const FileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._~+-]{0,199}$/)

export const Manifest = z.strictObject({
  format: z.literal(1),
  product: z.literal("ispvm"),
  version: z.string().regex(/^[0-9A-Za-z.+~-]{1,100}$/),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** Of the commit; seconds since 1970. */
  epochS: z.int().nonnegative(),
  files: z
    .array(z.strictObject({ name: FileName, bytes: z.int().nonnegative(), sha256: Sha256 }))
    .min(1)
    .max(100),
})
export type Manifest = z.infer<typeof Manifest>

const Signature = z.strictObject({
  /** Which key: see `keyId`. */
  key: z.string().regex(/^[0-9a-f]{16}$/),
  signature: z.base64(),
})

/** The first 8 bytes of the SHA-256 of the public key (SPKI, DER), in hex. */
export const keyId = (key: KeyObject): string =>
  createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex")
    .slice(0, 16)

const requireEd25519 = (key: KeyObject): KeyObject => {
  if (key.asymmetricKeyType !== "ed25519") throw new Error("expected an Ed25519 key")
  return key
}
export const readSigningKey = (pem: string): KeyObject => requireEd25519(createPrivateKey(pem))
export const readTrustedKey = (pem: string): KeyObject => requireEd25519(createPublicKey(pem))

/** The texts of both files. */
export const signManifest = (
  manifest: Manifest,
  key: KeyObject,
): { readonly manifest: string; readonly signature: string } =>
  signContent(Manifest.parse(manifest), key)

/** The same of other content. */
export const signContent = (
  content: object,
  key: KeyObject,
): { readonly manifest: string; readonly signature: string } => {
  const text = `${JSON.stringify(content, null, 2)}\n`
  const signature = {
    key: keyId(createPublicKey(key)),
    signature: signBytes(null, Buffer.from(text), key).toString("base64"),
  }
  return { manifest: text, signature: `${JSON.stringify(signature)}\n` }
}

/** `unsigned`: no signature; `changed`: not what was signed; `foreign-key`: nobody trusted here. */
export type ManifestFault = "unsigned" | "foreign-key" | "changed" | "not-a-bundle"
type RejectedManifest = {
  readonly ok: false
  readonly fault: ManifestFault
  readonly reason: string
}
export type Verified =
  | { readonly ok: true; readonly manifest: Manifest; readonly key: string }
  | RejectedManifest
export type VerifiedContent =
  | { readonly ok: true; readonly content: unknown; readonly key: string }
  | RejectedManifest
const rejected = (fault: ManifestFault, reason: string): RejectedManifest => ({
  ok: false,
  fault,
  reason,
})

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Nothing of it is read before its signature is checked. */
export const verifyContent = (
  text: string,
  signatureText: string,
  trusted: readonly KeyObject[],
): VerifiedContent => {
  const signature = Signature.safeParse(parseJson(signatureText))
  if (!signature.success) return rejected("unsigned", `${SIGNATURE_FILE} is not a signature`)
  const { key: id, signature: encoded } = signature.data
  const key = trusted.find((each) => keyId(each) === id)
  if (key === undefined)
    return rejected(
      "foreign-key",
      trusted.length === 0
        ? `signed with the key ${id}; no key is trusted here`
        : `signed with the key ${id}; trusted are ${trusted.map(keyId).join(", ")}`,
    )
  if (!verifyBytes(null, Buffer.from(text), key, Buffer.from(encoded, "base64")))
    return rejected("changed", `${MANIFEST_FILE} differs from what was signed`)
  return { ok: true, content: parseJson(text), key: id }
}

export const verifyManifest = (
  text: string,
  signatureText: string,
  trusted: readonly KeyObject[],
): Verified => {
  const verified = verifyContent(text, signatureText, trusted)
  if (!verified.ok) return verified
  const manifest = Manifest.safeParse(verified.content)
  if (!manifest.success) return rejected("not-a-bundle", `${MANIFEST_FILE} is of another format`)
  return { ok: true, manifest: manifest.data, key: verified.key }
}

/** Size and SHA-256 of a file, read in pieces. */
export const digestFile = async (
  path: string,
): Promise<{ readonly bytes: number; readonly sha256: string }> => {
  const hash = createHash("sha256")
  let bytes = 0
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest("hex") }
}

/** Null: as the manifest says. */
export const fileFault = async (manifest: Manifest, path: string): Promise<string | null> => {
  const name = basename(path)
  const expected = manifest.files.find((file) => file.name === name)
  if (expected === undefined) return `${name} is not in the manifest`
  const found = await digestFile(path).catch((error: Error) => error.message)
  if (typeof found === "string") return `${name} cannot be read: ${found}`
  if (found.bytes !== expected.bytes)
    return `${name} has ${found.bytes} bytes, the manifest says ${expected.bytes}`
  return found.sha256 === expected.sha256 ? null : `${name} differs from what was signed`
}
