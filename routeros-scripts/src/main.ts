/**
 * `npm run --silent rsc:check -- --release 7.22.1 [--schema DIR] [--packages a,b] [--jsonl | --lint] FILE`: what a router of that release would refuse
 * of a script. Exits 0 where nothing, 1 with `line L column C: message`, 2 for wrong usage. With `--jsonl` it reads `{"id","source"}` a line,
 * from FILE or standard input, and answers a line each. Without a folder of command trees it goes by the product's own table.
 * `--lint` tells traps as well that a router takes without a word, a line each, and exits 1 where there is one.
 */
import { createReadStream, existsSync, readFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { checkScript, type Release } from "./check/check.ts"
import { PACKAGE_NAMES } from "./check/packages.ts"
import { releaseNamed } from "./check/product.ts"
import { OUTSIDE } from "./check/reader.ts"
import { isRelease } from "./check/release.ts"
import { releaseIn } from "./check/tree.ts"
import { isOfV6 } from "./check/v6.ts"
import { lintScript, REJECTED } from "./lint/lint.ts"

const USAGE = `usage: rsc:check --release 7.22.1 [--schema DIR] [--packages ${PACKAGE_NAMES.join(",")} | all] [--jsonl | --lint] FILE
DIR holds command trees (routeros-RELEASE.commands.tsv); without it, and without ISPVM_RECORDINGS, the product's own table decides. That has the
menus which monitoring touches: of others it says "${OUTSIDE}: /menu", which means neither right nor wrong.
Between two releases that are known the older decides. "(unproven)": no router of that release, or of an older one, has told its commands.`

const usageError = (why: string): never => {
  console.error(`${why}\n${USAGE}`)
  process.exit(2)
}

const optionsIn = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        release: { type: "string" },
        schema: { type: "string" },
        packages: { type: "string" },
        jsonl: { type: "boolean", default: false },
        lint: { type: "boolean", default: false },
      },
    })
  } catch (error) {
    return usageError(error instanceof Error ? error.message : String(error))
  }
}

const packagesIn = (text: string | undefined): ReadonlySet<string> => {
  const names =
    text === "all" ? PACKAGE_NAMES : (text ?? "").split(",").filter((name) => name !== "")
  const unknown = names.find((name) => !PACKAGE_NAMES.includes(name))
  return unknown === undefined ? new Set(names) : usageError(`no package ${unknown}`)
}

const releaseOf = (
  name: string | undefined,
  schema: string | undefined,
  packages: ReadonlySet<string>,
): Release => {
  if (name === undefined || !isRelease(name))
    return usageError(name === undefined ? "--release is missing" : `no release: ${name}`)
  const recordings = process.env.ISPVM_RECORDINGS
  const folder = schema ?? (recordings ? join(recordings, "api", "schema") : undefined)
  if (folder === undefined || isOfV6(name))
    return releaseNamed(name, packages) ?? usageError(`neither RouterOS 6 nor 7: ${name}`)
  if (!existsSync(folder)) return usageError(`no such folder: ${folder}`)
  return releaseIn(folder, name, packages) ?? usageError(`no command tree in ${folder}`)
}

const print = (line: string): void => {
  for (let rest = Buffer.from(`${line}\n`); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      // A reader that is slower than we are: its pipe is full for now.
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error
    }
  }
}

const unproven = (release: Release): { readonly unproven?: true } =>
  release.isProven ? {} : { unproven: true }

const answerTo = (line: string, release: Release): string => {
  let request: unknown
  try {
    request = JSON.parse(line)
  } catch (error) {
    return JSON.stringify({
      id: null,
      error: `not JSON: ${error instanceof Error ? error.message : String(error)}`,
    })
  }
  if (
    typeof request !== "object" ||
    request === null ||
    !("source" in request) ||
    typeof request.source !== "string"
  )
    return JSON.stringify({
      id: typeof request === "object" && request !== null && "id" in request ? request.id : null,
      error: "no source",
    })
  const id = "id" in request ? request.id : null
  const result = checkScript(request.source, release)
  if (result.ok) return JSON.stringify({ id, ok: true, ...unproven(release) })
  const { line: at, column, message } = result
  return JSON.stringify({ id, ok: false, line: at, column, message, ...unproven(release) })
}

const answerLines = async (file: string | undefined, release: Release): Promise<number> => {
  const input = file === undefined || file === "-" ? process.stdin : createReadStream(file)
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
    if (line.trim() !== "") print(answerTo(line, release))
  return 0
}

const answerFile = (source: Uint8Array, release: Release): number => {
  const result = checkScript(source, release)
  if (!release.isProven)
    console.error(
      `unproven: no router of ${release.name} has told us its commands; this goes by what is known of others`,
    )
  if (result.ok) return 0
  print(
    `line ${result.line} column ${result.column}: ${result.message}${release.isProven ? "" : " (unproven)"}`,
  )
  return 1
}

/** A text that is refused has been told of: only what more there is to say. */
const lintFile = (source: Uint8Array, release: Release): number => {
  const findings = lintScript(source, release).filter(
    ({ rule, within }) => rule !== REJECTED || within !== null,
  )
  for (const { line, column, rule, what, detail, why, within } of findings)
    print(
      `line ${line} column ${column}: ${rule}: ${what} (${detail}${within === null ? "" : `; ${within}`})\n    ${why}`,
    )
  return findings.length === 0 ? 0 : 1
}

const { values, positionals } = optionsIn(process.argv.slice(2))
const release = releaseOf(values.release, values.schema, packagesIn(values.packages))
const [file, ...more] = positionals
if (values.jsonl && values.lint) usageError("--jsonl or --lint, not both")
if (more.length > 0) usageError("one file at a time")
if (file !== undefined && file !== "-" && !existsSync(file)) usageError(`no such file: ${file}`)
if (values.jsonl) process.exitCode = await answerLines(file, release)
else if (file === undefined) usageError("no file named")
else {
  const source = readFileSync(file === "-" ? 0 : file)
  process.exitCode = Math.max(
    answerFile(source, release),
    values.lint ? lintFile(source, release) : 0,
  )
}
