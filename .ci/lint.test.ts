/** The linters report what style.md forbids: each rule finds its examples, and no other line. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"

const root = join(import.meta.dirname, "..")
/** Inside the repository, because the rules need its settings and its packages. */
let folder: string
before(() => {
  folder = mkdtempSync(join(root, ".ci", "lint-examples-"))
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(root, "tsconfig.base.json"),
      compilerOptions: { types: ["node"] },
      include: ["*.ts"],
    }),
  )
})
after(() => rmSync(folder, { recursive: true, force: true }))

/** Lines of `code` that end with this comment. */
const marked = (code: string): readonly number[] =>
  code.split("\n").flatMap((line, at) => (line.endsWith("// reported") ? [at + 1] : []))

/** Lines that a linter reports under this rule. */
const reported = (
  code: string,
  program: string,
  args: readonly string[],
  rule: RegExp,
): readonly number[] => {
  const file = join(folder, "example.ts")
  writeFileSync(file, code)
  const { stdout, stderr } = spawnSync(join(root, "node_modules/.bin", program), [...args, file], {
    cwd: root,
    encoding: "utf8",
  })
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => rule.test(line))
  return lines
    .map((line) => Number(/example\.ts(?:,line=|:)(\d+)/.exec(line)?.[1] ?? 0))
    .toSorted((a, b) => a - b)
}
const byOxlint = (code: string, rule: RegExp): readonly number[] =>
  reported(code, "oxlint", ["--type-aware", "--format=unix"], rule)

const byBiome = (code: string, rule: RegExp): readonly number[] =>
  reported(code, "biome", ["lint", "--only=plugin", "--reporter=github"], rule)

const TYPES = `import { readFile } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
type Thing = { readonly run: () => Promise<void>; sync: () => void }
`

test("a promise that nobody awaits is an error, also of a library and in a list", () => {
  const code = `${TYPES}import { test } from "node:test"
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
`
  assert.deepEqual(byOxlint(code, /no-floating-promises/), marked(code))
})

test("a promise as a condition, or from a callback that returns nothing, is an error", () => {
  const code = `${TYPES}export const work = (thing: Thing, things: readonly Thing[]): void => {
  if (thing.run()) thing.sync() // reported
  things.forEach(async (each) => each.run()) // reported
  process.on("SIGTERM", async () => thing.run()) // reported
  process.on("SIGTERM", () => void thing.run())
}
void readFile
void sleep
`
  assert.deepEqual(byOxlint(code, /no-misused-promises/), marked(code))
})

test("a switch names every member of its union, default or not", () => {
  const code = `type Kind = "a" | "b"
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
`
  assert.deepEqual(byOxlint(code, /switch-exhaustiveness-check/), marked(code))
})

test("an error thrown in a catch clause keeps the caught one, whatever its class", () => {
  const code = `export class OwnError extends Error {
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
`
  assert.deepEqual(byBiome(code, /caught error as its cause/), marked(code))
})
