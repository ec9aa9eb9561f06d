/** What a package contains from elsewhere: a CycloneDX list, and the licences with their texts. */
import { execFileSync } from "node:child_process"
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { nameCommonLicences } from "./common-licences.ts"
import { isLicenceText, moduleFolders } from "./modules.ts"

const PROGRAM = join(import.meta.dirname, "sbom")

/** Installs the program that makes the list, from its own lock file; returns its path. */
export const installSbomProgram = (work: string): string => {
  const folder = join(work, "sbom")
  cpSync(PROGRAM, folder, { recursive: true })
  execFileSync(
    "npm",
    ["ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    { cwd: folder, stdio: ["ignore", "ignore", "inherit"] },
  )
  return join(folder, "node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js")
}

/** Of a workspace's production modules, as installed in `tree`. */
export const writeSbom = (program: string, tree: string, workspace: string, file: string): void => {
  const list = ["--output-reproducible", "--omit", "dev", "--omit", "optional"]
  execFileSync(
    process.execPath,
    [program, ...list, "--workspace", workspace, "--output-file", file, join(tree, "package.json")],
    { cwd: tree, stdio: ["ignore", "ignore", "inherit"] },
  )
}

const Term = z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)])
/** `licenses` is the old name, still in use. */
const Module = z.object({
  name: z.string(),
  version: z.string(),
  license: Term.optional().catch(undefined),
  licenses: z.array(Term).optional().catch(undefined),
})

const describeModule = (folder: string): string => {
  const file = join(folder, "package.json")
  if (!existsSync(file)) return ""
  const { name, version, license, licenses } = Module.parse(JSON.parse(readFileSync(file, "utf8")))
  const terms = license ?? licenses?.join(" OR ") ?? "not declared"
  const texts = readdirSync(folder)
    .filter(isLicenceText)
    .sort()
    .map((each) => readFileSync(join(folder, each), "utf8").trim())
  return [`${name} ${version}: ${terms}`, ...texts, ""].join("\n\n")
}

/** Debian's copyright file: our own terms, then those of every module. */
export const writeLicences = (release: string, own: string, file: string): void => {
  const modules = moduleFolders(join(release, "node_modules"))
    .sort()
    .map(describeModule)
    .filter((text) => text !== "")
  const node = join(release, "node/LICENSE")
  const nodeTerms = existsSync(node) ? [`Node.js\n\n${readFileSync(node, "utf8")}`] : []
  const rule = `\n${"-".repeat(80)}\n\n`
  writeFileSync(file, nameCommonLicences([own, ...nodeTerms, ...modules].join(rule)))
}
