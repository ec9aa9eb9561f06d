/** Reads the part of GraphML that published network maps use, and rejects everything else. */

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
    if (known === undefined) throw new Error(`GraphML: unknown entity ${whole}`)
    return known
  })

const attributes = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map((found) => [
      found[1] ?? "",
      decodeEntities(found[2] ?? found[3] ?? ""),
    ]),
  )

/** Declarations, comments, closing and opening tags (empty ones end in a slash), and text. */
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

class GraphmlReader {
  readonly nodes: { id: string; data: Record<string, string> }[] = []
  readonly edges: { source: string; target: string; data: Record<string, string> }[] = []
  /** Names of data fields, by key id. */
  readonly #names = new Map<string, string>()
  readonly #open: string[] = []
  /** What the current data element belongs to, and its field. */
  #owner: Record<string, string> = {}
  #field = ""

  openTag(tag: string, attrs: Readonly<Record<string, string>>, isEmpty: boolean): void {
    const parent = this.#open.at(-1) ?? ""
    if (!(ALLOWED_CHILDREN[parent] ?? []).includes(tag))
      throw new Error(`GraphML: <${tag}> inside <${parent}> is not supported`)
    const required = (name: string): string => {
      const value = attrs[name]
      if (value === undefined) throw new Error(`GraphML: <${tag}> without ${name}`)
      return value
    }
    if (tag === "graph" || tag === "node" || tag === "edge") this.#owner = {}
    const data = this.#owner
    if (tag === "key") this.#names.set(required("id"), attrs["attr.name"] ?? required("id"))
    if (tag === "node") this.nodes.push({ id: required("id"), data })
    if (tag === "edge")
      this.edges.push({ source: required("source"), target: required("target"), data })
    if (tag === "data") this.#field = this.#names.get(required("key")) ?? required("key")
    if (!isEmpty) this.#open.push(tag)
  }

  closeTag(tag: string): void {
    if (this.#open.pop() !== tag)
      throw new Error(`GraphML: </${tag}> closes a tag that is not open`)
  }

  text(content: string): void {
    if (this.#open.at(-1) === "data") this.#owner[this.#field] = decodeEntities(content)
    else if (content.trim() !== "" && this.#open.at(-1) !== "default")
      throw new Error(
        `GraphML: ${JSON.stringify(content.trim().slice(0, 40))} is outside of <data>`,
      )
  }

  finish(): Graphml {
    const { nodes, edges } = this
    if (this.#open.length > 0) throw new Error(`GraphML: <${this.#open.at(-1)}> is not closed`)
    const known = new Set(nodes.map((node) => node.id))
    if (known.size < nodes.length) throw new Error("GraphML: two nodes with the same id")
    for (const edge of edges)
      for (const side of [edge.source, edge.target])
        if (!known.has(side))
          throw new Error(`GraphML: an edge to ${JSON.stringify(side)}, which is not a node`)
    return { nodes, edges }
  }
}

/** Data have the names of their keys. Throws an Error that names what could not be read. */
export const readGraphml = (file: string): Graphml => {
  const text = file.replace(/^\uFEFF/, "")
  const reader = new GraphmlReader()
  let end = 0
  for (const [token, closing, tag, rest, empty, content] of text.matchAll(TOKEN)) {
    end += token.length
    if (content !== undefined) reader.text(content)
    else if (tag !== undefined && closing === "/") reader.closeTag(tag)
    else if (tag !== undefined) reader.openTag(tag, attributes(rest ?? ""), empty === "/")
  }
  if (end < text.length) throw new Error(`GraphML: cannot be read from character ${end}`)
  return reader.finish()
}
