/** Rows of one table that come from several menus: each menu is a kind of row. */
import type { TableName } from "@ispvm/wire/tables"
import { constant, type Field, type Fields, flag, type Menu, text } from "./menu.ts"

/** The kind, and what names a row; null without the first name. */
const keyOf = (kind: string, names: readonly Field[]): Field<string | null> => ({
  properties: names.flatMap(({ properties }) => properties),
  read: (row, moment) => {
    const parts = names.map((name) => name.read(row, moment))
    if (parts[0] === null || parts[0] === undefined) return null
    return [kind, ...parts.filter((part) => part !== null && part !== "")].join(" ")
  },
})

/** Rows of a menu as one kind of a table. `columns` may replace the ones that all kinds have. */
export type Kind = {
  readonly path: string
  readonly kind: string
  readonly key: readonly Field[]
  readonly columns: Fields
  readonly atMost?: number
  readonly monitor?: NonNullable<Menu["monitor"]>
}
export const kindOf =
  (table: TableName, kindColumn: string, common: Fields) =>
  ({ kind, key, columns, ...menu }: Kind): Menu => ({
    ...menu,
    tables: [
      {
        table,
        key: keyOf(kind, key),
        columns: { [kindColumn]: constant(kind), ...common, ...columns },
      },
    ],
  })

export const NAME = text("name")
export const COMMENT = text("comment")
export const IS_DISABLED = flag("disabled")
export const IS_DYNAMIC = flag("dynamic")
export const IS_INVALID = flag("invalid")
