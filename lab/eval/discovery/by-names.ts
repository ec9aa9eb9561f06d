/**
 * The reference: neighbours as most monitors join them. A row leads to the device of that name; else
 * to a box of that name; both ends of the row are a link.
 */
import type { DeviceInput, Discovered, Link, Node } from "@ispvm/discovery"

const text = (value: unknown): string => (typeof value === "string" ? value.toLowerCase() : "")

export const discoverByNames = (inputs: readonly DeviceInput[]): Discovered => {
  const byName = new Map(inputs.map(({ id, identity }) => [text(identity), id]))
  const nodes = new Map<string, Node>(inputs.map(({ id }) => [id, node(id, "device", null)]))
  const links = new Map<string, Link>()
  for (const { id, tables } of inputs) {
    for (const { cells, seenAtMs } of tables.neighbours ?? []) {
      const name = text(cells.identity)
      const far = byName.get(name) ?? `found:${name}`
      if (far === id) continue
      const mac = text(cells.mac)
      const known = nodes.get(far)
      if (known === undefined) nodes.set(far, node(far, "found", name, mac))
      else if (known.kind === "found" && mac !== "")
        nodes.set(far, { ...known, macs: [...known.macs, mac] })
      const ends = [
        { node: id, interface: text(cells.interface).split(",")[0] ?? null },
        { node: far, interface: text(cells.remotePort).split("/").at(-1) || null },
      ].sort((a, b) => (`${a.node}/${a.interface}` < `${b.node}/${b.interface}` ? -1 : 1))
      const [a, b] = ends
      if (a === undefined || b === undefined) continue
      const key = JSON.stringify([a, b])
      const evidence = [{ source: "mndp" as const, by: id, seenAtMs, isGone: false }]
      const rest = { isStale: false, evidence, seenAtMs, members: [] }
      links.set(key, { id: key, kind: "cable", a, b, confidence: 1, ...rest })
    }
  }
  const dropped = { tooMany: 0, ambiguous: 0, behindOthers: 0, shared: 0, contradicted: 0 }
  return { nodes: [...nodes.values()], links: [...links.values()], dropped }
}
const node = (id: string, kind: Node["kind"], name: string | null, mac = ""): Node => ({
  ...{ id, kind, name, addresses: [], macs: mac === "" ? [] : [mac], board: null },
  ...{ isBridge: false, sources: [], reasons: [], seenAtMs: 0 },
})
