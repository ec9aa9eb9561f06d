import type { TemplateResult } from "lit"
import { byText } from "../i18n/format/names.ts"

/**
 * A column: cell content, sort key, and its role on a card (`title` and `mark` in the head, `value`
 * in the list, `wide` on its own line, `hide` not shown).
 */
export type TableColumn<T> = {
  readonly key: string
  readonly label: string
  /** The label in full, where the column has room for a short one only. */
  readonly hint?: string
  /** A CSS grid track: `120px`, `minmax(160px, 2fr)`. */
  readonly width: string
  readonly end?: boolean
  readonly card: "title" | "mark" | "value" | "wide" | "hide"
  readonly cell: (row: T) => TemplateResult | string
  /** The sort key; null is last in both directions. */
  readonly sort?: (row: T) => number | string | null
  /** The column cannot be hidden. */
  readonly fixed?: boolean
}

/** Ascending. Numbers in names are compared as numbers: r-2 before r-10. */
export const compareCells = (a: unknown, b: unknown): number =>
  typeof a === "number" && typeof b === "number" ? a - b : byText(String(a), String(b))
