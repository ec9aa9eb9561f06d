/** What a comparison of recordings finds. */

/**
 * `unit`: the same quantity, rounded or in another unit. `purpose`: not collected on purpose.
 * `masked`: the recording does not hold it. `ours`: the agent reads it wrongly, or not at all.
 */
export type Cause = "unit" | "purpose" | "masked" | "ours"
export type Finding = {
  readonly device: string
  readonly vendor: string
  readonly family: string
  readonly what: string
  /** Null: right. */
  readonly cause: Cause | null
  readonly expected?: string
  readonly got?: string
}

/** One kind of recording: how each of its cases is played and compared. */
export type RecordingKind = {
  readonly name: string
  /** Cases below the folder of recordings, in a stable order. */
  cases(folder: string): readonly string[]
  compare(folder: string, name: string): Promise<readonly Finding[]>
}

type Tally = Record<"expected" | "right" | Cause, number>

export const tallyBy = (
  findings: readonly Finding[],
  key: (finding: Finding) => string,
): ReadonlyMap<string, Tally> => {
  const tallies = new Map<string, Tally>()
  for (const finding of findings) {
    const tally = tallies.get(key(finding)) ?? {
      expected: 0,
      right: 0,
      unit: 0,
      purpose: 0,
      masked: 0,
      ours: 0,
    }
    tally.expected += 1
    tally[finding.cause ?? "right"] += 1
    tallies.set(key(finding), tally)
  }
  return new Map([...tallies].toSorted(([a], [b]) => a.localeCompare(b)))
}

export const tableOf = (title: string, tallies: ReadonlyMap<string, Tally>): string => {
  const head = [title, "expected", "right", "unit", "on purpose", "masked", "ours"]
  const rows = [...tallies].map(([name, t]) =>
    [name, t.expected, t.right, t.unit, t.purpose, t.masked, t.ours].map(String),
  )
  const widths = head.map((cell, i) =>
    Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)),
  )
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  "),
    )
    .join("\n")
}
