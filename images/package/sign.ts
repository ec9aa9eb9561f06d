/** The manifest of the built files, and the key it is signed with. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import {
  digestFile,
  keyId,
  MANIFEST_FILE,
  type Manifest,
  readSigningKey,
  SIGNATURE_FILE,
  signManifest,
} from "@ispvm/wire/signed-manifest"
import type { Source } from "./source.ts"

export type SigningKey = { readonly key: KeyObject; readonly isDevelopment: boolean }

/** `given`: a PEM text or the path of a file with one. Without it, a key for this build alone. */
export const signingKey = (given: string | undefined): SigningKey => {
  if (given === undefined || given === "")
    return { key: generateKeyPairSync("ed25519").privateKey, isDevelopment: true }
  const pem = existsSync(given) ? readFileSync(given, "utf8") : given
  try {
    return { key: readSigningKey(pem), isDevelopment: false }
  } catch (cause) {
    // Neither the key nor its path is repeated: one may have been taken for the other.
    throw new Error("ISPVM_SIGNING_KEY: expected an Ed25519 private key, as PEM or as a file", {
      cause,
    })
  }
}

/** What the files are built from. */
export type Release = Pick<Source, "version" | "commit" | "epochS">

export const manifestOf = async (
  { version, commit, epochS }: Release,
  files: readonly string[],
): Promise<Manifest> => ({
  format: 1,
  product: "ispvm",
  version,
  commit,
  epochS,
  files: await Promise.all(
    files.map(async (file) => ({ name: basename(file), ...(await digestFile(file)) })),
  ),
})

export const signed = (manifest: Manifest, { key }: SigningKey) => signManifest(manifest, key)

/** Writes manifest and signature beside the files, and of a development key the public half. */
export const writeManifest = async (
  release: Release,
  files: readonly string[],
  outDir: string,
  { key, isDevelopment }: SigningKey,
): Promise<string> => {
  const texts = signManifest(await manifestOf(release, files), key)
  writeFileSync(join(outDir, MANIFEST_FILE), texts.manifest)
  writeFileSync(join(outDir, SIGNATURE_FILE), texts.signature)
  const publicKey = createPublicKey(key)
  if (isDevelopment)
    writeFileSync(
      join(outDir, "development-key.pem"),
      publicKey.export({ type: "spki", format: "pem" }),
    )
  return keyId(publicKey)
}
