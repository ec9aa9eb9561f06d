/**
 * What the last poll of each collector of one device has cost. As rows of numbers: with ten
 * thousand devices, an object for each poll would live until the next one, and the garbage
 * collector would move it twice.
 */
import type { CollectReason } from "../collector.ts"

export type Measurement = {
  readonly atMs: number
  readonly tookMs: number
  readonly rows: number
  readonly receivedByte: number | null
  readonly failure: CollectReason | null
  /** The interval in use, if the device answers so slowly that it is longer than the set one. */
  readonly slowedMs: number | null
}

/** `atMs`, `tookMs`, `rows`, `receivedByte`, `slowedMs`; not a number: null. */
const WIDTH = 5
const orNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value

export class Measurements {
  #numbers = new Float64Array(0)
  readonly #failures = new Map<number, CollectReason>()

  /** `place`: of the collector, from 0. */
  set(place: number, { atMs, tookMs, rows, receivedByte, failure, slowedMs }: Measurement): void {
    const at = place * WIDTH
    if (at >= this.#numbers.length) this.#grow(place + 1)
    this.#numbers[at] = atMs
    this.#numbers[at + 1] = tookMs
    this.#numbers[at + 2] = rows
    this.#numbers[at + 3] = receivedByte ?? Number.NaN
    this.#numbers[at + 4] = slowedMs ?? Number.NaN
    if (failure !== null) this.#failures.set(place, failure)
    else if (this.#failures.size > 0) this.#failures.delete(place)
  }

  /** Undefined: it was not polled yet. */
  get(place: number): Measurement | undefined {
    const at = place * WIDTH
    const [atMs, tookMs, rows] = this.#numbers.subarray(at, at + 3)
    if (atMs === undefined || tookMs === undefined || rows === undefined || Number.isNaN(atMs))
      return undefined
    return {
      ...{ atMs, tookMs, rows, receivedByte: orNull(this.#numbers[at + 3]) },
      ...{
        failure: this.#failures.get(place) ?? null,
        slowedMs: orNull(this.#numbers[at + 4]),
      },
    }
  }

  #grow(places: number): void {
    const before = this.#numbers
    this.#numbers = new Float64Array(Math.max(places, 8, (before.length / WIDTH) * 2) * WIDTH)
    this.#numbers.fill(Number.NaN)
    this.#numbers.set(before)
  }
}
