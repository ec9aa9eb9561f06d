/** The update bundle of one architecture: an uncompressed tar of its packages and their manifest. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { MANIFEST_FILE, SIGNATURE_FILE } from "@ispvm/wire/signed-manifest"
import type { Architecture } from "./deb.ts"
import { manifestOf, type Release, type SigningKey, signed } from "./sign.ts"

/** Packages of both names for `architecture`, in one folder. Returns the bundle beside them. */
export const writeBundle = async (
  release: Release,
  architecture: Architecture,
  packages: readonly string[],
  key: SigningKey,
): Promise<string> => {
  const folder = dirname(packages[0] ?? "")
  const work = mkdtempSync(join(folder, ".bundle-"))
  const file = join(folder, `ispvm-update_${release.version}_${architecture}.ispvm`)
  try {
    const { manifest, signature } = signed(await manifestOf(release, packages), key)
    writeFileSync(join(work, MANIFEST_FILE), manifest)
    writeFileSync(join(work, SIGNATURE_FILE), signature)
    // The manifest first: nothing else is read before it is verified.
    const { status, stderr } = spawnSync(
      "tar",
      [
        ...["--create", "--format=ustar", "--owner=0", "--group=0", "--numeric-owner"],
        ...["--mode=0644", `--mtime=@${release.epochS}`, `--file=${file}`],
        ...["--directory", work, MANIFEST_FILE, SIGNATURE_FILE],
        ...["--directory", folder, ...packages.map((each) => basename(each))],
      ],
      { encoding: "utf8" },
    )
    if (status !== 0) throw new Error(`tar: ${stderr.trim()}`)
  } finally {
    rmSync(work, { recursive: true })
  }
  return file
}
