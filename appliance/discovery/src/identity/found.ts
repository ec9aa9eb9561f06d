/** Neighbours that are no device of the inventory: which rows of several devices are one box. */
import {
  isDefaultAddress,
  isDefaultName,
  isLinkLocal,
  macNumber,
  nameOf,
  portName,
  shownName,
} from "../input/text.ts"
import type { NeighbourRow, Node, Reason, Source } from "../model.ts"
import { WEIGHTS } from "./directory.ts"

export type FoundRow = { readonly by: string; readonly row: NeighbourRow }

/** Ports of one box have MAC addresses next to each other; of a virtual one they are further apart. */
const MAX_PORTS = 64
const MAX_VIRTUAL_PORTS = 256
/** Of VMware, QEMU, VirtualBox and Hyper-V. */
const VIRTUAL = /^(?:00:0c:29|00:50:56|52:54:00|08:00:27|00:15:5d)/

/** So many boxes that differ may have one key; what more show it are compared with these alone. */
const MAX_SAME_KEY = 16

class Groups {
  readonly #parent: number[]
  constructor(count: number) {
    this.#parent = Array.from({ length: count }, (_, at) => at)
  }
  of(at: number): number {
    let root = at
    while (this.#parent[root] !== root) root = this.#parent[root] ?? root
    for (let here = at; here !== root; ) {
      const next = this.#parent[here] ?? root
      this.#parent[here] = root
      here = next
    }
    return root
  }
  join(a: number, b: number): void {
    const [one, other] = [this.of(a), this.of(b)]
    if (one !== other) this.#parent[Math.max(one, other)] = Math.min(one, other)
  }
}

const realName = ({ identity }: NeighbourRow): string | null => {
  const name = nameOf(identity)
  return name === null || isDefaultName(name) ? null : name
}
const modelOf = ({ board }: NeighbourRow): string => (board ?? "").trim().toLowerCase()
/** Two names or two models say that two rows are not one box, whatever else they have in common. */
const differ = (a: NeighbourRow, b: NeighbourRow): boolean => {
  const [one, other] = [realName(a), realName(b)]
  const haveOtherNames =
    one !== null && other !== null && !one.startsWith(other) && !other.startsWith(one)
  const [model, otherModel] = [modelOf(a), modelOf(b)]
  return haveOtherNames && model !== "" && otherModel !== "" && model !== otherModel
}
/** MAC address of the first port, if the name of this port says how far it is from it. */
const firstMac = ({ mac, remotePort }: NeighbourRow): number | null => {
  const [, at] = /^ether(\d{1,2})$/.exec(portName(remotePort) ?? "") ?? []
  return mac === null || at === undefined ? null : macNumber(mac) - Number(at) + 1
}

type Joined = Map<number, Reason>
/** Rows with the same key are one box; two that differ are not. */
const joinByKey = (
  rows: readonly FoundRow[],
  groups: Groups,
  weakest: Joined,
  keysOf: (row: NeighbourRow) => readonly string[],
  code: Reason["code"],
): void => {
  const first = new Map<string, number[]>()
  rows.forEach(({ row }, at) => {
    for (const key of keysOf(row)) {
      const before = first.get(key)
      if (before === undefined) {
        first.set(key, [at])
        continue
      }
      const same = before.find((other) => !differ(rows[other]?.row ?? row, row))
      if (same === undefined) {
        if (before.length < MAX_SAME_KEY) before.push(at)
      } else join(groups, weakest, same, at, code)
    }
  })
}
const join = (
  groups: Groups,
  weakest: Joined,
  a: number,
  b: number,
  code: Reason["code"],
): void => {
  if (groups.of(a) === groups.of(b)) return
  groups.join(a, b)
  weakest.set(b, { code, weight: WEIGHTS[code] })
}

/** Same name and model, and MAC addresses as near as ports of one box have them. */
const joinByPorts = (rows: readonly FoundRow[], groups: Groups, weakest: Joined): void => {
  const named = new Map<string, { at: number; mac: number; reach: number }[]>()
  rows.forEach(({ row }, at) => {
    const name = realName(row)
    const mac = row.mac ?? row.chassisId
    if (name === null || mac === null) return
    const key = `${name}\n${modelOf(row)}`
    const list = named.get(key)
    const reach = VIRTUAL.test(mac) ? MAX_VIRTUAL_PORTS : MAX_PORTS
    const entry = { at, mac: macNumber(mac), reach }
    if (list === undefined) named.set(key, [entry])
    else list.push(entry)
  })
  for (const list of named.values()) {
    list.sort((a, b) => a.mac - b.mac || a.at - b.at)
    list.forEach((entry, at) => {
      const before = list[at - 1]
      if (before !== undefined && entry.mac - before.mac < entry.reach)
        join(groups, weakest, before.at, entry.at, "ports-of-one-device")
    })
  }
}

const smallest = (values: readonly string[]): string | undefined => [...values].sort()[0]
const idOf = (rows: readonly NeighbourRow[]): string => {
  const pick = (of: (row: NeighbourRow) => string | null): string | undefined =>
    smallest(rows.flatMap((row) => of(row) ?? []))
  return `found:${
    pick(({ chassisId }) => chassisId) ??
    pick(({ mac }) => mac) ??
    smallest(rows.flatMap(({ addresses }) => addresses.filter((each) => !isLinkLocal(each)))) ??
    pick(({ identity }) => nameOf(identity)) ??
    "unnamed"
  }`
}
const longest = (values: readonly (string | null)[]): string | null =>
  values
    .flatMap((value) => value ?? [])
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))[0] ?? null

