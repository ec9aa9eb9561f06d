/** The package this agent runs from; null: a checkout, a container, or the single executable. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Architecture, PackageVersion } from "@ispvm/wire"
import { z } from "zod"

const Release = z.object({ version: PackageVersion, architecture: Architecture })
export type Release = z.infer<typeof Release>

/** `folder`: of the release. */
export const readRelease = (folder: string): Release | null => {
  try {
    return Release.parse(JSON.parse(readFileSync(join(folder, "release.json"), "utf8")))
  } catch {
    return null
  }
}
