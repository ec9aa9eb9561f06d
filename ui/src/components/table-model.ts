import type { TemplateResult } from "lit"
import { byText } from "../i18n/format/names.ts"

/** A column: what it shows, how it sorts, what it becomes on a card (`title` and `mark` head it, `value` is listed, `wide` takes a line of its own, `hide` is left out). */
export type TableColumn<T> = {
  readonly key: string
  readonly label: string
  /** A CSS grid track: `120px`, `minmax(160px, 2fr)`. */
  readonly width: string
  readonly end?: boolean
  readonly card: "title" | "mark" | "value" | "wide" | "hide"
  readonly cell: (row: T) => TemplateResult | string
  /** What it is ordered by; null comes last in both orders. */
  readonly sort?: (row: T) => number | string | null
  /** It cannot be hidden. */
  readonly fixed?: boolean
}

/** Ascending. Names count as people count: r-2 before r-10. */
export const compareCells = (a: unknown, b: unknown): number =>
  typeof a === "number" && typeof b === "number" ? a - b : byText(String(a), String(b))
