/**
 * Which interfaces of a device are the same as before. An interface keeps its row when it is
 * renamed or its index changes, so that values, alerts and links stay with it.
 *
 * Each reported interface is compared with the few known ones that have its `.id`, its MAC address,
 * its name or its index; the best pairs are taken first. All of it takes linear time.
 */
import type { InterfaceId } from "../../platform/ids.ts"
import type { InterfaceFact } from "./model.ts"

export type KnownInterface = {
  readonly id: InterfaceId
  readonly name: string
  readonly type: string
  /** The source that reported the type. */
  readonly typeSource: string | null
  readonly mac: string | null
  readonly comment: string | null
  readonly ifIndex: number | null
  readonly routerId: string | null
  readonly isGone: boolean
  /** Made by values lately. */
  readonly isNew: boolean
}
export type Report = {
  readonly source: string
  /** Another serial number: ids, indexes and MAC addresses are those of another device. */
  readonly isOtherHardware: boolean
  readonly ports: readonly InterfaceFact[]
}
/** What a pair has in common decides how likely it is one interface. */
export const WEIGHTS = {
  routerId: 6,
  /** A MAC address that no other interface has. */
  ownMac: 4,
  name: 3,
  ifIndex: 2,
  /** The same MAC address as others have as well, or none at all. */
  sharedMac: 1,
  comment: 1,
} as const
/** The name alone is enough; an index alone is not. */
const MIN_SCORE = 3
const MAX_SCORE = Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0)

export type Matching = {
  /** By reported name. */
  readonly same: ReadonlyMap<string, KnownInterface>
  readonly renamed: readonly { readonly known: KnownInterface; readonly name: string }[]
  /** They have a name that another interface has now, and get another one. */
  readonly replaced: readonly KnownInterface[]
  /** Made by values under a new name: they are of the interface that has the name now. */
  readonly merged: readonly { readonly from: KnownInterface; readonly to: KnownInterface }[]
  readonly gone: readonly KnownInterface[]
}

/** The value by key, if only one item has it; null: several have. */
const single = <T, K>(items: readonly T[], keyOf: (item: T) => K | null): Map<K, T | null> => {
  const found = new Map<K, T | null>()
  for (const item of items) {
    const key = keyOf(item)
    if (key !== null) found.set(key, found.has(key) ? null : item)
  }
  return found
}
const textOrNull = (text: string | null | undefined): string | null =>
  text === undefined || text === "" ? null : text

type Context = {
  readonly report: Report
  readonly isMacShared: (mac: string) => boolean
  readonly areIndexesKept: boolean
}

/**
 * Another type is another interface, even under the same name. Two sources name types differently,
 * and a later release of the agent may: then id or index have to agree as well.
 */
const mayBeSame = ({ report }: Context, port: InterfaceFact, known: KnownInterface): boolean => {
  if (port.type === "" || known.type === "" || port.type === known.type) return true
  if (known.typeSource !== null && known.typeSource !== report.source) return true
  if (port.name !== known.name || report.isOtherHardware) return port.name === known.name
  if (port.id !== undefined && known.routerId !== null) return port.id === known.routerId
  return (
    port.ifIndex !== null &&
    port.ifIndex === known.ifIndex &&
    port.mac !== null &&
    port.mac === known.mac
  )
}

