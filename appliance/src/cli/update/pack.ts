/** Writes an update bundle: one uncompressed tar, with its members in a fixed order. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { MANIFEST_FILE, SIGNATURE_FILE } from "@ispvm/wire/signed-manifest"

export type Signed = { readonly manifest: string; readonly signature: string }

/** `packages`: in one folder. `epochS`: the time of all members, in seconds since 1970. */
export const packBundle = (
  file: string,
  { manifest, signature }: Signed,
  packages: readonly string[],
  epochS: number,
): void => {
  const folder = dirname(packages[0] ?? "")
  const work = mkdtempSync(join(dirname(file), ".bundle-"))
  try {
    writeFileSync(join(work, MANIFEST_FILE), manifest)
    writeFileSync(join(work, SIGNATURE_FILE), signature)
    // The manifest first: nothing else is read before it is verified.
    const { status, stderr } = spawnSync(
      "tar",
      [
        ...["--create", "--format=ustar", "--owner=0", "--group=0", "--numeric-owner"],
        ...["--mode=0644", `--mtime=@${epochS}`, `--file=${file}`],
        ...["--directory", work, MANIFEST_FILE, SIGNATURE_FILE],
        ...["--directory", folder, ...packages.map((each) => basename(each))],
      ],
      { encoding: "utf8" },
    )
    if (status !== 0) throw new Error(`tar: ${stderr.trim()}`)
  } finally {
    rmSync(work, { recursive: true })
  }
}
