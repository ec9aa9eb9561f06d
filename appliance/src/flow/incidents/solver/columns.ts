/**
 * Networks and observations as columns, the form in which they go to a thread: ids once, all else as
 * numbers. The event loop copies them in a fraction of the time that as many objects take.
 */
import type { DegradationInput, InterfaceObservation, Network, Observation, Work } from "@ispvm/rca"

export type Plan = Omit<Network, "observations">
/** Of nodes and links, by id. */
export type Numbering = ReadonlyMap<string, number>
export type PlanColumns = {
  /** Of the nodes, then of the links. */
  readonly ids: readonly string[]
  readonly kinds: readonly string[]
  /** By node: its kind, and 1 where it is monitored. */
  readonly kindOf: Uint8Array
  readonly monitored: Uint8Array
  /** By link: its two ends. */
  readonly ends: Int32Array
  /** By link: its cost there and back; 0: not known. */
  readonly costs: Int32Array
  readonly groupIds: readonly string[]
  /** By group: where its members begin; the end of the last one comes after. */
  readonly groupFrom: Int32Array
  readonly members: Int32Array
  readonly vantages: Int32Array
  readonly isPartial: boolean
  readonly mayBeUnrouted: boolean
  readonly works: readonly Work[]
}

export const numberingOf = ({ nodes, links }: Pick<Plan, "nodes" | "links">): Numbering => {
  const numbering = new Map<string, number>()
  for (const { id } of nodes) numbering.set(id, numbering.size)
  for (const { id } of links) numbering.set(id, numbering.size)
  return numbering
}

/** What is not in the network has the number -1, and no id. */
export const planColumns = (plan: Plan, numbering: Numbering): PlanColumns => {
  const { nodes, links, groups, vantages } = plan
  const numberOf = (id: string): number => numbering.get(id) ?? -1
  const kinds = [...new Set(nodes.map(({ kind }) => kind))]
  const kindNumber = new Map(kinds.map((kind, number) => [kind, number]))
  const ends = new Int32Array(2 * links.length)
  for (const [at, { a, b }] of links.entries()) {
    ends[2 * at] = numberOf(a)
    ends[2 * at + 1] = numberOf(b)
  }
  const groupFrom = new Int32Array(groups.length + 1)
  for (const [at, { members }] of groups.entries())
    groupFrom[at + 1] = (groupFrom[at] ?? 0) + members.length
  return {
    ids: [...numbering.keys()],
    kinds,
    kindOf: Uint8Array.from(nodes, ({ kind }) => kindNumber.get(kind) ?? 0),
    monitored: Uint8Array.from(nodes, ({ monitored }) => (monitored ? 1 : 0)),
    ends,
    costs: Int32Array.from(links.flatMap(({ costs }) => [costs?.[0] ?? 0, costs?.[1] ?? 0])),
    groupIds: groups.map(({ id }) => id),
    groupFrom,
    members: Int32Array.from(groups.flatMap(({ members }) => members.map(numberOf))),
    vantages: Int32Array.from(vantages, numberOf),
    isPartial: plan.isPartial === true,
    mayBeUnrouted: plan.mayBeUnrouted === true,
    works: plan.works ?? [],
  }
}

const costsAt = ({ costs }: PlanColumns, at: number): Pick<Plan["links"][number], "costs"> => {
  const [there, back] = [costs[2 * at] || null, costs[2 * at + 1] || null]
  return there === null && back === null ? {} : { costs: [there, back] }
}
export const planOf = (columns: PlanColumns): Plan => {
  const { ids, kinds, kindOf, monitored, ends, groupIds, groupFrom, members, vantages } = columns
  const idOf = (number: number | undefined): string => ids[number ?? -1] ?? ""
  return {
    nodes: Array.from(kindOf, (kind, at) => ({
      id: idOf(at),
      kind: kinds[kind] ?? "",
      monitored: monitored[at] === 1,
    })),
    links: Array.from({ length: ends.length / 2 }, (_, at) => ({
      id: idOf(kindOf.length + at),
      a: idOf(ends[2 * at]),
      b: idOf(ends[2 * at + 1]),
      ...costsAt(columns, at),
    })),
    groups: groupIds.map((id, at) => ({
      id,
      members: Array.from(members.subarray(groupFrom[at], groupFrom[at + 1]), idOf),
    })),
    vantages: Array.from(vantages, idOf),
    isPartial: columns.isPartial,
    mayBeUnrouted: columns.mayBeUnrouted,
    ...(columns.works.length === 0 ? {} : { works: columns.works }),
  }
}

