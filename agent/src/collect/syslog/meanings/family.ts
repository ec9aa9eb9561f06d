/** A part of the table of meanings. */
import type { LogMeaning } from "@ispvm/wire"

/** The first row whose template matches counts. */
export type Row = readonly [meaning: LogMeaning, template: string]
export type Family = {
  /** A line with topics must have one of these. */
  readonly topics: readonly string[]
  readonly rows: readonly Row[]
  /** For lines of these topics that match no row: a fault (by severity), or anything else. */
  readonly rest?: readonly [fault: LogMeaning, other: LogMeaning]
}
