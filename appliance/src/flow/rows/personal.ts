/**
 * Rows for those who may not see who somebody is. What a table's columns call personal is masked,
 * and so is other text that contains it, such as the interface `<pppoe-USER>`.
 */
import { createHash } from "node:crypto"
import { MASK } from "@ispvm/wire/personal-text"
import { TABLES } from "@ispvm/wire/tables"
import type { StoredRow } from "./rows-store.ts"

/** Shorter texts are in many others by chance. */
const MIN_CONTAINED = 3

const COLUMNS = new Map(TABLES.map(({ name, columns }) => [name as string, columns]))
/** A column that this release does not know may be personal. */
const isPersonal = (table: string, column: string): boolean => {
  const known = COLUMNS.get(table)?.[column]
  return known === undefined || known.isPersonal === true
}

/** As the database makes it of a key. */
export const digestOf = (key: string): string => createHash("sha256").update(key).digest("hex")
/** The same for the same key. */
const maskedKey = (key: string): string => `${MASK} ${digestOf(key).slice(0, 16)}`

export const withoutPersons = <R extends StoredRow>(table: string, row: R): R => {
  const persons = Object.entries(row.cells).flatMap(([column, value]) =>
    isPersonal(table, column) && typeof value === "string" && value.length >= MIN_CONTAINED
      ? value.toLowerCase()
      : [],
  )
  const names = (text: string): boolean => persons.some((one) => text.toLowerCase().includes(one))
  const cells = Object.entries(row.cells).map(([column, value]) => {
    const isHidden = isPersonal(table, column) || (typeof value === "string" && names(value))
    return [column, isHidden && value !== "" ? MASK : value] as const
  })
  return {
    ...row,
    key: names(row.key) ? maskedKey(row.key) : row.key,
    cells: Object.fromEntries(cells),
  }
}

/** Whether a search may find it: a hidden text that is found is not hidden. */
export const contains = ({ key, cells }: StoredRow, search: string): boolean =>
  [key, ...Object.values(cells)].some((one) => String(one).toLowerCase().includes(search))
