/** The table of docs/architecture.md of who may import whom, as data, and the rules made of it. */
import { existsSync } from "node:fs"
import { basename, join } from "node:path"
import { type Import, importsOf, isBuiltin } from "./imports.ts"

const root = join(import.meta.dirname, "..")

/**
 * Inside the appliance: a module, and the modules it may import besides platform and api. `type:`
 * allows types alone. Listed from the bottom up.
 */
export const MODULES: Readonly<Record<string, readonly string[]>> = {
  "registry/orgs": [],
  "registry/audit": ["registry/orgs"],
  "registry/secrets": ["registry/orgs", "registry/audit"],
  "registry/auth": ["registry/orgs", "registry/audit", "registry/secrets"],
  "registry/inventory": ["registry/orgs", "registry/audit", "registry/secrets", "@ispvm/wire"],
  "registry/probes": ["registry/audit", "type:registry/inventory", "@ispvm/wire"],
  "registry/agents": [
    "registry/orgs",
    "registry/audit",
    "registry/secrets",
    "registry/inventory",
    "registry/probes",
    "@ispvm/pki",
    "@ispvm/wire",
  ],
  "flow/ingest": ["registry/inventory", "registry/agents", "@ispvm/wire"],
  "flow/series": ["type:flow/ingest", "@ispvm/wire"],
  "flow/events": ["type:flow/ingest", "@ispvm/wire"],
  "flow/rows": ["type:flow/ingest", "@ispvm/wire"],
  "flow/alerts": [
    "registry/inventory",
    "registry/probes",
    "type:flow/ingest",
    "type:flow/series",
    "type:flow/events",
    "@ispvm/wire",
  ],
  "flow/maintenance": ["registry/audit", "type:registry/inventory"],
  "flow/incidents": [
    "registry/inventory",
    "registry/probes",
    "registry/audit",
    "type:flow/alerts",
    "type:flow/maintenance",
    "@ispvm/wire",
    "@ispvm/rca",
  ],
  "flow/notify": ["registry/audit", "registry/secrets", "type:flow/incidents"],
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
  "operate/probes": [
    "registry/audit",
    "registry/probes",
    "flow/series",
    "flow/events",
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
  "operate/diagnostics": ["registry/audit", "registry/secrets", "registry/agents", "@ispvm/wire"],
  "operate/discovery": ["registry/audit", "registry/inventory", "@ispvm/discovery"],
  "operate/impact": ["type:flow/incidents"],
  "operate/health": [],
  "operate/backup": ["registry/audit", "registry/secrets"],
  "operate/update": ["registry/audit"],
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
  /^appliance\/src\/flow\/(?:pipeline(?:-model|-routes)?|org-workers?|publisher|probe-requests|session-sources)\.ts$/

/** Packages: what each may import of this repository, and which packages from outside. */
const PACKAGES: Readonly<
  Record<string, { readonly ours: readonly string[]; readonly outside: readonly string[] }>
> = {
  "appliance/rca": { ours: [], outside: ["zod"] },
  "appliance/discovery": { ours: [], outside: [] },
  "agent/wire": { ours: [], outside: ["zod"] },
  agent: {
    ours: ["@ispvm/wire"],
    outside: ["node-forge", "pino", "prom-client", "zod"],
  },
  pki: { ours: [], outside: ["node-forge", "zod"] },
  appliance: {
    ours: [
      "@ispvm/wire",
      "@ispvm/pki",
      "@ispvm/rca",
      "@ispvm/discovery",
      "@ispvm/routeros-scripts/companion",
    ],
    outside: [
      "@koa/router",
      "@opentelemetry/api",
      "@opentelemetry/otlp-transformer",
      "@opentelemetry/resources",
      "@opentelemetry/sdk-trace",
      "@zxcvbn-ts/language-common",
      "age-encryption",
      "aws4fetch",
      "csv-parse",
      "csv-parse/sync",
      "koa",
      "pino",
      "nodemailer",
      "web-push",
      "pg",
      "pg-boss",
      "pg-copy-streams",
      "prom-client",
      "rrule-temporal",
      "ssh2",
      "systemd-notify",
      "yaml",
      "zod",
    ],
  },
  "routeros-scripts": { ours: [], outside: [] },
  images: {
    ours: [
      "@ispvm/appliance/api/runbooks",
      "@ispvm/appliance/cli/debian-bundle",
      "@ispvm/appliance/cli/help",
      "@ispvm/appliance/cli/pack",
      "@ispvm/appliance/cli/verify",
      "@ispvm/appliance/platform/postgres/lock",
      "@ispvm/wire/signed-manifest",
      "@ispvm/appliance/seed/ovf-environment",
    ],
    outside: ["postject", "vite", "yaml", "zod"],
  },
  lab: {
    ours: [
      "@ispvm/appliance/api/messages",
      "@ispvm/appliance/messages/text",
      "@ispvm/wire",
      "@ispvm/discovery",
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

export const isTest = (file: string): boolean =>
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
export const publicFiles = (module: string): readonly string[] =>
  [INTERFACE[module] ?? `${basename(module)}.ts`, "model.ts", "routes.ts"].map(
    (file) => `appliance/src/${module}/${file}`,
  )
const isUnder = (path: string, ...folders: readonly string[]): boolean =>
  folders.some((folder) => path.startsWith(`appliance/src/${folder}/`))

/** What schemas of the UI API may be made of: they are bundled into the UI. */
const API_IMPORTS = [
  "zod",
  "@ispvm/wire/collectors",
  "@ispvm/wire/diagnostics",
  "@ispvm/wire/families",
  "@ispvm/wire/probes",
  "@ispvm/wire/push",
  "@ispvm/wire/tables",
  "@ispvm/wire/log-meanings",
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
  // The fuzzer and the recordings call parts of programs, which no package shows.
  if (/^lab\/(scenarios\/fuzz\/(network-)?parsers|recordings\/agent)\.ts$/.test(i.from))
    return undefined
  if (!isOurs && existsSync(join(root, i.to)))
    return packageOf(i.to) === pack ? undefined : "leaves its package by a path"
  if (isTest(i.from)) return undefined
  return (isOurs ? rules.ours : rules.outside).some(
    (row) => i.to === row || (isOurs && i.to.startsWith(`${row}/`)),
  )
    ? undefined
    : "not among what this package may import"
}

/** The catalogue of messages. The UI bundles it with the schemas, so it imports nothing else. */
const CATALOGUE = "@ispvm/appliance/messages/"
const OF_CATALOGUE = "appliance/src/messages/"
const OF_SOLVER = "appliance/rca/src/"

/** Each rule with a function that says what is wrong about an import, if anything. */
export const IMPORT_RULES: Readonly<Record<string, (i: Import) => boolean | string | undefined>> = {
  "imports inside the appliance go down, sideways only where the table says so, to public files":
    breaksInside,
  "packages import only what their row names, and never leave by a path": breaksBetween,
  "packages for tests stay in tests": (i) =>
    packageOf(i.from) !== "" && !isTest(i.from) && TEST_PACKAGES.includes(i.to),
  "the solver imports nothing at all from outside itself; its command may read with zod": (i) =>
    i.from.startsWith(OF_SOLVER) &&
    !isTest(i.from) &&
    !i.to.startsWith(OF_SOLVER) &&
    !/^appliance\/rca\/src\/(?:main|cli\/[a-z-]+)\.ts$/.test(i.from),
  "the UI imports nothing of ours but the appliance's API schemas and messages": (i) =>
    /^ui\/(?:src|gallery)\//.test(i.from) &&
    i.to.startsWith("@ispvm/") &&
    !i.to.startsWith(CATALOGUE) &&
    !i.to.startsWith("@ispvm/appliance/api/"),
  "the catalogue of messages imports the types of messages and itself": (i) =>
    i.from.startsWith(OF_CATALOGUE) &&
    !isTest(i.from) &&
    !i.to.startsWith(OF_CATALOGUE) &&
    !(i.to === "appliance/src/api/messages.ts" && i.typeOnly),
  "API schemas that the UI may bundle import zod and each other": (i) =>
    i.from.startsWith("appliance/src/api/") &&
    !isTest(i.from) &&
    !i.to.startsWith("appliance/src/api/") &&
    !API_IMPORTS.includes(i.to),
}

export const allImports = (): readonly Import[] =>
  importsOf(
    root,
    [...Object.keys(PACKAGES), "ui"].map((folder) => `${folder}/**/*.ts`),
  )

/** Imports that break a rule, each with what is wrong about it. */
export const wrongImports = (
  imports: readonly Import[],
  rules: Readonly<Partial<typeof IMPORT_RULES>> = IMPORT_RULES,
): readonly string[] =>
  imports.flatMap((i) =>
    Object.values(rules).flatMap((broken) => {
      const why = broken?.(i) ?? false
      return why === false ? [] : [`${where(i)}${why === true ? "" : `: ${why}`}`]
    }),
  )
