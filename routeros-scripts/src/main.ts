/**
 * `npm run --silent rsc:check`: what a router of a release would reject in a script. The usage text
 * has the options. `--jsonl` reads `{"id","source"}` per line and prints one answer per line.
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
import { recordingsFolder } from "./config.ts"
import { lintScript, REJECTED } from "./lint/lint.ts"

const USAGE = `usage: rsc:check --release RELEASE [OPTIONS] FILE

Reports what a router of RELEASE would reject in a script. Exits 0 for a valid script,
1 with "line L column C: message" for a faulty one, 2 for wrong usage. FILE - is standard input.

  --release 7.22.1  release of the router; between two known releases the older one is used
  --schema DIR      command trees (routeros-RELEASE.commands.tsv); default: api/schema in
                    ISPVM_RECORDINGS, otherwise the product's own table
  --packages NAMES  extra packages, comma-separated, or all:
                    ${PACKAGE_NAMES.join(",")}
  --lint            also reports traps that a router accepts; exits 1 where there is one
  --jsonl           reads {"id","source"} per line, from FILE or standard input, and prints
                    one answer per line
  --help            prints this text

The product's own table has the menus that monitoring uses. For others the answer is
"${OUTSIDE}: /menu", which means neither valid nor faulty.
"(unproven)": no command tree of that release, or of an older one, was recorded.`

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
        help: { type: "boolean", short: "h", default: false },
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
  const recordings = recordingsFolder()
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
      // The pipe of a slow reader is full; try again.
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
      `unproven: no command tree of ${release.name} was recorded; the result is based on other releases`,
    )
  if (result.ok) return 0
  print(
    `line ${result.line} column ${result.column}: ${result.message}${release.isProven ? "" : " (unproven)"}`,
  )
  return 1
}

/** `answerFile` has reported a text that is rejected; this reports the other findings. */
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
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}
const release = releaseOf(values.release, values.schema, packagesIn(values.packages))
const [file, ...more] = positionals
if (values.jsonl && values.lint) usageError("--jsonl or --lint, not both")
if (more.length > 0) usageError("only one file is allowed")
if (file !== undefined && file !== "-" && !existsSync(file)) usageError(`no such file: ${file}`)
if (values.jsonl) process.exitCode = await answerLines(file, release)
else if (file === undefined) usageError("the file is missing")
else {
  const source = readFileSync(file === "-" ? 0 : file)
  process.exitCode = Math.max(
    answerFile(source, release),
    values.lint ? lintFile(source, release) : 0,
  )
}
