/**
 * Reads a topology file into a `Topology`; errors name line and key. The format:
 * topologies/README.md.
 */
import { readFileSync } from "node:fs"
import { isScalar, LineCounter, parseDocument } from "yaml"
import { z } from "zod"
import { closest } from "./name-suggestion.ts"
import { PERSONA_NAMES, PERSONAS, type PersonaName } from "./routers/personas.ts"
import type { Topology } from "./topology.ts"
import { UserError } from "./user-error.ts"

const ROLES = z.enum([
  "upstream",
  "border",
  "core",
  "route-reflector",
  "aggregation",
  "edge",
  "access",
  "pppoe-server",
  "cgnat",
  "wireless",
  "switch",
  "cpe",
])
const Key = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "expected lower-case letters, digits and hyphens")
const Address = z.ipv4().regex(/^10\./, "expected an address in 10.0.0.0/8")
const Rate = z
  .string()
  .regex(/^\d+(\.\d+)?[KMGT]$/, "expected a rate such as 500M or 1.6G")
  .transform((text) =>
    Math.round(Number(text.slice(0, -1)) * 1000 ** ("KMGT".indexOf(text.slice(-1)) + 1)),
  )
const Persona = z.string().transform((name, ctx): PersonaName => {
  const known = Object.hasOwn(PERSONAS, name)
  if (!known) ctx.addIssue(`no persona ${name}${closest(name, PERSONA_NAMES)}`)
  return known ? (name as PersonaName) : z.NEVER
})
/** `router port`; a port's name may contain spaces, a router's may not. */
const End = z
  .string()
  .regex(/^\S+ \S.*$/, "expected a router and its port, such as `ist-core-1 ether1`")
  .transform((text) => ({
    router: text.slice(0, text.indexOf(" ")),
    port: text.slice(text.indexOf(" ") + 1),
  }))

const TopologyFile = z.strictObject({
  name: Key,
  seed: z.int().nonnegative().max(0xffff_ffff),
  access: z.strictObject({
    username: z.string().min(1),
    password: z.string(),
    community: z.string().min(1),
  }),
  agent: z.strictObject({ name: Key, at: Key, address: Address }),
  sites: z.record(
    Key,
    z.strictObject({
      name: z.string().min(1).max(120),
      region: z.string().min(1).max(120),
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
    }),
  ),
  routers: z.record(
    Key,
    z.strictObject({
      site: Key,
      address: Address,
      roles: z.array(ROLES).min(1),
      persona: Persona,
      methods: z.array(z.enum(["api", "api-ssl", "snmp"])),
      demand: Rate.default(0),
      customers: z.int().min(0).max(16).default(0),
      sessions: z.int().min(0).max(64).default(0),
      modem: z.boolean().default(false),
      radio: z.enum(["wifi", "caps-man", "w60g"]).nullable().default(null),
    }),
  ),
  links: z.record(
    Key,
    z.strictObject({
      a: End,
      b: End,
      capacity: Rate,
      medium: z.enum(["fibre", "radio", "copper", "virtual"]),
    }),
  ),
})
type TopologyFile = z.infer<typeof TopologyFile>

export type TopologyError = {
  readonly line: number
  readonly key: string
  readonly message: string
}
export type ParsedTopology =
  | { readonly ok: true; readonly topology: Topology }
  | { readonly ok: false; readonly errors: readonly TopologyError[] }
type Problem = { readonly path: readonly PropertyKey[]; readonly message: string }

