/** The table of docs/architecture.md of who may import whom, as data. A row that no longer names any code fails too. */
import assert from "node:assert/strict"
import { existsSync, globSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { test } from "node:test"
import { cyclesOf, type Import, importsOf, isBuiltin } from "./imports.ts"

const root = join(import.meta.dirname, "..")

/**
 * Inside the appliance: a module, and the modules it may import besides platform and api. `type:`
 * allows types alone. Listed from the bottom up.
 */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  "registry/orgs": [],
  "registry/audit": ["registry/orgs"],
  "registry/secrets": ["registry/orgs", "registry/audit"],
  "registry/auth": ["registry/orgs", "registry/audit", "registry/secrets"],
  "registry/inventory": ["registry/orgs", "registry/audit", "registry/secrets", "@ispvm/wire"],
  "registry/agents": [
    "registry/orgs",
    "registry/audit",
    "registry/secrets",
    "registry/inventory",
    "@ispvm/pki",
    "@ispvm/wire",
  ],
  "flow/ingest": ["registry/inventory", "registry/agents", "@ispvm/wire"],
  "flow/series": ["type:flow/ingest", "@ispvm/wire"],
  "flow/events": ["type:flow/ingest", "@ispvm/wire"],
  "flow/alerts": [
    "registry/inventory",
    "type:flow/ingest",
    "type:flow/series",
    "type:flow/events",
    "@ispvm/wire",
  ],
  "flow/incidents": [
    "registry/inventory",
    "registry/audit",
    "type:flow/alerts",
    "@ispvm/wire",
    "@ispvm/rca",
  ],
  "flow/live": [
    "type:registry/inventory",
    "type:flow/ingest",
    "type:flow/alerts",
    "type:flow/incidents",
    "type:flow/events",
    "type:registry/agents",
  ],
  "flow/push": ["registry/inventory", "type:flow/ingest", "@ispvm/wire"],
  "operate/fleet": [
    "registry/inventory",
    "flow/series",
    "flow/events",
    "type:flow/incidents",
    "@ispvm/wire",
  ],
  "operate/companion": [
    "registry/orgs",
    "registry/audit",
    "registry/secrets",
    "registry/inventory",
    "registry/agents",
    "flow/push",
    "@ispvm/wire",
    "@ispvm/pki",
    "@ispvm/routeros-scripts/companion",
  ],
  "listeners/ui": ["registry/audit", "registry/auth", "registry/orgs", "@ispvm/pki"],
  "listeners/agents": ["registry/agents", "flow/ingest", "@ispvm/pki", "@ispvm/wire"],
  "listeners/routers": [
    "registry/agents",
    "flow/push",
    "operate/companion",
    "@ispvm/pki",
    "@ispvm/wire",
  ],
}
/** Files that may import across layers. Nothing but each other and tests imports them. */
const COMPOSITION = /^appliance\/src\/(?:(?:main|app|config)|compose\/[a-z-]+)(?:\.test)?\.ts$/
/** What joins the stages of the flow: may import the public files of flow and registry. */
const FLOW_COMPOSITION =
  /^appliance\/src\/flow\/(?:pipeline|org-workers?|publisher|probe-requests)\.ts$/

/** Packages: what each may import of this repository, and which packages from outside. */
const PACKAGES: Readonly<
  Record<string, { readonly ours: readonly string[]; readonly outside: readonly string[] }>
