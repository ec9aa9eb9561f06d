/** `npm run package`: the packages of appliance and agent, with a signed manifest. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { environment } from "../config.ts"
import { writeBundle } from "./bundle.ts"
import { installSbomProgram } from "./contents.ts"
import { type Architecture, COMPRESSION } from "./deb.ts"
import { buildExecutable, EXECUTABLE } from "./executable.ts"
import { fetchNode, installModules } from "./modules.ts"
import { type SigningKey, signingKey, writeManifest } from "./sign.ts"
import { copySource, readSource, type Source } from "./source.ts"
import { buildPackage } from "./stage.ts"

const CHECKOUT = join(import.meta.dirname, "../..")
const ARCHITECTURES = ["amd64", "arm64"] as const
const EXIT = { fine: 0, fault: 1, usage: 2 } as const
const BYTES_PER_MB = 1_000_000

const HELP = `npm run package -- --out DIR [--arch amd64,arm64] [--only LIST]

Builds the Debian packages of this checkout into DIR, of both together an update bundle (.ispvm),
and the agent as a single executable for hosts without them. The same commit gives the same bytes.

--out DIR     folder for the packages; made if missing
--arch LIST   amd64, arm64; default: both
--only LIST   ispvm, ispvm-agent, agent-executable; default: all
--quick       larger files, sooner: for tests

manifest.json lists them with sizes and SHA-256; manifest.sig signs it (Ed25519).

ISPVM_SIGNING_KEY   private key, as PEM or as a file; without it, a key for this build alone
SOURCE_DATE_EPOCH   time of all files, in seconds since 1970; default: that of the commit
`

class UsageError extends Error {}

type Arguments = {
  readonly outDir: string
  readonly architectures: readonly Architecture[]
  readonly names: readonly ArtefactName[]
  readonly compression: number
}
const listOf = <const T extends string>(
  option: string,
  text: string | undefined,
  all: readonly T[],
) =>
  text === undefined
    ? all
    : text.split(",").map((each) => {
        const found = all.find((one) => one === each.trim())
        if (found === undefined)
          throw new UsageError(`--${option}: ${each} is none of ${all.join(", ")}`)
        return found
      })

const ARTEFACT_NAMES = ["ispvm-agent", EXECUTABLE, "ispvm"] as const
type ArtefactName = (typeof ARTEFACT_NAMES)[number]

const readArguments = (args: readonly string[]): Arguments | "help" => {
  const options = {
    out: { type: "string" },
    arch: { type: "string" },
    only: { type: "string" },
    quick: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const
  try {
    const { values } = parseArgs({ args: [...args], options })
    if (values.help === true) return "help"
    if (values.out === undefined) throw new UsageError("--out DIR is missing")
    return {
      outDir: resolve(values.out),
      architectures: listOf("arch", values.arch, ARCHITECTURES),
      names: listOf("only", values.only, ARTEFACT_NAMES),
      compression: values.quick === true ? COMPRESSION.quick : COMPRESSION.small,
    }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

const say = (text: string): boolean => process.stderr.write(`package: ${text}\n`)
const megabytes = (file: string): string => `${(statSync(file).size / BYTES_PER_MB).toFixed(1)} MB`

const buildAll = async (args: Arguments, source: Source): Promise<string[]> => {
  const { outDir, architectures, names, compression } = args
  const work = mkdtempSync(join(tmpdir(), "ispvm-package-"))
  try {
    const tree = join(work, "tree")
    say("copying the sources …")
    copySource(source, tree)
    cpSync(join(source.dir, "ui/dist"), join(tree, "ui/dist"), {
      recursive: true,
      // What the set-up notes of a build is no part of it.
      filter: (path) => basename(path) !== ".built",
    })
    const sbomProgram = installSbomProgram(work)
    const nodes = new Map(
      architectures.map((architecture) => [
        architecture,
        fetchNode(source.dir, architecture, work),
      ]),
    )
    const files: string[] = []
    let installed = ""
    for (const name of names) {
      const workspace = name === "ispvm" ? "appliance" : "agent"
      if (workspace !== installed) {
        say(`installing the modules of ${workspace} …`)
        installModules(tree, workspace)
        installed = workspace
      }
      for (const [architecture, node] of nodes) {
        const own = join(work, `${name}-${architecture}`)
        mkdirSync(own)
        const common = { source, tree, architecture, node, work: own, outDir }
        const build = { ...common, compression, sbomProgram }
        const file = name === EXECUTABLE ? await buildExecutable(build) : buildPackage(name, build)
        rmSync(own, { recursive: true })
        say(`${basename(file)}  ${megabytes(file)}`)
        files.push(file)
      }
    }
    return files
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const PACKAGES_OF_A_BUNDLE = 2

/** Of each architecture of which both packages were built; with the agents of all, for agents elsewhere. */
const writeBundles = async (
  { architectures }: Arguments,
  source: Source,
  files: readonly string[],
  key: SigningKey,
): Promise<readonly string[]> => {
  const bundles: string[] = []
  for (const architecture of architectures) {
    const packages = files.filter((file) => file.endsWith(`_${architecture}.deb`))
    const others = files.filter(
      (file) => basename(file).startsWith("ispvm-agent_") && file.endsWith(".deb"),
    )
    const all = [...new Set([...packages, ...others])]
    if (packages.length === PACKAGES_OF_A_BUNDLE)
      bundles.push(await writeBundle(source, architecture, all, key))
  }
  return bundles
}

const main = async (): Promise<number> => {
  const args = readArguments(process.argv.slice(2))
  if (args === "help") {
    process.stdout.write(HELP)
    return EXIT.fine
  }
  mkdirSync(args.outDir, { recursive: true })
  const source = readSource(CHECKOUT, environment().SOURCE_DATE_EPOCH)
  if (source.isDirty) say("files differ from the commit: the version says so")
  const key = signingKey(environment().ISPVM_SIGNING_KEY)
  const packages = await buildAll(args, source)
  const files = [...packages, ...(await writeBundles(args, source, packages, key))]
  const id = await writeManifest(source, files, args.outDir, key)
  say(`signed with ${id}${key.isDevelopment ? ", a key for this build alone" : ""}`)
  for (const file of files) process.stdout.write(`${file}\n`)
  return EXIT.fine
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  if (error instanceof UsageError) process.stderr.write(`\n${HELP}`)
  process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.fault
}
