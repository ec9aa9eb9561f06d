/** The output of a run as lines, within its limits. */
import { MAX_DIAGNOSIS_BYTES, MAX_DIAGNOSIS_LINES, storable } from "@ispvm/wire"
import type { Row } from "../collect/routeros/client/reply.ts"
import { valueWithoutSecrets } from "./secrets.ts"

const LINE_CHARS = 1_000

export class TooLongError extends Error {
  override readonly name = "TooLongError"
}

export type Output = {
  /** Throws a `TooLongError` when the run has printed as much as it may. */
  readonly print: (line: string) => void
  /** What was printed since the last call, and the number of its first line. */
  readonly take: () => { readonly first: number; readonly lines: string[] }
}

/** A control character of a router's text must not move what is shown. */
const visible = (line: string): string => line.replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ")

export const createOutput = (): Output => {
  let waiting: string[] = []
  let taken = 0
  let bytes = 0
  return {
    print: (line) => {
      const text = storable(visible(line).trimEnd(), LINE_CHARS)
      bytes += Buffer.byteLength(text) + 1
      if (taken + waiting.length >= MAX_DIAGNOSIS_LINES || bytes > MAX_DIAGNOSIS_BYTES)
        throw new TooLongError("the output is longer than a run may have")
      waiting.push(text)
    },
    take: () => {
      const part = { first: taken, lines: waiting }
      taken += waiting.length
      waiting = []
      return part
    },
  }
}

/** Rows below their column names, as wide as their longest value; columns without values are left out. */
export const tableLines = (
  columns: readonly string[],
  rows: readonly Row[],
  maxWidth = 60,
): readonly string[] => {
  const used = columns.filter((name) => rows.some((row) => (row.get(name) ?? "") !== ""))
  const cells = [
    used.map((name) => name.toUpperCase()),
    ...rows.map((row) => used.map((name) => valueWithoutSecrets(name, row.get(name) ?? ""))),
  ]
  const widths = used.map((_, column) =>
    Math.min(maxWidth, Math.max(...cells.map((row) => row[column]?.length ?? 0))),
  )
  return cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
}

/** One item, a property in each line. */
export const itemLines = (row: Row): readonly string[] => {
  const names = [...row.keys()].filter((name) => name !== ".id")
  const width = Math.max(0, ...names.map(({ length }) => length))
  return names.map(
    (name) => `${name.padStart(width)}: ${valueWithoutSecrets(name, row.get(name) ?? "")}`,
  )
}
