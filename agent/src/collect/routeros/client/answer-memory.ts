/**
 * The memory for the answers of all routers. One router with an endless answer must not take it
 * from the others: an answer beyond its own limit is aborted, and beyond the common limit the
 * largest one is.
 */
import { ReceivedRow } from "./received-row.ts"
import type { Row } from "./reply.ts"

export type AnswerLimits = {
  /** Bytes of one answer. A router with 10,000 ports needs 14 MB for its counters. */
  readonly answerBytes: number
  /** Bytes of all answers that are being received. */
  readonly allBytes: number
}
const ANSWER_LIMITS: AnswerLimits = {
  answerBytes: 32 * 1024 * 1024,
  allBytes: 64 * 1024 * 1024,
}

/** One answer that is being received. */
export type MemoryReservation = {
  /** May abort this answer or a larger one. */
  readonly add: (bytes: number) => void
  readonly free: () => void
}
type Answer = { bytes: number; readonly giveUp: (why: string) => void }

/** V8 needs more than the text itself: a map per row, a string and an entry per property. */
const ROW_BYTES = 160
const PROPERTY_BYTES = 80
export const rowBytes = (row: Row): number => {
  if (row instanceof ReceivedRow) return ROW_BYTES + PROPERTY_BYTES * row.properties + row.textBytes
  let bytes = ROW_BYTES
  for (const value of row.values()) bytes += PROPERTY_BYTES + value.length
  return bytes
}

export class AnswerMemory {
  /** Answers that were aborted because they, or all of them together, were too large. */
  readonly counts = { aborted: 0 }
  readonly #limits: AnswerLimits
  readonly #answers = new Set<Answer>()
  #bytes = 0

  constructor(limits: AnswerLimits = ANSWER_LIMITS) {
    this.#limits = limits
  }

  get bytes(): number {
    return this.#bytes
  }

  /** `giveUp` is called at most once, and must release what the answer holds. */
  open(giveUp: (why: string) => void): MemoryReservation {
    const answer: Answer = { bytes: 0, giveUp }
    this.#answers.add(answer)
    return {
      add: (bytes) => {
        if (!this.#answers.has(answer)) return
        answer.bytes += bytes
        this.#bytes += bytes
        const { answerBytes, allBytes } = this.#limits
        if (answer.bytes > answerBytes)
          this.#end(answer, `it takes more than ${inMb(answerBytes)} of memory`)
        else if (this.#bytes > allBytes)
          this.#end(
            this.#largest(),
            `it is the largest of answers that take more than ${inMb(allBytes)}`,
          )
      },
      free: () => this.#free(answer),
    }
  }

  #largest(): Answer | undefined {
    return [...this.#answers].reduce<Answer | undefined>(
      (largest, each) => (each.bytes > (largest?.bytes ?? -1) ? each : largest),
      undefined,
    )
  }
  #end(answer: Answer | undefined, why: string): void {
    if (answer === undefined) return
    this.#free(answer)
    this.counts.aborted += 1
    answer.giveUp(why)
  }
  #free(answer: Answer): void {
    if (this.#answers.delete(answer)) this.#bytes -= answer.bytes
  }
}

const inMb = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`
