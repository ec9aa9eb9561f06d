/** What properties note of themselves during `npm run soak`, and what it comes to. Pure. */

/** One line of the notes: the newest of a place says how far it is. */
export type SoakNote = {
  /** Test file, and for fast-check the line. */
  readonly at: string
  readonly done: number
  readonly of: number
  readonly seed: string
  /** How to see the failure again; null: none so far. */
  readonly failed: string | null
}

const isNote = (value: unknown): value is SoakNote =>
  typeof value === "object" && value !== null && "at" in value && "done" in value && "of" in value

/** The newest note of each property that runs or ran; a line that is being written is left out. */
export const readNotes = (text: string): readonly SoakNote[] => {
  const newest = new Map<string, SoakNote>()
  for (const line of text.split("\n")) {
    try {
      const note: unknown = JSON.parse(line)
      if (isNote(note)) newest.set(`${note.at} ${note.seed}`, note)
    } catch {
      // The end of the file while a process writes.
    }
  }
  return [...newest.values()]
}

const sum = (notes: readonly SoakNote[], figure: (note: SoakNote) => number): number =>
  notes.reduce((total, note) => total + figure(note), 0)
const whole = (count: number): string => count.toLocaleString("en")

export const progressLine = (notes: readonly SoakNote[], seconds: number): string => {
  const running = notes.filter(({ done, of, failed }) => done < of && failed === null)
  const failures = notes.filter(({ failed }) => failed !== null).length
  const minutes = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`
  const each = running.map(
    ({ at, done, of }) => `${at.split("/").at(-1)} ${whole(done)}/${whole(of)}`,
  )
  return [
    `${minutes}  ${whole(sum(notes, ({ done }) => done))} histories, ${failures} failures`,
    ...each,
  ].join("  ·  ")
}

export const summaryLines = (notes: readonly SoakNote[]): readonly string[] => {
  const rows = notes
    .toSorted((one, other) => (one.at < other.at ? -1 : 1))
    .map(({ at, done, seed, failed }) => [
      at,
      whole(done),
      seed,
      failed === null ? "0" : `1: ${failed}`,
    ])
  const table = [["property", "histories", "seed", "failures"], ...rows]
  const widths = [0, 1, 2].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  )
  const failures = notes.filter(({ failed }) => failed !== null).length
  const unended = notes.filter(({ done, of, failed }) => done < of && failed === null).length
  return [
    ...table.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    ),
    `${whole(sum(notes, ({ done }) => done))} histories of ${notes.length} properties, ${failures} failures${unended === 0 ? "" : `, ${unended} did not end`}`,
  ]
}
