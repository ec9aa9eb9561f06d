/** Reads the part of GraphML that published network maps use; what else it meets it names and refuses. */

export type Graphml = {
  readonly nodes: readonly {
    readonly id: string
    readonly data: Readonly<Record<string, string>>
  }[]
  readonly edges: readonly {
    readonly source: string
    readonly target: string
    readonly data: Readonly<Record<string, string>>
  }[]
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
}
const decodeEntities = (text: string): string =>
  text.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (name.startsWith("#x") || name.startsWith("#X"))
      return String.fromCodePoint(Number.parseInt(name.slice(2), 16))
    if (name.startsWith("#")) return String.fromCodePoint(Number(name.slice(1)))
    const known = ENTITIES[name]
    if (known === undefined) throw new Error(`GraphML: the entity ${whole} is not known`)
    return known
  })

const attributes = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map((found) => [
      found[1] ?? "",
      decodeEntities(found[2] ?? found[3] ?? ""),
    ]),
  )

/** Declarations, comments, opening tags (with a trailing slash where they are empty), closing tags, and the text between. */
const TOKEN =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<(\/?)([\w.:-]+)((?:"[^"]*"|'[^']*'|[^'">])*?)(\/?)>|([^<]+)/g
const ALLOWED_CHILDREN: Readonly<Record<string, readonly string[]>> = {
  "": ["graphml"],
  graphml: ["key", "graph", "data"],
  key: ["default"],
  graph: ["node", "edge", "data"],
  node: ["data"],
  edge: ["data"],
  data: [],
  default: [],
}

/** Throws an Error that says what could not be read. Data stand under the names their keys give them. */
export const readGraphml = (text: string): Graphml => {
  const names = new Map<string, string>()
  const nodes: { id: string; data: Record<string, string> }[] = []
  const edges: { source: string; target: string; data: Record<string, string> }[] = []
  const open: string[] = []
  let owner: Record<string, string> = {}
  let field = ""
  let end = 0
  const start = (tag: string, attrs: Readonly<Record<string, string>>): void => {
    const required = (name: string): string => {
      const value = attrs[name]
      if (value === undefined) throw new Error(`GraphML: <${tag}> without ${name}`)
      return value
    }
    if (!(ALLOWED_CHILDREN[open.at(-1) ?? ""] ?? []).includes(tag))
      throw new Error(`GraphML: <${tag}> inside <${open.at(-1) ?? ""}> is not read here`)
    if (tag === "key") names.set(required("id"), attrs["attr.name"] ?? required("id"))
    if (tag === "graph" || tag === "node" || tag === "edge") owner = {}
    if (tag === "node") nodes.push({ id: required("id"), data: owner })
    if (tag === "edge")
      edges.push({ source: required("source"), target: required("target"), data: owner })
    if (tag === "data") field = names.get(required("key")) ?? required("key")
  }
  for (const [token, closing, tag, rest, empty, content] of text
    .replace(/^\uFEFF/, "")
    .matchAll(TOKEN)) {
    end += token.length
    if (content !== undefined) {
      if (open.at(-1) === "data") owner[field] = decodeEntities(content)
      else if (content.trim() !== "" && open.at(-1) !== "default")
        throw new Error(
          `GraphML: ${JSON.stringify(content.trim().slice(0, 40))} stands outside <data>`,
        )
    } else if (tag !== undefined && closing === "/") {
      if (open.pop() !== tag) throw new Error(`GraphML: </${tag}> closes what is not open`)
    } else if (tag !== undefined) {
      start(tag, attributes(rest ?? ""))
      if (empty !== "/") open.push(tag)
    }
  }
  if (end < text.replace(/^\uFEFF/, "").length)
    throw new Error(`GraphML: cannot be read from character ${end} on`)
  if (open.length > 0) throw new Error(`GraphML: <${open.at(-1)}> is not closed`)
  const known = new Set(nodes.map((node) => node.id))
  if (known.size < nodes.length) throw new Error("GraphML: two nodes of the same id")
  for (const edge of edges)
    for (const side of [edge.source, edge.target])
      if (!known.has(side))
        throw new Error(`GraphML: an edge to ${JSON.stringify(side)}, which is no node`)
  return { nodes, edges }
}
