/**
 * Walks of table columns, answer by answer. Pure.
 *
 * An index that does not increase is accepted (as by `snmpwalk -Cc`) as long as each answer brings
 * a new row: some switches return rows in their own order. An answer without a new row means an
 * endless loop.
 */
import { type Answer, isException, type Varbind } from "./pdu.ts"

export type Column = ReadonlyMap<string, unknown>
export type ColumnWalk = {
  readonly root: string
  /** `root` with a dot at the end. */
  readonly prefix: string
  readonly rows: Map<string, unknown>
  /** Where to continue. */
  last: string
  isOver: boolean
}

/** No requested table has more rows; a device that invents rows is stopped. */
export const MAX_ROWS = 20_000

export const newWalk = (root: string): ColumnWalk => ({
  root,
  prefix: `${root}.`,
  rows: new Map(),
  last: root,
  isOver: false,
})

/**
 * A problem as a sentence, or null. Marks columns that have ended: at another column, endOfMibView,
 * or an empty answer.
 */
export const addRows = (
  group: readonly ColumnWalk[],
  answer: Answer,
  onRow: (index: string) => void,
): string | null => {
  const { varbinds, isWhole } = answer
  let problem: string | null = null
  for (const [i, walk] of group.entries()) {
    // An empty answer ends the walk; one that was too short for this column shows nothing about it.
    if (varbinds.length === 0) walk.isOver = isWhole
    else problem = addColumn(walk, varbinds, i, group.length, onRow) ?? problem
  }
  if (isWhole || varbinds.length >= group.length) return problem
  // The unreadable varbind is the first of its column: another request would get it again.
  const broken = group[varbinds.length]
  if (broken === undefined) return problem
  broken.isOver = true
  return `${broken.root} has an unreadable value after ${broken.last}`
}

/** Null: it is not of this column. */
const indexIn = (walk: ColumnWalk, varbind: Varbind): string | null => {
  if (isException(varbind)) return null
  // Most tables have an index of one arc: then no text is made of the identifier.
  if (varbind.prefix === walk.prefix) return varbind.last
  return varbind.oid.startsWith(walk.prefix) ? varbind.oid.slice(walk.prefix.length) : null
}

/** `varbinds` of this column are at `first`, and at every `step` after it. */
const addColumn = (
  walk: ColumnWalk,
  varbinds: readonly Varbind[],
  first: number,
  step: number,
  onRow: (index: string) => void,
): string | null => {
  const before = walk.rows.size
  if (first >= varbinds.length) return null
  for (let at = first; at < varbinds.length; at += step) {
    const varbind = varbinds[at]
    const index = varbind === undefined ? null : indexIn(walk, varbind)
    if (varbind === undefined || index === null) {
      walk.isOver = true
      return null
    }
    walk.last = varbind.oid
    if (walk.rows.has(index)) continue
    walk.rows.set(index, varbind.value)
    onRow(index)
  }
  if (walk.rows.size === before) {
    walk.isOver = true
    return `${walk.root} repeats its rows at ${walk.last}`
  }
  if (walk.rows.size < MAX_ROWS) return null
  walk.isOver = true
  return `${walk.root} has more than ${MAX_ROWS} rows`
}
