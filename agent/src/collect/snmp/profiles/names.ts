/** Names of rows, from templates. Pure; bounded and linear. */
import { macOf, numberOf, textOf } from "../client/values.ts"
import type { Cell } from "./profile.ts"

/** What a name can be made of. */
export type Row = {
  readonly index: string
  readonly parts: readonly number[]
  /** Of the row itself, if `through` gave it the index of another. */
  readonly own: readonly number[]
  readonly cell: (cell: Cell) => unknown
  readonly port: (ifIndex: number) => string | null
  readonly entity: (index: string) => string | null
  /** The interface of the only radio. */
  readonly radio: string
}

const TERM = /\{([^{}]{1,120})\}/g
const MAX_NAME_CHARS = 200

/** Cells that a template needs. */
export const cellsIn = (template: string): readonly Cell[] =>
  [...template.matchAll(TERM)]
    .flatMap(([, term = ""]) => term.split("|"))
    .flatMap((each) => {
      const source = each.includes(":") ? each.slice(each.indexOf(":") + 1) : each
      return /^[.\d][\d.]*$/.test(source) ? [cellOf(source)] : []
    })

const cellOf = (source: string): Cell => (/^\d+$/.test(source) ? Number(source) : source)

/** `i2` is the third part of the index, `i-1` the last. */
const partAt = (parts: readonly number[], term: string): number => {
  const at = Number(term.slice(1))
  return Number.isInteger(at) ? (at < 0 ? parts.length + at : at) : -1
}

const hex = (value: number): string => value.toString(16).padStart(2, "0")

/** With a zone, at most 20 bytes. */
const MAX_ADDRESS_BYTES = 20
export const addressBytes = (value: unknown): readonly number[] | null =>
  Buffer.isBuffer(value) ? [...value.subarray(0, MAX_ADDRESS_BYTES + 1)] : null

export const ipOf = (bytes: readonly number[]): string | null => {
  if (bytes.some((byte) => byte < 0 || byte > 255)) return null
  if (bytes.length === 4 || bytes.length === 8) return bytes.slice(0, 4).join(".")
  if (bytes.length !== 16 && bytes.length !== 20) return null
  const words = Array.from(
    { length: 8 },
    (_, i) => (bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0),
  )
  return shortest(words)
}
/** RFC 5952: the longest run of zeros becomes `::`. */
const shortest = (words: readonly number[]): string => {
  let best = { at: -1, length: 1 }
  for (let at = 0; at < words.length; at += 1) {
    let length = 0
    while (at + length < words.length && words[at + length] === 0) length += 1
    if (length > best.length) best = { at, length }
  }
  const text = (list: readonly number[]): string => list.map((word) => word.toString(16)).join(":")
  return best.at === -1
    ? text(words)
    : `${text(words.slice(0, best.at))}::${text(words.slice(best.at + best.length))}`
}

/** Type, length and address; some agents omit the length. */
const inetOf = (parts: readonly number[]): string | null => {
  const [type = 0, length = 0, ...rest] = parts
  const size = type === 1 || type === 3 ? 4 : 16
  return length === size || length === size + 4
    ? ipOf(rest.slice(0, size))
    : ipOf([length, ...rest].slice(0, size))
}

const AFI: ReadonlyMap<number, string> = new Map([
  [1, "ipv4"],
  [2, "ipv6"],
  [25, "l2vpn"],
  [16_388, "link-state"],
])
const SAFI: ReadonlyMap<number, string> = new Map([
  [1, "unicast"],
  [2, "multicast"],
  [4, "labeled"],
  [5, "mvpn"],
  [65, "vpls"],
  [70, "evpn"],
  [128, "vpn"],
  [132, "rt-filter"],
  [133, "flow"],
])

/** A part of an index from some place on, or the value of a cell. */
type Source = {
  readonly from: readonly number[] | null
  readonly value: unknown
  readonly row: Row
}

const bytesOf = ({ from, value }: Source, size: number): readonly number[] | null =>
  from !== null ? from.slice(0, size) : addressBytes(value)

const macOfBytes = (bytes: readonly number[]): string | null =>
  bytes.length < 6 || bytes.some((byte) => byte > 255)
    ? null
    : bytes.map(hex).join(":").toUpperCase()

const KINDS: Readonly<Record<string, (source: Source) => string | null>> = {
  port: ({ value, row }) => {
    const ifIndex = numberOf(value)
    return ifIndex === null ? null : row.port(ifIndex)
  },
  entity: ({ value, row }) => (value === undefined ? null : row.entity(String(numberOf(value)))),
  ip: (source) => {
    const bytes = bytesOf(source, 4)
    return bytes === null ? textOf(source.value) : ipOf(bytes)
  },
  inet: (source) => (source.from === null ? (KINDS.ip?.(source) ?? null) : inetOf(source.from)),
  mac: ({ from, value }) =>
    from === null ? (macOf(value) ?? textOf(value)) : macOfBytes(from.slice(0, 6)),
  id: ({ value }) => {
    const id = numberOf(value)
    if (id === null) return ipOf(addressBytes(value) ?? [])
    return ipOf([id >>> 24, (id >>> 16) & 255, (id >>> 8) & 255, id & 255])
  },
  sysid: ({ value }) =>
    Buffer.isBuffer(value) && value.length > 0
      ? (value
          .subarray(0, 20)
          .toString("hex")
          .match(/.{1,4}/g)
          ?.join(".") ?? null)
      : null,
  afi: ({ from }) => {
    const [afi = 0, safi = 0] = from ?? []
    return `${AFI.get(afi) ?? `afi ${afi}`} ${SAFI.get(safi) ?? `safi ${safi}`}`
  },
  text: ({ from }) => {
    const [length = 0, ...bytes] = from ?? []
    return textOf(Buffer.from(bytes.slice(0, length).map((byte) => byte & 0xff)))
  },
}

const sourced = (row: Row, kind: string, source: string): string | null => {
  const isIndex = /^[io]/.test(source)
  const parts = source.startsWith("o") ? row.own : row.parts
  const from = isIndex ? parts.slice(Math.max(0, partAt(parts, source))) : null
  const value = from === null ? row.cell(cellOf(source)) : from[0]
  return KINDS[kind]?.({ from, value, row }) ?? null
}

const termOf = (row: Row, term: string): string | null => {
  if (term.startsWith("'")) {
    const words = term.replaceAll("'", "")
    return words.endsWith(" ") ? words + row.index : words
  }
  if (term === "radio") return row.radio
  if (term === "index") return row.index
  if (term === "port") return row.port(row.parts.at(-1) ?? -1)
  if (term === "entity") return row.entity(row.index)
  const colon = term.indexOf(":")
  if (colon !== -1) return sourced(row, term.slice(0, colon), term.slice(colon + 1))
  if (/^i-?\d+$/.test(term)) return row.parts[partAt(row.parts, term)]?.toString() ?? null
  const value = row.cell(cellOf(term))
  return textOf(value) ?? (typeof value === "number" ? String(value) : null)
}

/** Null if a term has no value: the row has no name. */
export const nameOf = (template: string, row: Row): string | null => {
  let isMissing = false
  const name = template.replace(TERM, (_, terms: string) => {
    for (const term of terms.split("|")) {
      const found = termOf(row, term)
      if (found !== null && found.trim() !== "") return found
    }
    isMissing = true
    return ""
  })
  const line = name.slice(0, MAX_NAME_CHARS).replace(/\s+/g, " ").trim()
  return isMissing || line === "" ? null : line
}
