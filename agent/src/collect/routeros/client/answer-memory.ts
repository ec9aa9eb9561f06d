/**
 * What the answers of all routers may hold in memory at once. One router that answers without end
 * must not take the memory, and with it the monitoring, of the others: beyond its own limit an answer
 * is given up, and beyond the limit of all the largest one is.
 */
import type { Row } from "./reply.ts"

export type AnswerLimits = {
  /** Bytes of one answer. A router with 10,000 ports needs 14 MB for its counters. */
  readonly answerBytes: number
  /** Bytes of all answers under way. */
  readonly allBytes: number
}
export const ANSWER_LIMITS: AnswerLimits = {
  answerBytes: 32 * 1024 * 1024,
  allBytes: 64 * 1024 * 1024,
}

/** One answer under way. */
export type MemoryReservation = {
  /** May give up this answer or a larger one. */
  readonly add: (bytes: number) => void
  readonly free: () => void
}
type Answer = { bytes: number; readonly giveUp: (why: string) => void }

/** A row's map, and of each property a string and an entry: V8 keeps more than the text itself. */
const ROW_BYTES = 160
const PROPERTY_BYTES = 80
export const rowBytes = (row: Row): number => {
  let bytes = ROW_BYTES
  for (const value of row.values()) bytes += PROPERTY_BYTES + value.length
  return bytes
}

export class AnswerMemory {
  /** Answers given up because they, or all of them together, were too large. */
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

  /** `giveUp` is called at most once, and is expected to let go of what the answer holds. */
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
