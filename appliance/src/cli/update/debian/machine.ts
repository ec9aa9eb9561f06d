/** This machine as a place for Debian packages: its release, and what is installed. */
import { readFileSync } from "node:fs"
import { architecture, isLater, run } from "../system.ts"
import type { Machine } from "./manifest.ts"

/** `trixie`; empty where the system does not say. */
export const codeName = (file = "/etc/os-release"): string => {
  try {
    return /^VERSION_CODENAME="?([a-z0-9-]+)"?$/m.exec(readFileSync(file, "utf8"))?.[1] ?? ""
  } catch {
    return ""
  }
}

const FORMAT = `\${db:Status-Status}\t\${Package}\t\${Version}\n`

/** Versions by name, of all that has files on the disk. */
export const installedPackages = (): ReadonlyMap<string, string> =>
  new Map(
    run("dpkg-query", ["--show", `--showformat=${FORMAT}`])
      .stdout.split("\n")
      .map((line) => line.split("\t"))
      .filter(([status]) => !["not-installed", "config-files", ""].includes(status ?? ""))
      .map(([, name = "", version = ""]) => [name, version]),
  )

export const thisMachine = (): Machine => ({
  suite: codeName(),
  architecture: architecture(),
  installed: installedPackages(),
  isLater,
})
