/**
 * One document of the command, read strictly where a slip would change the answer (ids, ends, values) and kindly elsewhere: fields nobody
 * knows are passed over, lists left out are empty, a kind nobody knows stays what it is. What is wrong is told as one sentence that names it.
 */
import { z } from "zod"
import type { Group, Link, Network, Observation } from "../rca.ts"

export type ReadDocument =
  | { readonly ok: true; readonly network: Network }
  | { readonly ok: false; readonly error: string }

/** Components of this form are the solver's own: a vantage's way out. */
const OWN_PREFIX = "@uplink:"
/** Groups that hold each other may unfold to far more members than were written. */
const MAX_UNFOLDED = 5_000_000

const Name = z.string("expected a text").min(1, "expected a text that is not empty")
const Id = Name.refine(
  (id) => !id.startsWith(OWN_PREFIX),
  `ids beginning with ${OWN_PREFIX} are taken`,
)
const list = <T extends z.ZodType>(of: T) => z.array(of, "expected a list")
const Document = z.object(
  {
    nodes: list(
      z.object(
        {
          id: Id,
          kind: z.string("expected a text").nullish(),
          monitored: z.boolean("expected true or false").nullish(),
        },
        "expected a node, an object",
      ),
    ),
    links: list(z.object({ id: Id, a: Name, b: Name }, "expected a link, an object")),
    groups: list(
      z.object({ id: Id, members: list(Name) }, "expected a group, an object"),
    ).nullish(),
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
        "expected an observation, an object",
      ),
    ).nullish(),
  },
  "expected a document, an object",
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
  return placed(parsed.data)
}

const invalid = (error: string): ReadDocument => ({ ok: false, error })
const quote = (id: string): string => JSON.stringify(id.length > 200 ? `${id.slice(0, 200)}…` : id)

/** `nodes[3].monitored of "R7": expected true or false`. */
const shapeError = (issue: z.core.$ZodIssue | undefined, value: unknown): string => {
  const path = issue?.path ?? []
  const at = path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
  let whose = ""
  let inside: unknown = value
  for (const step of path) {
    inside = Object.getOwnPropertyDescriptor(inside, step)?.value
    if (typeof inside !== "object" || inside === null) break
    const name: unknown =
      "id" in inside ? inside.id : "entity" in inside ? inside.entity : undefined
    if (typeof name === "string" && path.at(-1) !== "id" && path.at(-1) !== "entity")
      whose = ` of ${quote(name)}`
  }
  return `${at === "" ? "the line" : at.slice(1)}${whose}: ${issue?.message ?? "not as expected"}`
}

type Known = {
  readonly what: ReadonlyMap<string, "node" | "link" | "group">
  readonly links: ReadonlyMap<string, Link>
  readonly vantages: ReadonlySet<string>
}

const placed = (document: Document): ReadDocument => {
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
        return invalid(`${kind} ${quote(id)}: this id is already that of a ${other}`)
      what.set(id, kind)
    }
  }
  for (const { id, a, b } of document.links) {
    const end = [a, b].find((name) => what.get(name) !== "node")
    if (end !== undefined) return invalid(`link ${quote(id)}: its end ${quote(end)} is not a node`)
  }
  for (const { id, members } of groups) {
    const lost = members.find((member) => !what.has(member))
    if (lost !== undefined)
      return invalid(`group ${quote(id)}: its member ${quote(lost)} is not in the document`)
  }
  const vantages = new Set(document.vantages)
  for (const vantage of vantages)
    if (what.get(vantage) !== "node") return invalid(`vantage ${quote(vantage)}: not a node`)

  const unfolded = unfold(groups)
  if (unfolded === null)
    return invalid(`groups: unfolded, they have more than ${MAX_UNFOLDED} members`)
  const known = { what, links: new Map(document.links.map((link) => [link.id, link])), vantages }
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
      links: document.links,
      groups: unfolded,
      vantages: [...vantages],
      observations,
    },
  }
}

/** A look with only what belongs to its signal, or what is wrong with it. */
const observationOf = (
  { entity, signal, value, from, end }: Written,
  { what, links, vantages }: Known,
): Observation | string => {
  const kind = what.get(entity)
  if (kind === undefined) return "it is not in the document"
  if (signal === "reachable") {
    if (kind !== "node") return `"reachable" is said of nodes, and it is a ${kind}`
    const [only, ...others] = vantages
    const vantage = from ?? (others.length === 0 ? only : undefined)
    if (vantage === undefined) return `"from" is missing, and there is not exactly one vantage`
    return vantages.has(vantage)
      ? { entity, signal, value, from: vantage }
      : `"from" is ${quote(vantage)}, which is not a vantage`
  }
  const link = links.get(entity)
  if (link === undefined) return `"${signal}" is said of links, and it is a ${kind}`
  if (end === undefined || end === null) return '"end" is missing, the node that tells'
  return end === link.a || end === link.b
    ? { entity, signal, value, end }
    : `"end" is ${quote(end)}, which is not an end of it`
}

/** Groups with the members of their groups in place of these; each member once. Null where that is too much. */
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
