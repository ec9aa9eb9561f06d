/** The import rules hold in the tree. A row of the table that no longer names any code fails too. */
import assert from "node:assert/strict"
import { existsSync, globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import {
  allImports,
  IMPORT_RULES,
  isTest,
  MODULES,
  publicFiles,
  wrongImports,
} from "./boundaries.ts"
import { cyclesOf, importsOf } from "./imports.ts"

const root = join(import.meta.dirname, "..")
const all = allImports()

for (const [rule, broken] of Object.entries(IMPORT_RULES))
  test(rule, () => {
    assert.deepEqual(wrongImports(all, { [rule]: broken }), [])
  })

test("each rule finds an import that breaks it", () => {
  const examples: Readonly<Record<keyof typeof IMPORT_RULES, readonly [string, string]>> = {
    "imports inside the appliance go down, sideways only where the table says so, to public files":
      ["appliance/src/registry/audit/audit.ts", "appliance/src/flow/alerts/alerts.ts"],
    "packages import only what their row names, and never leave by a path": [
      "agent/src/agent.ts",
      "koa",
    ],
    "packages for tests stay in tests": ["appliance/src/app.ts", "fast-check"],
    "the solver imports nothing at all from outside itself; its command may read with zod": [
      "appliance/rca/src/solver.ts",
      "zod",
    ],
    "the UI imports nothing of ours but the appliance's API schemas and messages": [
      "ui/src/main.ts",
      "@ispvm/wire",
    ],
    "the catalogue of messages imports the types of messages and itself": [
      "appliance/src/messages/text.ts",
      "zod",
    ],
    "API schemas that the UI may bundle import zod and each other": [
      "appliance/src/api/endpoints.ts",
      "koa",
    ],
  }
  assert.deepEqual(Object.keys(examples), Object.keys(IMPORT_RULES))
  for (const [rule, broken] of Object.entries(IMPORT_RULES)) {
    const [from, to] = examples[rule] ?? ["", ""]
    const found = wrongImports([{ from, to, typeOnly: false, line: 1 }], { [rule]: broken })
    assert.match(found.join(), /^[^,]+:1 imports /, rule)
  }
})

test("no files import each other in a circle, types included", () => {
  const circle = [
    { from: "a.ts", to: "b.ts", typeOnly: false, line: 1 },
    { from: "b.ts", to: "c.ts", typeOnly: true, line: 1 },
    { from: "c.ts", to: "b.ts", typeOnly: true, line: 1 },
  ]
  assert.deepEqual(cyclesOf(circle), [["b.ts", "c.ts"]])
  const inTree = [...all, ...importsOf(root, ["ui/**/*.ts", ".ci/*.ts"])].filter((i) =>
    existsSync(join(root, i.to)),
  )
  assert.deepEqual(
    cyclesOf(inTree).map((files) => files.join(" → ")),
    [],
  )
})

test("SQL stands in store files and platform alone", () => {
  const files = globSync("appliance/src/{registry,flow,operate}/**/*.ts", { cwd: root }).filter(
    (file) => !isTest(file),
  )
  const withSql = files.filter((file) =>
    /\b(?:tx|sql)(?:<[^`]*>)?`/.test(readFileSync(join(root, file), "utf8")),
  )
  assert.deepEqual(
    withSql.filter((file) => !/(^|\/)[a-z-]*store\.ts$/.test(file)),
    [],
  )
})

test("every row of the table names code that exists", () => {
  const rows = Object.keys(MODULES).filter(
    (module) => !existsSync(join(root, publicFiles(module)[0] ?? "")),
  )
  assert.deepEqual(rows, [])
})

test("every module of the appliance has a row", () => {
  const modules = globSync("appliance/src/{registry,flow,operate,listeners}/*/", { cwd: root }).map(
    (path) => path.replace(/^appliance\/src\/|\/$/g, ""),
  )
  assert.deepEqual(
    modules.filter((module) => MODULES[module] === undefined),
    [],
  )
})

test("there are no index files, and no file named for having no job", () => {
  const files = globSync(
    ["agent/**/*.ts", "pki/**/*.ts", "appliance/**/*.ts", "lab/**/*.ts", "ui/src/**/*.ts"],
    {
      cwd: root,
      exclude: (path) => /node_modules/.test(path),
    },
  )
  assert.deepEqual(
    files.filter((file) =>
      /(^|\/)(index|utils?|helpers?|common|types|manager|service)\.ts$/.test(file),
    ),
    [],
  )
})

test("the agent's own dependencies are counted on one hand", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "agent/package.json"), "utf8")) as {
    dependencies: Record<string, string>
  }
  assert.ok(Object.keys(dependencies).length <= 5, Object.keys(dependencies).join(", "))
})
