/**
 * Walks of table columns, answer by answer. Pure.
 *
 * An index that does not grow is taken as it comes (as `snmpwalk -Cc` does) as long as each answer
 * brings a new row: some switches hand out rows in an order of their own. An answer without a new
 * row means that the walk turns in a circle.
 */
import { type Answer, isException, type Varbind } from "./pdu.ts"
import { isBelow } from "./values.ts"

export type Column = ReadonlyMap<string, unknown>
export type ColumnWalk = {
  readonly root: string
  readonly rows: Map<string, unknown>
  /** Where to go on. */
  last: string
  isOver: boolean
}

/** No table that is asked for has more rows; a device that makes some up is stopped. */
export const MAX_ROWS = 20_000

export const newWalk = (root: string): ColumnWalk => ({
  root,
  rows: new Map(),
  last: root,
  isOver: false,
})

/**
 * A problem in words, or null. Marks the columns that have ended: by another column, endOfMibView,
 * or nothing at all.
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
    // An answer without anything ends the walk; one that was too short for this column says nothing
    // of it.
    if (varbinds.length === 0) walk.isOver = isWhole
    else problem = addColumn(walk, own, onRow) ?? problem
  }
  if (isWhole || varbinds.length >= group.length) return problem
  // The varbind that cannot be read is the first of its column: asking again would meet it again.
  const broken = group[varbinds.length]
  if (broken === undefined) return problem
  broken.isOver = true
  return `${broken.root} has a value that cannot be read behind ${broken.last}`
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
    return `${walk.root} turns in a circle at ${walk.last}`
  }
  if (walk.rows.size < MAX_ROWS) return null
  walk.isOver = true
  return `${walk.root} has more than ${MAX_ROWS} rows`
}
