/** Which proposals are shown, by the query of the page. Pure. */
import type { Proposal, ProposalKind, ProposalState } from "@ispvm/appliance/api/discovery"
import { matches } from "../../i18n/format/text-match.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"

const strings = pageTexts.discovery

export type Source = Proposal["sources"][number]
const isKey = <T extends object>(of: T, key: string): key is Extract<keyof T, string> =>
  Object.hasOwn(of, key)
export const keysOf = <T extends object>(of: T) =>
  Object.keys(of).filter((key): key is Extract<keyof T, string> => isKey(of, key))
export const KINDS: readonly ProposalKind[] = keysOf(strings.kinds)
export const STATES: readonly ProposalState[] = keysOf(strings.states)
const SOURCES: readonly Source[] = keysOf(strings.sources)
/** In per cent. */
export const MIN_PERCENTS = [50, 70, 80, 90, 95] as const

/** With a name for people: what the table shows and sorts by. */
export type ProposalRow = Omit<Proposal, "name"> & { readonly name: string }

export const nameOf = ({ kind, name, addresses, macs, ends, id }: Proposal): string => {
  if (kind === "link") {
    const [a, b] = ends
    return strings.pair(a?.name ?? "", b?.name ?? "")
  }
  if (kind === "segment") return strings.segmentOf(ends.length)
  return name ?? addresses[0] ?? macs[0] ?? id
}
export const rowsOf = (proposals: readonly Proposal[]): readonly ProposalRow[] =>
  proposals.map((proposal) => ({ ...proposal, name: nameOf(proposal) }))

export type ProposalFilter = {
  readonly text: string
  readonly kinds: ReadonlySet<ProposalKind>
  readonly sources: ReadonlySet<Source>
  /** In per cent; 0: any. */
  readonly minPercent: number
}
export const FILTER_KEYS = ["q", "kind", "source", "min"] as const

const setOf = <T extends string>(text: string | null, known: readonly T[]): ReadonlySet<T> => {
  const chosen = new Set((text ?? "").split(","))
  return new Set(known.filter((each) => chosen.has(each)))
}
export const readFilter = (query: URLSearchParams): ProposalFilter => {
  const min = Number(query.get("min") ?? 0)
  return {
    text: query.get("q") ?? "",
    kinds: setOf(query.get("kind"), KINDS),
    sources: setOf(query.get("source"), SOURCES),
    minPercent: min >= 0 && min <= 100 ? min : 0,
  }
}
export const readState = (query: URLSearchParams): ProposalState =>
  STATES.find((each) => each === query.get("state")) ?? "open"

export type Filtered = {
  readonly rows: readonly ProposalRow[]
  readonly kinds: ReadonlyMap<ProposalKind, number>
  readonly sources: ReadonlyMap<Source, number>
}
const add = <K>(counts: Map<K, number>, key: K): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
/**
 * The rows that match; for the chips, the count of each kind before the filter of kinds, and of
 * each source before that of sources. A row is of a source if one of its reports is.
 */
export const applyFilter = (rows: readonly ProposalRow[], filter: ProposalFilter): Filtered => {
  const kinds = new Map<ProposalKind, number>()
  const sources = new Map<Source, number>()
  const shown: ProposalRow[] = []
  for (const row of rows) {
    const { kind, confidence, name, addresses, macs, board, ends } = row
    // As it is shown: 89.6 % is shown as 90 %.
    if (Math.round(confidence * 100) < filter.minPercent) continue
    const texts = ends.flatMap((end) => [end.name, end.interface])
    if (!matches(filter.text, name, board, ...addresses, ...macs, ...texts)) continue
    const hasKind = filter.kinds.size === 0 || filter.kinds.has(kind)
    const hasSource =
      filter.sources.size === 0 || row.sources.some((source) => filter.sources.has(source))
    if (hasSource) add(kinds, kind)
    if (hasKind) for (const source of row.sources) add(sources, source)
    if (hasKind && hasSource) shown.push(row)
  }
  return { rows: shown, kinds, sources }
}
/** Those that are there or chosen. */
export const shownSources = ({ sources }: Filtered, filter: ProposalFilter): readonly Source[] =>
  SOURCES.filter((each) => sources.has(each) || filter.sources.has(each))

/** Segments and peers are shown only. */
export const isAcceptable = ({ kind }: Pick<Proposal, "kind">): boolean =>
  kind === "link" || kind === "device"
