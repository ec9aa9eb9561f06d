/**
 * Walks of table columns, answer by answer. Pure.
 *
 * An index that does not increase is accepted (as by `snmpwalk -Cc`) as long as each answer brings
 * a new row: some switches return rows in their own order. An answer without a new row means an
 * endless loop.
 */
import { type Answer, isException, type Varbind } from "./pdu.ts"
import { isBelow } from "./values.ts"

export type Column = ReadonlyMap<string, unknown>
export type ColumnWalk = {
  readonly root: string
  readonly rows: Map<string, unknown>
  /** Where to continue. */
  last: string
  isOver: boolean
}

/** No requested table has more rows; a device that invents rows is stopped. */
export const MAX_ROWS = 20_000

export const newWalk = (root: string): ColumnWalk => ({
  root,
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
    const own: Varbind[] = []
    for (let at = i; at < varbinds.length; at += group.length) {
      const varbind = varbinds[at]
      if (varbind !== undefined) own.push(varbind)
    }
    // An empty answer ends the walk; one that was too short for this column shows nothing about it.
    if (varbinds.length === 0) walk.isOver = isWhole
    else problem = addColumn(walk, own, onRow) ?? problem
  }
  if (isWhole || varbinds.length >= group.length) return problem
  // The unreadable varbind is the first of its column: another request would get it again.
  const broken = group[varbinds.length]
  if (broken === undefined) return problem
  broken.isOver = true
  return `${broken.root} has an unreadable value after ${broken.last}`
}

const addColumn = (
  walk: ColumnWalk,
  varbinds: readonly Varbind[],
  onRow: (index: string) => void,
): string | null => {
  const before = walk.rows.size
  for (const varbind of varbinds) {
    if (isException(varbind) || !isBelow(varbind.oid, walk.root)) {
      walk.isOver = true
      return null
    }
    const index = varbind.oid.slice(walk.root.length + 1)
    walk.last = varbind.oid
    if (walk.rows.has(index)) continue
    walk.rows.set(index, varbind.value)
    onRow(index)
  }
  if (varbinds.length === 0) return null
  if (walk.rows.size === before) {
    walk.isOver = true
    return `${walk.root} repeats its rows at ${walk.last}`
  }
  if (walk.rows.size < MAX_ROWS) return null
  walk.isOver = true
  return `${walk.root} has more than ${MAX_ROWS} rows`
}