/** Faults across fields: unknown names, ports and addresses used twice. */
const crossCheck = (file: TopologyFile): Problem[] => {
  const problems: Problem[] = []
  const routers = Object.keys(file.routers)
  const sites = Object.keys(file.sites)
  const usedBy = new Map<string, string>()
  const reserve = (what: string, by: string, path: readonly PropertyKey[]) => {
    const other = usedBy.get(what)
    if (other !== undefined) problems.push({ path, message: `${what} is already used by ${other}` })
    usedBy.set(what, by)
  }
  if (!(file.agent.at in file.routers))
    problems.push({
      path: ["agent", "at"],
      message: `no router ${file.agent.at}${closest(file.agent.at, routers)}`,
    })
  reserve(file.agent.address, "the agent", ["agent", "address"])
  for (const [name, router] of Object.entries(file.routers)) {
    if (!(router.site in file.sites))
      problems.push({
        path: ["routers", name, "site"],
        message: `no site ${router.site}${closest(router.site, sites)}`,
      })
    reserve(router.address, name, ["routers", name, "address"])
  }
  for (const [name, link] of Object.entries(file.links)) {
    if (link.a.router === link.b.router)
      problems.push({ path: ["links", name], message: "both ends are the same router" })
    for (const side of ["a", "b"] as const) {
      const end = link[side]
      const router = file.routers[end.router]
      const path = ["links", name, side]
      if (router === undefined)
        problems.push({ path, message: `no router ${end.router}${closest(end.router, routers)}` })
      else {
        const ports: readonly string[] = PERSONAS[router.persona].ports
        if (!ports.includes(end.port))
          problems.push({
            path,
            message: `a ${router.persona} has no port ${end.port}${closest(end.port, ports)}`,
          })
        reserve(`${end.router} ${end.port}`, name, path)
      }
    }
  }
  return problems
}

const build = (file: TopologyFile): Topology => ({
  name: file.name,
  seed: file.seed,
  access: file.access,
  agent: file.agent,
  sites: Object.entries(file.sites).map(([key, site]) => ({ key, ...site })),
  routers: Object.entries(file.routers).map(([name, { demand, modem, ...router }]) => ({
    name,
    ...router,
    demandBps: demand,
    hasModem: modem,
  })),
  links: Object.entries(file.links).map(([name, { capacity, ...link }]) => ({
    name,
    ...link,
    capacityBps: capacity,
  })),
})

export const parseTopology = (text: string): ParsedTopology => {
  const lines = new LineCounter()
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number | undefined) =>
    offset === undefined ? 1 : lines.linePos(offset).line
  if (doc.errors.length > 0)
    return {
      ok: false,
      errors: doc.errors.map((e) => ({ line: lineAt(e.pos[0]), key: "", message: e.message })),
    }
  // A missing key has no place of its own: uses the line of the nearest existing node.
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth > 0; depth--) {
      const parent: unknown = depth === 1 ? doc.contents : doc.getIn(path.slice(0, depth - 1), true)
      const pairs =
        typeof parent === "object" &&
        parent !== null &&
        "items" in parent &&
        Array.isArray(parent.items)
          ? parent.items
          : []
      const pair = pairs.find(
        (p: unknown) =>
          typeof p === "object" &&
          p !== null &&
          "key" in p &&
          isScalar(p.key) &&
          p.key.value === path[depth - 1],
      )
      if (pair !== undefined) return lineAt(pair.key.range?.[0])
    }
    return 1
  }
  const errorAt = (path: readonly PropertyKey[], message: string): TopologyError => ({
    line: lineOf(path),
    key: path.map(String).join("."),
    message,
  })
  const parsed = TopologyFile.safeParse(doc.toJS())
  if (!parsed.success)
    return {
      ok: false,
      errors: parsed.error.issues.flatMap((issue) =>
        issue.code === "unrecognized_keys"
          ? issue.keys.map((key) => errorAt([...issue.path, key], "no such key here"))
          : [errorAt(issue.path, issue.message)],
      ),
    }
  const problems = crossCheck(parsed.data)
  return problems.length > 0
    ? { ok: false, errors: problems.map((w) => errorAt(w.path, w.message)) }
    : { ok: true, topology: build(parsed.data) }
}

export const readTopology = (path: string): Topology => {
  const parsed = parseTopology(readFileSync(path, "utf8"))
  if (parsed.ok) return parsed.topology
  const lines = parsed.errors.map(
    (f) => `${path}:${f.line}: ${f.key === "" ? "" : `${f.key}: `}${f.message}`,
  )
  throw new UserError(`the topology cannot be used\n${lines.join("\n")}`)
}
