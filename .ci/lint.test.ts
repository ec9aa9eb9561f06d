/** The linters report what style.md forbids: each rule finds its examples, and no other line. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"

const root = join(import.meta.dirname, "..")
type Example = {
  readonly title: string
  readonly linter: "oxlint" | "biome"
  /** What a line of the linter's output about this rule holds. */
  readonly rule: RegExp
  readonly code: string
}
const TYPES = `import { readFile } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
type Thing = { readonly run: () => Promise<void>; sync: () => void }
`

/** Each in a file of its own, so that each linter runs once. */
const EXAMPLES: readonly Example[] = [
  {
    title: "a promise that nobody awaits is an error, also of a library and in a list",
    linter: "oxlint",
    rule: /no-floating-promises/,
    code: `${TYPES}import { test } from "node:test"
export const work = async (thing: Thing, things: readonly Thing[]): Promise<void> => {
  sleep(10) // reported
  readFile("x") // reported
  thing.run() // reported
  things[0]?.run() // reported
  things.map((each) => each.run()) // reported
  thing.run().then(() => 1) // reported
  await thing.run()
  void thing.run()
  thing.run().then(() => 1, () => 2)
  test("a test of node:test", () => undefined)
}
`,
  },
  {
    title: "a promise as a condition, or from a callback that returns nothing, is an error",
    linter: "oxlint",
    rule: /no-misused-promises/,
    code: `${TYPES}export const work = (thing: Thing, things: readonly Thing[]): void => {
  if (thing.run()) thing.sync() // reported
  things.forEach(async (each) => each.run()) // reported
  process.on("SIGTERM", async () => thing.run()) // reported
  process.on("SIGTERM", () => void thing.run())
}
void readFile
void sleep
`,
  },
  {
    title: "a switch names every member of its union, default or not",
    linter: "oxlint",
    rule: /switch-exhaustiveness-check/,
    code: `type Kind = "a" | "b"
export const one = (kind: Kind): number => {
  switch (kind) { // reported
    case "a":
      return 1
    default:
      return 2
  }
}
export const two = (kind: Kind): number => {
  switch (kind) {
    case "a":
      return 1
    case "b":
      return 2
  }
}
`,
  },
  {
    title: "an error thrown in a catch clause keeps the caught one, whatever its class",
    linter: "biome",
    rule: /caught error as its cause/,
    code: `export class OwnError extends Error {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(code + message, options)
  }
}
const bad = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (text === "a") throw new Error("no JSON") // reported
    if (text === "b") throw new OwnError("x", String(error)) // reported
    if (text === "c") throw error
    if (text === "d") throw new OwnError("x", "no JSON", { cause: error })
    throw new AggregateError([error], "no JSON", { cause: error })
  }
}
export const without = (text: string): unknown => {
  try {
    return bad(text)
  } catch {
    throw new Error("no JSON") // reported
  }
}
export const short = (text: string): unknown => {
  try {
    return bad(text)
  } catch (cause) {
    throw new OwnError("x", "no JSON", { cause })
  }
}
`,
  },
]

const nameOf = (example: Example): string => `example-${EXAMPLES.indexOf(example)}.ts`
let folder: string
let lines: Readonly<Record<Example["linter"], readonly string[]>>

const linesOf = (program: string, ...args: readonly string[]): readonly string[] => {
  const { stdout, stderr } = spawnSync(join(root, "node_modules/.bin", program), [...args, "."], {
    cwd: folder,
    encoding: "utf8",
  })
  return `${stdout}\n${stderr}`.split("\n")
}

/** Outside the repository, so that a run that is cut off leaves nothing in it; with its settings and packages. */
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ispvm-lint-examples-"))
  mkdirSync(join(folder, ".ci"))
  for (const file of ["biome.json", ".oxlintrc.json", "tsconfig.base.json", ".ci/error-cause.grit"])
    copyFileSync(join(root, file), join(folder, file))
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  const tsconfig = {
    extends: "./tsconfig.base.json",
    compilerOptions: { types: ["node"] },
    include: ["*.ts"],
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig))
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
  for (const each of EXAMPLES) writeFileSync(join(folder, nameOf(each)), each.code)
  lines = {
    oxlint: linesOf("oxlint", "--type-aware", "--format=unix"),
    biome: linesOf("biome", "lint", "--only=plugin", "--reporter=github"),
  }
})
after(() => rmSync(folder, { recursive: true, force: true }))

for (const example of EXAMPLES)
  test(example.title, () => {
    const marked = example.code
      .split("\n")
      .flatMap((line, at) => (line.endsWith("// reported") ? [at + 1] : []))
    const reported = lines[example.linter]
      .filter((line) => line.includes(nameOf(example)) && example.rule.test(line))
      .map((line) => Number(/\.ts(?:,line=|:)(\d+)/.exec(line)?.[1] ?? 0))
      .toSorted((a, b) => a - b)
    assert.ok(marked.length > 0)
    assert.deepEqual(reported, marked)
  })
