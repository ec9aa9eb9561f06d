/**
 * The state of the code in figures: `npm run house`. Exits 1 where one is above its limit.
 * What other tools know is asked of them: the linter counts lines and complexity.
 */
import { spawnSync } from "node:child_process"
import { existsSync, globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { allImports, wrongImports } from "./boundaries.ts"
import { cyclesOf, importsOf } from "./imports.ts"
import { rawLines, repeatedLines } from "./styles.ts"
import { GROUPS } from "./test-plan.ts"
import { readTimes } from "./test-times.ts"
import { retiredInComments, retiredInNames, retiredInTexts } from "./vocabulary.ts"

const root = join(import.meta.dirname, "..")
const PARTS = ["agent", "pki", "appliance", "lab", "routeros-scripts", "ui", ".ci"]

const RULES = {
  long: "complexity/noExcessiveLinesPerFunction",
  complex: "complexity/noExcessiveCognitiveComplexity",
} as const

/** Places where the linter reports each rule. */
const lintFindings = (): Readonly<Record<keyof typeof RULES, readonly string[]>> => {
  const only = Object.values(RULES).map((rule) => `--only=${rule}`)
  const { stdout } = spawnSync(
    join(root, "node_modules/.bin/biome"),
    ["lint", ...only, "--reporter=json", "--max-diagnostics=none", "."],
    { cwd: root, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
  )
  const report: {
    diagnostics: {
      category: string
      location: { path: string | { file: string }; start?: { line: number } }
    }[]
  } = JSON.parse(stdout.slice(stdout.indexOf("{")))
  const places = (rule: string): readonly string[] =>
    report.diagnostics
      .filter(({ category }) => category === `lint/${rule}`)
      .map(({ location }) => {
        const file = typeof location.path === "string" ? location.path : location.path.file
        return `${file}:${location.start?.line ?? 0}`
      })
  return { long: places(RULES.long), complex: places(RULES.complex) }
}

/** Comments that silence a linter or the compiler. Each states its reason. */
const SUPPRESSION =
  /\/\/ (?:biome-ignore|oxlint-disable|eslint-disable|@ts-expect-error|@ts-ignore)/
const REASON = /biome-ignore [\w/]+: \w|@ts-expect-error \w/
const suppressions = (): readonly { readonly place: string; readonly hasReason: boolean }[] =>
  sources().flatMap(({ file }) =>
    readFileSync(join(root, file), "utf8")
      .split("\n")
      .flatMap((line, at) =>
        SUPPRESSION.test(line)
          ? [{ place: `${file}:${at + 1} ${line.trim()}`, hasReason: REASON.test(line) }]
          : [],
      ),
  )

const MAX_FILES = 3
const EXTENSION_POINTS = ["metric family", "alert kind", "page", "route"] as const
/** Files a made-up member of each extension point touches; its test keeps the list it used. */
const extensionPoints = (): readonly { readonly name: string; readonly files: number | null }[] => {
  const points: Readonly<Record<string, readonly string[]>> = JSON.parse(
    readFileSync(join(root, ".ci/extension-points.json"), "utf8"),
  )
  return [...new Set([...EXTENSION_POINTS, ...Object.keys(points)])].map((name) => ({
    name,
    files: points[name]?.length ?? null,
  }))
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

const HELP = `npm run house [-- --list]

The state of the code in figures. Exits 1 where one is above its limit.

--list   names every place behind a figure`

const main = (): void => {
  if (process.argv.includes("--help")) {
    console.log(HELP)
    return
  }
  const imports = importsOf(
    root,
    PARTS.map((part) => `${part}/**/*.ts`),
  ).filter(({ to }) => existsSync(join(root, to)))
  const cycles = cyclesOf(imports).map((files) => files.join(" → "))
  const { long, complex } = lintFindings()
  const silenced = suppressions()
  const retired = [
    ...retiredInNames(root),
    ...retiredInTexts(root),
    ...retiredInComments(root),
  ].map(({ file, line, word }) => `${file}:${line} ${word}`)
  const points = extensionPoints()
  const figures: readonly (readonly [string, readonly string[]])[] = [
    ["import cycles", cycles],
    ["functions over 60 lines", long],
    ["functions with a cognitive complexity over 25", complex],
    ["imports of private module files, or against the layers", wrongImports(allImports())],
    ["retired words", retired],
    [
      "suppressions without a reason",
      silenced.filter(({ hasReason }) => !hasReason).map(({ place }) => place),
    ],
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
      `${String(files ?? "?").padStart(6)}  files touched by a made-up ${name} ` +
        (files === null
          ? "(no test adds one)"
          : `(at most ${MAX_FILES}, translations not counted)`),
    )
  console.log(`${String(silenced.length).padStart(6)}  suppressions in all`)
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
    figures.every(([, found]) => found.length === 0) &&
    points.every(({ files }) => files !== null && files <= MAX_FILES)
  process.exitCode = isGood ? 0 : 1
}

if (import.meta.main) main()