const nodeOf = (rows: readonly NeighbourRow[], reasons: readonly Reason[]): Node => ({
  id: idOf(rows),
  kind: "found",
  name: longest(rows.map(({ identity }) => (identity === null ? null : shownName(identity)))),
  addresses: [...new Set(rows.flatMap(({ addresses }) => addresses))].sort(),
  macs: [
    ...new Set(rows.flatMap(({ mac, chassisId }) => [mac ?? [], chassisId ?? []].flat())),
  ].sort(),
  board: longest(rows.map(({ board }) => board)),
  isBridge: rows.some(({ isBridge }) => isBridge),
  sources: [...new Set(rows.flatMap(({ sources }): readonly Source[] => sources))].sort(),
  reasons,
  seenAtMs: Math.max(...rows.map(({ seenAtMs }) => seenAtMs)),
})

/** Nodes, and for each row the node that it is of. */
export const findNodes = (
  rows: readonly FoundRow[],
): { readonly nodes: readonly Node[]; readonly of: readonly Node[] } => {
  const groups = new Groups(rows.length)
  const weakest: Joined = new Map()
  // The chassis id is the MAC address of one port, by which another neighbour may see the box.
  const macs = ({ mac, chassisId }: NeighbourRow): string[] => [
    ...new Set([mac, chassisId].flatMap((each) => each ?? [])),
  ]
  joinByKey(rows, groups, weakest, macs, "same-mac")
  const firstMacs = (row: NeighbourRow): string[] => {
    const mac = firstMac(row)
    return mac === null ? [] : [`${mac} ${modelOf(row)} ${realName(row) ?? ""}`]
  }
  joinByKey(rows, groups, weakest, firstMacs, "ports-of-one-device")
  joinByPorts(rows, groups, weakest)
  // An address alone may be of two customers' networks; with the same name it is one box.
  const places = (row: NeighbourRow): string[] =>
    row.addresses
      .filter((address) => !isLinkLocal(address) && !isDefaultAddress(address))
      .map((address) => `${address} ${nameOf(row.identity) ?? ""}`)
  joinByKey(rows, groups, weakest, places, "same-address")
  const unplaced = (row: NeighbourRow): string[] => {
    const name = realName(row)
    const hasPlace = row.mac !== null || row.chassisId !== null || row.addresses.length > 0
    return name === null || hasPlace ? [] : [`${name} ${modelOf(row)}`]
  }
  joinByKey(rows, groups, weakest, unplaced, "same-name")
  const byGroup = new Map<number, number[]>()
  rows.forEach((_, at) => {
    const group = groups.of(at)
    const list = byGroup.get(group)
    if (list === undefined) byGroup.set(group, [at])
    else list.push(at)
  })
  const nodes: Node[] = []
  const of: Node[] = []
  const taken = new Map<string, number>()
  for (const members of byGroup.values()) {
    const reasons = members
      .flatMap((at) => weakest.get(at) ?? [])
      .sort((a, b) => a.weight - b.weight || (a.code < b.code ? -1 : 1))
    const node = nodeOf(
      members.flatMap((at) => rows[at]?.row ?? []),
      reasons.slice(0, 1),
    )
    // Two boxes that show the same and differ in name have the same id otherwise.
    const times = taken.get(node.id) ?? 0
    taken.set(node.id, times + 1)
    const own = times === 0 ? node : { ...node, id: `${node.id}#${times + 1}` }
    nodes.push(own)
    for (const at of members) of[at] = own
  }
  return { nodes, of }
}
