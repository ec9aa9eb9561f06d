/** Names of interfaces that stay the same while indexes change. Pure. */
import { macOf, textOf } from "../client/values.ts"
import type { Column } from "../client/walk.ts"

export type NameColumns = {
  readonly name: Column
  readonly descr: Column
  readonly mac: Column
  readonly alias: Column
}

/** What can distinguish two interfaces of one name: texts of the vendor before texts of people. */
const MARKS: readonly ((columns: NameColumns, index: string) => string | null)[] = [
  ({ descr }, index) => textOf(descr.get(index)),
  ({ mac }, index) => macOf(mac.get(index)),
  ({ alias }, index) => textOf(alias.get(index)),
]

const areDistinct = (marks: readonly (string | null)[]): boolean =>
  marks.every((mark) => mark !== null) && new Set(marks).size === marks.length

/** ifName, else ifDescr, else `ifIndex 7`. */
const plainName = ({ name, descr }: NameColumns, index: string): string =>
  textOf(name.get(index)) ?? textOf(descr.get(index)) ?? `ifIndex ${index}`

/** The indexes whose name occurs more than once. */
export const sharedNames = (
  columns: NameColumns,
  indexes: readonly string[],
): readonly string[] => {
  const counts = new Map<string, number>()
  for (const index of indexes) {
    const name = plainName(columns, index)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return indexes.filter((index) => (counts.get(plainName(columns, index)) ?? 0) > 1)
}

/**
 * The name of each index. Interfaces with the same name are distinguished by the first mark that is
 * unique for each of them, or else by their index: two with one name would be one series, and would
 * swap when the indexes do.
 */
export const portNames = (
  columns: NameColumns,
  indexes: readonly string[],
): ReadonlyMap<string, string> => {
  const groups = new Map<string, string[]>()
  for (const index of indexes) {
    const name = plainName(columns, index)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [index])
    else group.push(index)
  }
  const names = new Map<string, string>()
  for (const [name, group] of groups) {
    const marks = MARKS.map((mark) => group.map((index) => mark(columns, index))).find(areDistinct)
    for (const [i, index] of group.entries())
      names.set(index, group.length === 1 ? name : `${name} (${marks?.[i] ?? `ifIndex ${index}`})`)
  }
  return new Map(indexes.map((index) => [index, names.get(index) ?? ""]))
}
