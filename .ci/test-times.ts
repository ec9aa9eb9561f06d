/** Recorded times of test files: the order of a run is made from them. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { FileTime } from "./file-times.ts"

const FILE = join(import.meta.dirname, "test-times.json")

export type FileTimes = Readonly<Record<string, FileTime>>

export const readTimes = (): FileTimes => {
  try {
    return JSON.parse(readFileSync(FILE, "utf8"))
  } catch {
    return {}
  }
}

/** Keeps the times of files that did not run, and forgets files that are not `known`. */
export const recordTimes = (taken: FileTimes, known: ReadonlySet<string>): void => {
  const rows = Object.entries({ ...readTimes(), ...taken })
    .filter(([file]) => known.has(file))
    .sort(([a], [b]) => a.localeCompare(b))
    // As the formatter leaves it.
    .map(([file, { wall, cpu }]) => `  ${JSON.stringify(file)}: { "wall": ${wall}, "cpu": ${cpu} }`)
  writeFileSync(FILE, `{\n${rows.join(",\n")}\n}\n`)
}

/** The files that use most CPU time, one a line. */
export const slowestFiles = (times: FileTimes, count: number): readonly string[] =>
  Object.entries(times)
    .toSorted(([, a], [, b]) => b.cpu - a.cpu)
    .slice(0, count)
    .map(
      ([file, { wall, cpu }]) =>
        `${cpu.toFixed(1).padStart(7)} s CPU  ${wall.toFixed(1).padStart(6)} s  ${file}`,
    )
