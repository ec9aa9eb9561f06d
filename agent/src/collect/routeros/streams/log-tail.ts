/**
 * New lines of `/log` in complete readings of it. Its `.id` is not a stable key, and its time has
 * several forms: the sequence of topics and messages shows what is new. Pure.
 */
import type { Row } from "../client/reply.ts"

/** Lines of a router's memory, by its default. */
const MAX_LINES = 1_000
/** How long the stream may report what a complete reading already had. */
const LATE_MS = 2_000

const textOf = (row: Row): string => `${row.get("topics") ?? ""}\n${row.get("message") ?? ""}`

export class LogTail {
  #lines: string[] = []
  #isKnown = false
  /** Lines of a reading that the stream may still report. */
  readonly #late = new Map<string, number>()
  #readMs = 0

  /** False: a complete reading already had this line. `nowMs` is of a monotonic clock. */
  streamed(row: Row, nowMs: number): boolean {
    const text = textOf(row)
    if (nowMs - this.#readMs > LATE_MS) this.#late.clear()
    const late = this.#late.get(text) ?? 0
    if (late > 1) this.#late.set(text, late - 1)
    else this.#late.delete(text)
    if (late > 0) return false
    this.#lines.push(text)
    if (this.#lines.length > MAX_LINES) this.#lines.splice(0, this.#lines.length - MAX_LINES)
    return true
  }

  /** The rows that are new. Of the first reading none: they are from before. */
  read(rows: readonly Row[], nowMs: number): readonly Row[] {
    this.#readMs = nowMs
    const texts = rows.map(textOf)
    const kept = this.#isKnown ? overlapOf(this.#lines, texts) : texts.length
    this.#isKnown = true
    this.#lines = texts.slice(-MAX_LINES)
    this.#late.clear()
    const missed = rows.slice(kept)
    for (const row of missed) {
      const text = textOf(row)
      this.#late.set(text, (this.#late.get(text) ?? 0) + 1)
    }
    return missed
  }
}

/** How many of the first lines of `now` are the last ones of `was`. */
const overlapOf = (was: readonly string[], now: readonly string[]): number => {
  for (let from = Math.max(0, was.length - now.length); from < was.length; from += 1) {
    const length = was.length - from
    let same = 0
    while (same < length && was[from + same] === now[same]) same += 1
    if (same === length) return length
  }
  return 0
}
