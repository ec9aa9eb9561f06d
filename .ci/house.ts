/**
 * The state of the code in figures: `npm run house`. Exits 1 where one is above its limit.
 * What other tools know is asked of them: the linter counts lines and complexity.
 */
import { spawnSync } from "node:child_process"
import { existsSync, globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { cyclesOf, importsOf } from "./imports.ts"
import { rawLines, repeatedLines } from "./styles.ts"
import { GROUPS } from "./test-plan.ts"
import { readTimes } from "./test-times.ts"
import { retiredInNames, retiredInTexts } from "./vocabulary.ts"

const root = join(import.meta.dirname, "..")
const PARTS = ["agent", "pki", "appliance", "lab", "routeros-scripts", "ui", ".ci"]

/** Places where the linter reports this rule. */
const lintFindings = (rule: string): readonly string[] => {
  const biome = join(root, "node_modules/.bin/biome")
  const { stdout } = spawnSync(
    biome,
    ["lint", `--only=${rule}`, "--reporter=json", "--max-diagnostics=none", "."],
    { cwd: root, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
  )
  const report: {
    diagnostics: {
      location: { path: string | { file: string }; start?: { line: number } }
      message: string | { content: string }[]
    }[]
  } = JSON.parse(stdout.slice(stdout.indexOf("{")))
  return report.diagnostics.map(({ location }) => {
    const file = typeof location.path === "string" ? location.path : location.path.file
    return `${file}:${location.start?.line ?? 0}`
  })
}

/** `PENDING` of the import rules: what they still let pass. */
const pendingImports = (): readonly string[] =>
  [
    ...readFileSync(join(root, ".ci/boundaries.test.ts"), "utf8").matchAll(
      /^ {2}"(\S+ > \S+)",$/gm,
    ),
  ].map(([, line]) => line ?? "")

/** Files a made-up member of each extension point touches; its test keeps the list it used. */
const extensionPoints = (): readonly { readonly name: string; readonly files: number }[] => {
  const file = join(root, ".ci/extension-points.json")
  if (!existsSync(file)) return []
  const points: Readonly<Record<string, readonly string[]>> = JSON.parse(readFileSync(file, "utf8"))
  return Object.entries(points).map(([name, files]) => ({ name, files: files.length }))
}

const sources = (): readonly { readonly file: string; readonly lines: number }[] =>
  PARTS.flatMap((part) => globSync(`${part}/**/*.ts`, { cwd: root }))
    .filter((file) => !/node_modules|[/\\]dist/.test(file))
    .map((file) => ({ file, lines: readFileSync(join(root, file), "utf8").split("\n").length - 1 }))
    .sort((a, b) => a.lines - b.lines)

const testSeconds = (): readonly string[] => {
  const times = readTimes()
  if (Object.keys(times).length === 0) return ["not recorded; npm test -- --record writes them"]
  return Object.entries(GROUPS).map(([group, { files, ...rest }]) => {
    const own = globSync(files, { cwd: root }).filter(
      (each) => !/node_modules/.test(each) && !("except" in rest && each.startsWith(rest.except)),
    )
    const seconds = own.reduce((sum, each) => sum + (times[each]?.cpu ?? 0), 0)
    return `${group} ${seconds.toFixed(0)} s of CPU (${own.length} files)`
  })
}

const main = (): void => {
  const imports = importsOf(
    root,
    PARTS.map((part) => `${part}/**/*.ts`),
  ).filter(({ to }) => existsSync(join(root, to)))
  const cycles = cyclesOf(imports).map((files) => files.join(" → "))
  const long = lintFindings("complexity/noExcessiveLinesPerFunction")
  const complex = lintFindings("complexity/noExcessiveCognitiveComplexity")
  const pending = pendingImports()
  const retired = [...retiredInNames(root), ...retiredInTexts(root)].map(
    ({ file, line, word }) => `${file}:${line} ${word}`,
  )
  const points = extensionPoints()
  const figures: readonly (readonly [string, readonly string[]])[] = [
    ["import cycles", cycles],
    ["functions over 60 lines", long],
    ["functions with a cognitive complexity over 25", complex],
    ["imports of private module files, or against the layers", pending],
    ["retired words", retired],
    ["repeated style rules", repeatedLines(root)],
    ["style values that are not tokens", rawLines(root)],
  ]
  const isVerbose = process.argv.includes("--list")
  for (const [name, found] of figures) {
    console.log(`${String(found.length).padStart(6)}  ${name}`)
    if (isVerbose) for (const each of found) console.log(`          ${each}`)
  }
  for (const { name, files } of points)
    console.log(
      `${String(files).padStart(6)}  files touched by a made-up ${name} (at most 3, translations not counted)`,
    )
  const files = sources()
  const longest = files.at(-1)
  console.log(
    `${String(files[Math.floor(files.length / 2)]?.lines ?? 0).padStart(6)}  lines in the median file of ${files.length}`,
  )
  console.log(
    `${String(longest?.lines ?? 0).padStart(6)}  lines in the longest: ${longest?.file ?? ""}`,
  )
  console.log(`tests: ${testSeconds().join(", ")}`)
  const isGood =
    figures.every(([, found]) => found.length === 0) && points.every((point) => point.files <= 3)
  process.exitCode = isGood ? 0 : 1
}

if (import.meta.main) main()