const scoreOf = (context: Context, port: InterfaceFact, known: KnownInterface): number => {
  if (!mayBeSame(context, port, known)) return 0
  const isNamed = port.name === known.name
  if (known.isGone || context.report.isOtherHardware) return isNamed ? WEIGHTS.name : 0
  const isMac = port.mac === known.mac
  const isOwnMac = isMac && port.mac !== null && !context.isMacShared(port.mac)
  const isComment = textOrNull(port.comment) === textOrNull(known.comment)
  const score =
    (port.id !== undefined && port.id === known.routerId ? WEIGHTS.routerId : 0) +
    (isOwnMac ? WEIGHTS.ownMac : 0) +
    (isMac && !isOwnMac ? WEIGHTS.sharedMac : 0) +
    (isNamed ? WEIGHTS.name : 0) +
    (context.areIndexesKept && port.ifIndex !== null && port.ifIndex === known.ifIndex
      ? WEIGHTS.ifIndex
      : 0) +
    (isComment && textOrNull(port.comment) !== null ? WEIGHTS.comment : 0)
  // An index and no MAC address: a new interface may have got the index of an old one.
  return score === MIN_SCORE && !isNamed && !isComment ? 0 : score
}

/** One index that moved shows that none of them identifies an interface. */
const areIndexesKept = (
  ports: readonly InterfaceFact[],
  byName: ReadonlyMap<string, KnownInterface>,
): boolean =>
  ports.every((port) => {
    const known = byName.get(port.name)
    return (
      known === undefined ||
      known.isGone ||
      known.mac !== port.mac ||
      known.ifIndex === null ||
      port.ifIndex === null ||
      known.ifIndex === port.ifIndex
    )
  })

type Pair = { readonly port: InterfaceFact; readonly known: KnownInterface }
const pairsByScore = (known: readonly KnownInterface[], report: Report): readonly Pair[][] => {
  const { ports } = report
  const present = known.filter(({ isGone }) => !isGone)
  const byName = new Map(known.map((one) => [one.name, one]))
  const byRouterId = single(present, ({ routerId }) => routerId)
  const byMac = single(present, ({ mac }) => mac)
  const byIfIndex = single(present, ({ ifIndex }) => ifIndex)
  const portsByMac = single(ports, ({ mac }) => mac)
  const context: Context = {
    report,
    isMacShared: (mac) => byMac.get(mac) === null || portsByMac.get(mac) === null,
    areIndexesKept: areIndexesKept(ports, byName),
  }
  const scored: Pair[][] = Array.from({ length: MAX_SCORE + 1 }, () => [])
  for (const port of ports) {
    const candidates = new Set([
      byName.get(port.name),
      port.id === undefined ? null : byRouterId.get(port.id),
      port.mac === null ? null : byMac.get(port.mac),
      port.ifIndex === null ? null : byIfIndex.get(port.ifIndex),
    ])
    for (const one of candidates)
      if (one != null) scored[scoreOf(context, port, one)]?.push({ port, known: one })
  }
  return scored.slice(MIN_SCORE).reverse()
}

/** Only values are known of it: no source has reported it as an interface. */
const isOfValues = ({ isNew, type, mac, ifIndex, routerId }: KnownInterface): boolean =>
  isNew && type === "" && mac === null && ifIndex === null && routerId === null

/** `ports` have different names. */
export const matchInterfaces = (known: readonly KnownInterface[], report: Report): Matching => {
  const same = new Map<string, KnownInterface>()
  const taken = new Set<KnownInterface>()
  for (const pairs of pairsByScore(known, report))
    for (const { port, known: one } of pairs) {
      if (same.has(port.name) || taken.has(one)) continue
      same.set(port.name, one)
      taken.add(one)
    }
  const names = new Set(report.ports.map(({ name }) => name))
  const renamed: { known: KnownInterface; name: string }[] = []
  for (const [name, one] of same) if (name !== one.name) renamed.push({ known: one, name })
  const replaced: KnownInterface[] = []
  const merged: { from: KnownInterface; to: KnownInterface }[] = []
  for (const one of known) {
    if (taken.has(one) || !names.has(one.name)) continue
    const to = same.get(one.name)
    if (to !== undefined && isOfValues(one)) merged.push({ from: one, to })
    else replaced.push(one)
  }
  const left = new Set(merged.map(({ from }) => from))
  const gone = known.filter((one) => !one.isGone && !taken.has(one) && !left.has(one))
  return { same, renamed, replaced, merged, gone }
}
