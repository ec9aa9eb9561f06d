/**
 * Reads one document of the command. Ids, ends and values are checked strictly, because a mistake
 * there would change the answer. Unknown fields are ignored, omitted lists are empty, and unknown
 * kinds are kept. A rejection is one sentence that names what is wrong.
 */
import { z } from "zod"
import type { Group, Link, Network, Observation } from "../rca.ts"

export type ReadDocument =
  | { readonly ok: true; readonly network: Network }
  | { readonly ok: false; readonly error: string }

/** The solver names the uplinks of vantages with this prefix. */
const OWN_PREFIX = "@uplink:"
/** Nested groups may unfold to far more members than the document lists. */
const MAX_UNFOLDED = 5_000_000

const Name = z.string("expected a string").min(1, "expected a non-empty string")
const Id = Name.refine(
  (id) => !id.startsWith(OWN_PREFIX),
  `ids starting with ${OWN_PREFIX} are reserved`,
)
const list = <T extends z.ZodType>(of: T) => z.array(of, "expected a list")
const Cost = z.int("expected a whole number").min(1).max(65_535).nullable()
const Document = z.object(
  {
    nodes: list(
      z.object(
        {
          id: Id,
          kind: z.string("expected a string").nullish(),
          monitored: z.boolean("expected true or false").nullish(),
        },
        "expected a node object",
      ),
    ),
    links: list(
      z.object(
        { id: Id, a: Name, b: Name, costs: z.tuple([Cost, Cost]).nullish() },
        "expected a link object",
      ),
    ),
    groups: list(z.object({ id: Id, members: list(Name) }, "expected a group object")).nullish(),
    works: list(z.object({ id: Id, members: list(Name) }, "expected a work object")).nullish(),
    vantages: list(Name).nullish(),
    observations: list(
      z.object(
        {
          entity: Name,
          signal: z.enum(
            ["reachable", "port", "adjacency"],
            'expected "reachable", "port" or "adjacency"',
          ),
          value: z.enum(["up", "down"], 'expected "up" or "down"'),
          from: Name.nullish(),
          end: Name.nullish(),
        },
        "expected an observation object",
      ),
    ).nullish(),
  },
  "expected a document object",
)
type Document = z.infer<typeof Document>
type Written = NonNullable<Document["observations"]>[number]

