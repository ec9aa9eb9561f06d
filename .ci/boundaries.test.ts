/** docs/architecture.md's table of who may import whom, as data. A row that no longer names any code fails too. */
import assert from "node:assert/strict"
import { existsSync, globSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { test } from "node:test"
import { type Import, importsOf, isBuiltin } from "./imports.ts"

const root = join(import.meta.dirname, "..")

/** Inside the appliance: a module, and the modules it may import besides platform and api. `type:` allows types alone. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  "registry/orgs": [],
  "registry/audit": ["registry/orgs"],
  "registry/secrets": ["registry/orgs", "registry/audit"],
  "registry/auth": ["registry/orgs", "registry/audit", "registry/secrets"],
  "registry/inventory": ["registry/orgs", "registry/audit", "registry/secrets", "@ispvm/agent/wire"],
  "registry/agents": [
    "registry/orgs",
    "registry/audit",
    "registry/secrets",
    "registry/inventory",
    "@ispvm/pki",
    "@ispvm/agent/wire",
  ],
  "flow/ingest": ["registry/inventory", "registry/agents", "@ispvm/agent/wire"],
  "flow/series": ["type:flow/ingest", "@ispvm/agent/wire"],
  "flow/events": ["type:flow/ingest", "@ispvm/agent/wire"],
  "flow/alerts": ["registry/inventory", "type:flow/ingest", "type:flow/series", "type:flow/events", "@ispvm/agent/wire"],
  "flow/incidents": ["registry/inventory", "registry/audit", "type:flow/alerts", "@ispvm/agent/wire"],
  "flow/live": [
    "type:registry/inventory",
    "type:flow/ingest",
    "type:flow/alerts",
    "type:flow/incidents",
    "type:flow/events",
    "type:registry/agents",
  ],
  "operate/fleet": ["registry/inventory", "flow/series", "flow/events", "type:flow/incidents"],
  "operate/lab": ["registry/audit"],
  "flow/push": ["registry/inventory", "type:flow/ingest", "@ispvm/agent/wire", "@ispvm/agent/counters"],
  "operate/companion": [
    "registry/orgs",
    "registry/audit",
    "registry/secrets",
    "registry/inventory",
    "registry/agents",
    "flow/push",
    "@ispvm/agent/wire",
    "@ispvm/pki",
    "@ispvm/routeros-scripts/companion",
  ],
}
/** Composition may import everything and is imported by nothing. */
const COMPOSITION = /^appliance\/src\/[a-z-]+(\.test)?\.ts$/

/** Packages: what each may import of this repository, and which packages from outside. */
const PACKAGES: Readonly<Record<string, { readonly ours: readonly string[]; readonly outside: readonly string[] }>> = {
  agent: { ours: [], outside: ["node-forge", "pino", "prom-client", "zod"] },
  pki: { ours: [], outside: ["node-forge", "zod"] },
  appliance: {
    ours: [
      "@ispvm/agent/wire",
      "@ispvm/agent/wire/metrics",
      "@ispvm/agent/counters",
      "@ispvm/pki",
      "@ispvm/routeros-scripts/companion",
    ],
    outside: [
      "@koa/router",
      "@zxcvbn-ts/language-common",
      "csv-parse",
      "csv-parse/sync",
      "koa",
      "pino",
      "postgres",
      "prom-client",
      "zod",
    ],
  },
  "routeros-scripts": { ours: [], outside: [] },
  lab: {
    ours: [
      "@ispvm/agent/wire",
      "@ispvm/appliance/cause",
      "@ispvm/routeros-scripts/check",
      "@ispvm/routeros-scripts/check/product",
      "@ispvm/routeros-scripts/check/syntax",
      "@ispvm/routeros-scripts/companion",
    ],
    outside: ["yaml", "zod"],
  },
}
/** For tests alone. */
const TEST_PACKAGES = ["fast-check", "playwright-core", "axe-core", "@sparticuz/chromium"]

const isTest = (file: string): boolean =>
  /\.test\.ts$|(^|\/)test\//.test(file) || ["lab/whole/", "lab/bench/", "lab/fuzz/"].some((folder) => file.startsWith(folder))
const where = ({ from, line, to }: Import): string => `${from}:${line} imports ${to}`
const moduleOf = (path: string): string | undefined => /^appliance\/src\/((?:registry|flow|operate)\/[^/]+)\//.exec(path)?.[1]
const faceOf = (module: string): string => `appliance/src/${module}/${basename(module)}.ts`

const breaksInside = (i: Import): string | undefined => {
  if (isTest(i.from) || COMPOSITION.test(i.from)) return undefined
  if (COMPOSITION.test(i.to)) return "composition is imported by nothing"
  const [from, to] = [moduleOf(i.from), moduleOf(i.to)]
  if (
    i.from.startsWith("appliance/src/platform/") &&
    i.to.startsWith("appliance/src/") &&
    !/^appliance\/src\/(platform|api)\//.test(i.to)
  )
    return "platform knows no module"
  if (i.from.startsWith("appliance/src/api/") && !i.to.startsWith("appliance/src/api/") && i.to !== "zod")
    return "api imports nothing of ours"
  if (from === undefined || from === to) return undefined
  const allowed = MODULES[from] ?? []
  if (i.to.startsWith("@ispvm/"))
    return allowed.some((row) => i.to === row || i.to.startsWith(`${row}/`)) ? undefined : "not in its row"
  if (to === undefined) return undefined
  if (!allowed.includes(to) && !(i.typeOnly && allowed.includes(`type:${to}`))) return "not in its row"
  const isAcceptedShape = i.to === "appliance/src/flow/ingest/accepted.ts"
  return i.to === faceOf(to) || isAcceptedShape ? undefined : `only the face, ${faceOf(to)}, may be imported`
}

const breaksBetween = (i: Import): string | undefined => {
  const pack = dirname(i.from).split("/")[0] ?? ""
  const rules = PACKAGES[pack]
  if (rules === undefined || isBuiltin(i.to)) return undefined
  const isOurs = i.to.startsWith("@ispvm/")
  // The fuzzer calls parsers themselves, which no package's face shows.
  if (i.from === "lab/fuzz/parsers.ts") return undefined
  if (!isOurs && existsSync(join(root, i.to))) return i.to.startsWith(`${pack}/`) ? undefined : "leaves its package by a path"
  if (isTest(i.from)) return undefined
  return (isOurs ? rules.ours : rules.outside).includes(i.to) ? undefined : "not among what this package may import"
}

const all = importsOf(root, ["agent/**/*.ts", "pki/**/*.ts", "appliance/**/*.ts", "lab/**/*.ts", "routeros-scripts/**/*.ts"])

test("imports inside the appliance go down, and sideways only where the table says so", () => {
  assert.deepEqual(
    all.map((i) => [where(i), breaksInside(i)] as const).filter(([, why]) => why !== undefined),
    [],
  )
})

test("packages import only what their row names, and never leave by a path", () => {
  assert.deepEqual(
    all.map((i) => [where(i), breaksBetween(i)] as const).filter(([, why]) => why !== undefined),
    [],
  )
})

test("packages for tests stay in tests", () => {
  assert.deepEqual(all.filter((i) => !isTest(i.from) && TEST_PACKAGES.includes(i.to)).map(where), [])
})

test("incidents/cause imports nothing at all from outside itself", () => {
  const cause = "appliance/src/flow/incidents/cause/"
  assert.deepEqual(all.filter((i) => i.from.startsWith(cause) && !isTest(i.from) && !i.to.startsWith(cause)).map(where), [])
})

test("the command of root cause imports the face of incidents/cause, and nothing else of the appliance", () => {
  const allowed = ["appliance/src/rca/", "appliance/src/flow/incidents/cause/cause.ts"]
  const ours = all.filter((i) => i.from.startsWith("appliance/src/rca/") && i.to.startsWith("appliance/"))
  assert.ok(ours.length > 0)
  assert.deepEqual(ours.filter((i) => !allowed.some((path) => i.to.startsWith(path))).map(where), [])
})

test("the screens take types alone from the appliance, and nothing from the rest", () => {
  const ours = importsOf(root, ["ui/src/**/*.ts", "ui/gallery/**/*.ts"]).filter((i) => i.to.startsWith("@ispvm/"))
  assert.deepEqual(ours.filter((i) => !i.to.startsWith("@ispvm/appliance/api/") || !i.typeOnly).map(where), [])
})

test("SQL stands in store files and platform alone", () => {
  const files = globSync("appliance/src/{registry,flow,operate}/**/*.ts", { cwd: root }).filter((file) => !isTest(file))
  const withSql = files.filter((file) => /\b(?:tx|sql)(?:<[^`]*>)?`/.test(readFileSync(join(root, file), "utf8")))
  assert.deepEqual(
    withSql.filter((file) => !/(^|\/)[a-z-]*store\.ts$/.test(file)),
    [],
  )
})

test("every row of the table names code that exists", () => {
  const rows = Object.keys(MODULES).filter((module) => !existsSync(join(root, faceOf(module))))
  assert.deepEqual(rows, [])
})

test("every module of the appliance has a row", () => {
  const modules = globSync("appliance/src/{registry,flow,operate}/*/", { cwd: root }).map((path) =>
    path.replace(/^appliance\/src\/|\/$/g, ""),
  )
  assert.deepEqual(
    modules.filter((module) => MODULES[module] === undefined),
    [],
  )
})

test("there are no index files, and no file named for having no job", () => {
  const files = globSync(["agent/**/*.ts", "pki/**/*.ts", "appliance/**/*.ts", "lab/**/*.ts", "ui/src/**/*.ts"], {
    cwd: root,
    exclude: (path) => /node_modules/.test(path),
  })
  assert.deepEqual(
    files.filter((file) => /(^|\/)(index|utils?|helpers?|common|types|manager|service)\.ts$/.test(file)),
    [],
  )
})

test("the agent's own dependencies are counted on one hand", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "agent/package.json"), "utf8")) as {
    dependencies: Record<string, string>
  }
  assert.ok(Object.keys(dependencies).length <= 5, Object.keys(dependencies).join(", "))
})