> = {
  "appliance/rca": { ours: [], outside: ["zod"] },
  "agent/wire": { ours: [], outside: ["zod"] },
  agent: { ours: ["@ispvm/wire"], outside: ["node-forge", "pino", "prom-client", "zod"] },
  pki: { ours: [], outside: ["node-forge", "zod"] },
  appliance: {
    ours: ["@ispvm/wire", "@ispvm/pki", "@ispvm/rca", "@ispvm/routeros-scripts/companion"],
    outside: [
      "@koa/router",
      "@zxcvbn-ts/language-common",
      "csv-parse",
      "csv-parse/sync",
      "koa",
      "pino",
      "pg",
      "pg-boss",
      "prom-client",
      "zod",
    ],
  },
  "routeros-scripts": { ours: [], outside: [] },
  lab: {
    ours: [
      "@ispvm/appliance/api/messages",
      "@ispvm/appliance/messages/text",
      "@ispvm/wire",
      "@ispvm/rca",
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
  /\.test\.ts$|(^|\/)test\//.test(file) ||
  ["lab/e2e/", "lab/bench/", "lab/scenarios/fuzz/"].some((folder) => file.startsWith(folder))
const where = ({ from, line, to }: Import): string => `${from}:${line} imports ${to}`
const moduleOf = (path: string): string | undefined =>
  /^appliance\/src\/((?:registry|flow|operate|listeners)\/[^/]+)\//.exec(path)?.[1]
/** The interface of a module whose folder is named for whom it serves. */
const INTERFACE: Readonly<Record<string, string>> = {
  "listeners/ui": "ui-listener.ts",
  "listeners/agents": "agent-listener.ts",
  "listeners/routers": "push-listener.ts",
}
/** A module's public files: its interface, its types, and its routes for who mounts them. */
const publicFiles = (module: string): readonly string[] =>
  [INTERFACE[module] ?? `${basename(module)}.ts`, "model.ts", "routes.ts"].map(
    (file) => `appliance/src/${module}/${file}`,
  )
const isUnder = (path: string, ...folders: readonly string[]): boolean =>
  folders.some((folder) => path.startsWith(`appliance/src/${folder}/`))

/** What schemas of the UI API may be made of: they are bundled into the UI. */
const API_IMPORTS = [
  "zod",
  "@ispvm/wire/collectors",
  "@ispvm/wire/families",
  "@ispvm/wire/push",
  "@ispvm/wire/text-encoding",
]

const breaksModule = (i: Import, from: string): string | undefined => {
  const to = moduleOf(i.to)
  if (from === to) return undefined
  const allowed = MODULES[from] ?? []
  if (i.to.startsWith("@ispvm/"))
    return allowed.some((row) => i.to === row || i.to.startsWith(`${row}/`))
      ? undefined
      : "not in its row"
  if (to === undefined)
    return isUnder(i.to, "flow", "registry", "operate", "listeners") && !isUnder(i.to, "listeners")
      ? "composition of the flow is imported by compose and app alone"
      : undefined
  if (!allowed.includes(to) && !(i.typeOnly && allowed.includes(`type:${to}`)))
    return "not in its row"
  return publicFiles(to).includes(i.to) ? undefined : "not a public file of its module"
}

const breaksInside = (i: Import): string | undefined => {
  if (isTest(i.from) || !i.from.startsWith("appliance/src/")) return undefined
  const to = moduleOf(i.to)
  if (COMPOSITION.test(i.from) || FLOW_COMPOSITION.test(i.from)) {
    if (FLOW_COMPOSITION.test(i.from) && isUnder(i.to, "operate", "listeners", "compose"))
      return "the flow knows nothing above it"
    return to === undefined || publicFiles(to).includes(i.to)
      ? undefined
      : "not a public file of its module"
  }
  if (COMPOSITION.test(i.to)) return "composition is imported by composition alone"
  if (isUnder(i.from, "platform") && isUnder(i.to, "registry", "flow", "operate", "listeners"))
    return "platform knows no module"
  if (isUnder(i.from, "api") && !isUnder(i.to, "api") && !API_IMPORTS.includes(i.to))
    return "api imports nothing of ours"
  const from = moduleOf(i.from)
  return from === undefined ? undefined : breaksModule(i, from)
}

/** The package a file belongs to: the longest of its folders that is one. */
const packageOf = (file: string): string =>
  Object.keys(PACKAGES)
    .filter((each) => file.startsWith(`${each}/`))
    .sort((a, b) => b.length - a.length)[0] ?? ""

const breaksBetween = (i: Import): string | undefined => {
  const pack = packageOf(i.from)
  const rules = PACKAGES[pack]
  if (rules === undefined || isBuiltin(i.to)) return undefined
  const isOurs = i.to.startsWith("@ispvm/")
  // The fuzzer calls parsers themselves, which no package shows.
  if (i.from === "lab/scenarios/fuzz/parsers.ts") return undefined
  if (!isOurs && existsSync(join(root, i.to)))
    return packageOf(i.to) === pack ? undefined : "leaves its package by a path"
  if (isTest(i.from)) return undefined
  return (isOurs ? rules.ours : rules.outside).some(
    (row) => i.to === row || (isOurs && i.to.startsWith(`${row}/`)),
  )
    ? undefined
    : "not among what this package may import"
}

const all = importsOf(root, [
  "agent/**/*.ts",
  "pki/**/*.ts",
  "appliance/**/*.ts",
  "lab/**/*.ts",
  "routeros-scripts/**/*.ts",
])

test("imports inside the appliance go down, sideways only where the table says so, to public files", () => {
  assert.deepEqual(
    all.map((i) => [where(i), breaksInside(i)] as const).filter(([, why]) => why !== undefined),
    [],
  )
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

test("packages import only what their row names, and never leave by a path", () => {
  assert.deepEqual(
    all.map((i) => [where(i), breaksBetween(i)] as const).filter(([, why]) => why !== undefined),
    [],
  )
})

test("packages for tests stay in tests", () => {
  assert.deepEqual(
    all.filter((i) => !isTest(i.from) && TEST_PACKAGES.includes(i.to)).map(where),
    [],
  )
})

test("the solver imports nothing at all from outside itself; its command may read with zod", () => {
  const own = "appliance/rca/src/"
  assert.deepEqual(
    all
      .filter((i) => i.from.startsWith(own) && !isTest(i.from) && !i.to.startsWith(own))
      .filter((i) => !/^appliance\/rca\/src\/(?:main|cli\/[a-z-]+)\.ts$/.test(i.from))
      .map(where),
    [],
  )
})

/** The catalogue of messages. The UI bundles it with the schemas, so it imports nothing else. */
const CATALOGUE = "@ispvm/appliance/messages/"

test("the UI imports nothing of ours but the appliance's API schemas and messages", () => {
  const ours = importsOf(root, ["ui/src/**/*.ts", "ui/gallery/**/*.ts"]).filter((i) =>
    i.to.startsWith("@ispvm/"),
  )
  assert.deepEqual(
    ours
      .filter((i) => !i.to.startsWith(CATALOGUE) && !i.to.startsWith("@ispvm/appliance/api/"))
      .map(where),
    [],
  )
})

test("the catalogue of messages imports the types of messages and itself", () => {
  const own = "appliance/src/messages/"
  const imports = all.filter((i) => i.from.startsWith(own) && !isTest(i.from))
  assert.ok(imports.length > 0)
  assert.deepEqual(
    imports
      .filter((i) => !i.to.startsWith(own))
      .filter((i) => i.to !== "appliance/src/api/messages.ts" || !i.typeOnly)
      .map(where),
    [],
  )
})

test("API schemas that the UI may bundle import zod and each other", () => {
  const outside = importsOf(root, ["appliance/src/api/**/*.ts"]).filter(
    (i) => !isTest(i.from) && !i.to.startsWith("appliance/src/api/") && !API_IMPORTS.includes(i.to),
  )
  assert.deepEqual(outside.map(where), [])
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