export const readDocument = (text: string): ReadDocument => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return invalid(`not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = Document.safeParse(value)
  if (!parsed.success) return invalid(shapeError(parsed.error.issues[0], value))
  return networkOf(parsed.data)
}

const invalid = (error: string): ReadDocument => ({ ok: false, error })
const quote = (id: string): string => JSON.stringify(id.length > 200 ? `${id.slice(0, 200)}…` : id)

/** `nodes[3].monitored of "R7": expected true or false`. */
const shapeError = (issue: z.core.$ZodIssue | undefined, value: unknown): string => {
  const path = issue?.path ?? []
  const at = path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
  let owner = ""
  let inside: unknown = value
  for (const step of path) {
    inside = Object.getOwnPropertyDescriptor(inside, step)?.value
    if (typeof inside !== "object" || inside === null) break
    const name: unknown =
      "id" in inside ? inside.id : "entity" in inside ? inside.entity : undefined
    if (typeof name === "string" && path.at(-1) !== "id" && path.at(-1) !== "entity")
      owner = ` of ${quote(name)}`
  }
  return `${at === "" ? "the line" : at.slice(1)}${owner}: ${issue?.message ?? "not as expected"}`
}

type Known = {
  readonly what: ReadonlyMap<string, "node" | "link" | "group">
  readonly links: ReadonlyMap<string, Link>
  readonly vantages: ReadonlySet<string>
}

const lostMember = (
  kind: string,
  all: NonNullable<Document["groups"]> | null | undefined,
  what: Known["what"],
): string | null => {
  for (const { id, members } of all ?? []) {
    const lost = members.find((member) => !what.has(member))
    if (lost !== undefined)
      return `${kind} ${quote(id)}: its member ${quote(lost)} is not in the document`
  }
  return null
}

/** Checks that all references name something, and unfolds the groups. */
const networkOf = (document: Document): ReadDocument => {
  const groups = document.groups ?? []
  const what = new Map<string, "node" | "link" | "group">()
  for (const [kind, things] of [
    ["node", document.nodes] as const,
    ["link", document.links] as const,
    ["group", groups] as const,
  ]) {
    for (const { id } of things) {
      const other = what.get(id)
      if (other !== undefined)
        return invalid(`${kind} ${quote(id)}: the id is already used by a ${other}`)
      what.set(id, kind)
    }
  }
  for (const { id, a, b } of document.links) {
    const end = [a, b].find((name) => what.get(name) !== "node")
    if (end !== undefined) return invalid(`link ${quote(id)}: its end ${quote(end)} is not a node`)
  }
  const lost = lostMember("group", groups, what) ?? lostMember("work", document.works, what)
  if (lost !== null) return invalid(lost)
  const vantages = new Set(document.vantages)
  for (const vantage of vantages)
    if (what.get(vantage) !== "node") return invalid(`vantage ${quote(vantage)}: not a node`)

  const unfolded = unfold(groups)
  if (unfolded === null) return invalid(`groups: they unfold to more than ${MAX_UNFOLDED} members`)
  const links = document.links.map(
    ({ costs, ...link }): Link => (costs == null ? link : { ...link, costs }),
  )
  const known = { what, links: new Map(links.map((link) => [link.id, link])), vantages }
  const observations: Observation[] = []
  for (const [index, one] of (document.observations ?? []).entries()) {
    const observation = observationOf(one, known)
    if (typeof observation === "string")
      return invalid(`observations[${index}] of ${quote(one.entity)}: ${observation}`)
    observations.push(observation)
  }
  return {
    ok: true,
    network: {
      nodes: document.nodes.map(({ id, kind, monitored }) => ({
        id,
        kind: kind ?? "router",
        monitored: monitored ?? false,
      })),
      links,
      groups: unfolded,
      vantages: [...vantages],
      ...(document.works == null ? {} : { works: document.works }),
      observations,
    },
  }
}

/** An observation with the fields of its signal alone, or what is wrong with it. */
const observationOf = (
  { entity, signal, value, from, end }: Written,
  { what, links, vantages }: Known,
): Observation | string => {
  const kind = what.get(entity)
  if (kind === undefined) return "not in the document"
  if (signal === "reachable") {
    if (kind !== "node") return `"reachable" applies to nodes, and this is a ${kind}`
    const [only, ...others] = vantages
    const vantage = from ?? (others.length === 0 ? only : undefined)
    if (vantage === undefined)
      return `"from" is missing: it may be omitted only with exactly one vantage`
    return vantages.has(vantage)
      ? { entity, signal, value, from: vantage }
      : `"from" is ${quote(vantage)}, which is not a vantage`
  }
  const link = links.get(entity)
  if (link === undefined) return `"${signal}" applies to links, and this is a ${kind}`
  if (end === undefined || end === null) return '"end" is missing: the node that reports'
  return end === link.a || end === link.b
    ? { entity, signal, value, end }
    : `"end" is ${quote(end)}, which is not an end of the link`
}

/** Groups with nested groups replaced by their members, each once. Null if they are too many. */
const unfold = (groups: NonNullable<Document["groups"]>): readonly Group[] | null => {
  const membersOf = new Map(groups.map(({ id, members }) => [id, members]))
  let written = 0
  const unfolded: Group[] = []
  for (const { id, members } of groups) {
    const found = new Set<string>()
    const entered = new Set([id])
    const open = [...members]
    for (const member of open) {
      const inner = membersOf.get(member)
      if (inner === undefined) found.add(member)
      else if (!entered.has(member)) {
        entered.add(member)
        for (const one of inner) open.push(one)
      }
      written += 1
      if (written > MAX_UNFOLDED) return null
    }
    unfolded.push({ id, members: [...found] })
  }
  return unfolded
}