/** An observation, and how many more times it was made; negative: fewer. */
export type Change = readonly [observation: Observation, more: number]
export type ChangeColumns = {
  readonly entity: Int32Array
  /** The vantage that probed, or the node that reported. */
  readonly by: Int32Array
  readonly signal: Uint8Array
  readonly isUp: Uint8Array
  readonly more: Int32Array
}
const SIGNALS: readonly Observation["signal"][] = ["reachable", "port", "adjacency"]

export const changeColumns = (changes: readonly Change[], numbering: Numbering): ChangeColumns => {
  const known = changes.filter(([{ entity }]) => numbering.has(entity))
  const numberOf = (id: string | undefined): number => numbering.get(id ?? "") ?? -1
  return {
    entity: Int32Array.from(known, ([{ entity }]) => numberOf(entity)),
    by: Int32Array.from(known, ([{ from, end }]) => numberOf(from ?? end)),
    signal: Uint8Array.from(known, ([{ signal }]) => SIGNALS.indexOf(signal)),
    isUp: Uint8Array.from(known, ([{ value }]) => (value === "up" ? 1 : 0)),
    more: Int32Array.from(known, ([, more]) => more),
  }
}

export const changesOf = (columns: ChangeColumns, ids: readonly string[]): readonly Change[] =>
  Array.from(columns.entity, (entity, at): Change => {
    const signal = SIGNALS[columns.signal[at] ?? 0] ?? "reachable"
    const by = ids[columns.by[at] ?? -1]
    const place = by === undefined ? {} : signal === "reachable" ? { from: by } : { end: by }
    const value = columns.isUp[at] === 1 ? "up" : "down"
    return [{ entity: ids[entity] ?? "", signal, value, ...place }, columns.more[at] ?? 0]
  })

export type Degraded = Omit<DegradationInput, "nodes" | "links" | "vantages">
export type DegradedColumns = Pick<Degraded, "failed" | "strained"> & {
  readonly from: Int32Array
  readonly to: Int32Array
  readonly sent: Float64Array
  readonly lost: Float64Array
  /** NaN: not known. */
  readonly delayMs: Float64Array
  readonly link: Int32Array
  readonly reading: Uint8Array
  readonly isBad: Uint8Array
}
const READINGS: readonly InterfaceObservation["signal"][] = ["errors", "drops", "load", "optics"]

export const degradedColumns = (
  { failed, strained = [], paths, interfaces }: Degraded,
  numbering: Numbering,
): DegradedColumns => {
  const numberOf = (id: string): number => numbering.get(id) ?? -1
  return {
    failed,
    strained,
    from: Int32Array.from(paths, ({ from }) => numberOf(from)),
    to: Int32Array.from(paths, ({ to }) => numberOf(to)),
    sent: Float64Array.from(paths, ({ sent }) => sent),
    lost: Float64Array.from(paths, ({ lost }) => lost),
    delayMs: Float64Array.from(paths, ({ delayMs }) => delayMs ?? Number.NaN),
    link: Int32Array.from(interfaces, ({ link }) => numberOf(link)),
    reading: Uint8Array.from(interfaces, ({ signal }) => READINGS.indexOf(signal)),
    isBad: Uint8Array.from(interfaces, ({ isBad }) => (isBad ? 1 : 0)),
  }
}

export const degradedOf = (columns: DegradedColumns, ids: readonly string[]): Degraded => {
  const { failed, strained = [], from, to, sent, lost, delayMs, link, reading, isBad } = columns
  const idOf = (number: number | undefined): string => ids[number ?? -1] ?? ""
  return {
    failed,
    strained,
    paths: Array.from(from, (number, at) => ({
      from: idOf(number),
      to: idOf(to[at]),
      sent: sent[at] ?? 0,
      lost: lost[at] ?? 0,
      delayMs: Number.isNaN(delayMs[at]) ? null : (delayMs[at] ?? null),
    })),
    interfaces: Array.from(link, (number, at) => ({
      link: idOf(number),
      signal: READINGS[reading[at] ?? 0] ?? "errors",
      isBad: isBad[at] === 1,
    })),
  }
}
