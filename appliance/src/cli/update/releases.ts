/**
 * The installed releases of a package: complete folders in `/opt/NAME/releases`, and the link
 * `/opt/NAME/current`, which names the one that runs.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs"
import { basename, join } from "node:path"
import { z } from "zod"

export const PACKAGES = ["ispvm", "ispvm-agent"] as const
export type PackageName = (typeof PACKAGES)[number]

/** `root`: where the system's files are; `/` but in tests. */
const home = (name: PackageName, root: string): string => join(root, "opt", name)
export const releaseFolder = (name: PackageName, version: string, root = "/"): string =>
  join(home(name, root), "releases", version)

/** Null: the package is not installed. */
export const currentRelease = (name: PackageName, root = "/"): string | null => {
  try {
    return basename(readlinkSync(join(home(name, root), "current")))
  } catch {
    return null
  }
}

const ReleaseFile = z.object({ version: z.string() })
/** Whether its last file is there: dpkg writes `release.json` as part of the package. */
export const isComplete = (name: PackageName, version: string, root = "/"): boolean => {
  const folder = releaseFolder(name, version, root)
  try {
    const text = readFileSync(join(folder, "release.json"), "utf8")
    return (
      ReleaseFile.parse(JSON.parse(text)).version === version &&
      existsSync(join(folder, "node/bin/node"))
    )
  } catch {
    return false
  }
}

/** At every moment the link names one of both releases. On disk when it returns. */
export const switchTo = (name: PackageName, version: string, root = "/"): void => {
  const folder = home(name, root)
  const unfinished = join(folder, ".current.new")
  rmSync(unfinished, { force: true })
  symlinkSync(join("releases", version), unfinished)
  renameSync(unfinished, join(folder, "current"))
  const handle = openSync(folder, "r")
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** All of them, complete or not. */
export const releasesOf = (name: PackageName, root = "/"): readonly string[] => {
  const folder = join(home(name, root), "releases")
  return existsSync(folder) ? readdirSync(folder).sort() : []
}

/** Those that nothing needs: neither the one that runs nor the one to return to. Pure. */
export const superfluous = (
  releases: readonly string[],
  current: string | null,
  previous: string | null,
): readonly string[] =>
  current === null ? [] : releases.filter((each) => each !== current && each !== previous)

/** Returns what was removed. */
export const removeSuperfluous = (
  name: PackageName,
  previous: string | null,
  root = "/",
): readonly string[] => {
  const found = superfluous(releasesOf(name, root), currentRelease(name, root), previous)
  for (const version of found)
    rmSync(releaseFolder(name, version, root), { recursive: true, force: true })
  return found
}
