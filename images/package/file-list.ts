/** What a package installs, as sorted lines for a golden file. */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { dirname, extname, join } from "node:path"
import type { PackageName } from "./stage.ts"

const RELEASE = /^(opt\/[^/]+\/releases)\/[^/]+\//
const MODULES = "node_modules/"

/** Paths without the version: `opt/ispvm-agent/releases/VERSION/agent/src/main.ts`. */
const pathsOf = (file: string): readonly string[] =>
  execFileSync("sh", ["-c", 'dpkg-deb --fsys-tarfile "$0" | tar --list', file], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  })
    .trim()
    .split("\n")
    .map((path) => path.replace(/^\.\//, ""))
    .filter((path) => path !== "" && !path.endsWith("/"))

const withoutVersion = (path: string): string => path.replace(RELEASE, "$1/VERSION/")

/** `…/node_modules/pino 10.4.0: 42 files`, for a module from elsewhere. */
const moduleLines = (paths: readonly string[], root: string): readonly string[] => {
  const counts = new Map<string, number>()
  for (const path of paths) {
    const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/@]+)\//.exec(path) ?? []
    if (folder !== undefined) counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts].map(([folder, count]) => {
    const { version }: { version: string } = JSON.parse(
      readFileSync(join(root, folder, "package.json"), "utf8"),
    )
    return `${withoutVersion(`${folder}/`).slice(0, -1)} ${version}: ${count} files`
  })
}

/** Of the appliance, whose own files are many: `appliance/src/cli/ (.ts)`. */
const byFolder = (path: string): string =>
  path.startsWith("opt/") ? `${dirname(path)}/ (${extname(path) || "no extension"})` : path

/**
 * Modules from elsewhere are one line each. Of the agent every file is named: what its security
 * officer reads is what is installed. Of the appliance, every folder with the kinds of its files.
 * `root`: the unpacked package.
 */
export const fileList = (name: PackageName, file: string, root: string): readonly string[] => {
  const paths = pathsOf(file)
  const modules = paths.filter((path) => path.includes(MODULES) && !isWorkspace(path))
  const own = paths
    .filter((path) => !path.includes(MODULES) || isWorkspace(path))
    .map(withoutVersion)
  const lines = name === "ispvm" ? own.map(byFolder) : own
  return [...new Set([...lines, ...moduleLines(modules, root)])].sort()
}

/** Links to the parts of this repository. */
const isWorkspace = (path: string): boolean => /node_modules\/@ispvm\/[^/]+$/.test(path)
