/** `ispvm verify`: whether packages are as they were signed. Offline; exits 1 when one is not. */
import { globSync, readFileSync, statSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import {
  fileFault,
  MANIFEST_FILE,
  MAX_MANIFEST_BYTES,
  readTrustedKey,
  SIGNATURE_FILE,
  type Verified,
  verifyManifest,
} from "@ispvm/wire/signed-manifest"
import { EXIT } from "./exit.ts"

/** Keys of the release that is installed, and those of the administrator. */
export const TRUST_FOLDERS: readonly string[] = [
  join(import.meta.dirname, "../../../trust"),
  "/etc/ispvm/trust.d",
]

export const trustedKeys = (folders: readonly string[]) =>
  folders
    .flatMap((folder) => globSync(join(folder, "*.pem")).sort())
    .map((file) => {
      try {
        return readTrustedKey(readFileSync(file, "utf8"))
      } catch (error) {
        throw new Error(`${file}: ${error instanceof Error ? error.message : error}`, {
          cause: error,
        })
      }
    })

const readBounded = (file: string): string => {
  if (statSync(file).size > MAX_MANIFEST_BYTES) throw new Error(`${file} is too large`)
  return readFileSync(file, "utf8")
}

const verifyFolder = (folder: string, trustFolders: readonly string[]): Verified => {
  try {
    return verifyManifest(
      readBounded(join(folder, MANIFEST_FILE)),
      readBounded(join(folder, SIGNATURE_FILE)),
      trustedKeys(trustFolders),
    )
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ok: false, fault: "unsigned", reason }
  }
}

/** `files`: packages, or a manifest, which stands for all of its files. */
const verifyFile = async (file: string, trustFolders: readonly string[]): Promise<string[]> => {
  const folder = dirname(file)
  const verified = verifyFolder(folder, trustFolders)
  if (!verified.ok) return [verified.reason]
  const { manifest, key } = verified
  const isAll = basename(file) === MANIFEST_FILE
  const paths = isAll ? manifest.files.map(({ name }) => join(folder, name)) : [file]
  const faults: string[] = []
  for (const path of paths) {
    const fault = await fileFault(manifest, path)
    if (fault === null)
      process.stdout.write(`${basename(path)}: ${manifest.version}, signed with ${key}\n`)
    else faults.push(fault)
  }
  return faults
}

export const verify = async (
  files: readonly string[],
  trustFolders: readonly string[] = TRUST_FOLDERS,
): Promise<number> => {
  if (files.length === 0) {
    process.stderr.write("usage: ispvm verify FILE…\n")
    return EXIT.usage
  }
  let code: number = EXIT.fine
  for (const file of files)
    for (const fault of await verifyFile(file, trustFolders)) {
      process.stderr.write(`${file}: ${fault}\n`)
      code = EXIT.fault
    }
  return code
}
