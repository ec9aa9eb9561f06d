/**
 * A counter that advances by itself, at a rate that follows the daily curve from the moment it is
 * set.
 */
import { cumulativeTraffic } from "./traffic-curve.ts"

export class Meter {
  readonly #seed: number
  #count: bigint
  #perSecond = 0
  #isSteady = false
  #sinceMs: number

  constructor(seed: number, atMs: number, count = 0n) {
    this.#seed = seed
    this.#count = count
    this.#sinceMs = atMs
  }

  /** The full count; readers cut it to the width of their counter. */
  read(atMs: number): bigint {
    const seconds = this.#isSteady
      ? (atMs - this.#sinceMs) / 1_000
      : cumulativeTraffic(this.#seed, atMs) - cumulativeTraffic(this.#seed, this.#sinceMs)
    return this.#count + BigInt(Math.max(0, Math.floor(this.#perSecond * seconds)))
  }

  /** Sets the rate per second from now on: as the mean of a day, or steady at any hour. */
  setPerSecond(perSecond: number, atMs: number, isSteady = false): void {
    if (perSecond === this.#perSecond && isSteady === this.#isSteady) return
    this.#count = this.read(atMs)
    this.#isSteady = isSteady
    this.#sinceMs = atMs
    this.#perSecond = perSecond
  }

  /** As after a reboot. */
  reset(atMs: number): void {
    this.#count = 0n
    this.#sinceMs = atMs
  }
}

export const counter32 = (count: bigint): number => Number(BigInt.asUintN(32, count))
export const counter64 = (count: bigint): bigint => BigInt.asUintN(64, count)
