/** The update bundle of one architecture: its packages and their manifest. */
import { dirname, join } from "node:path"
import { packBundle } from "@ispvm/appliance/cli/pack"
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
  const file = join(folder, `ispvm-update_${release.version}_${architecture}.ispvm`)
  const manifest = signed(await manifestOf(release, packages), key)
  packBundle(file, manifest, packages, release.epochS)
  return file
}
