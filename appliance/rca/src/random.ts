/** Pseudorandom numbers (mulberry32), the same in every run: answers are reproducible. */

/** Whole numbers, 0 to 2^32 - 1. */
export const seededWhole = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
}

/** 0 ≤ x < 1. */
export const seeded = (seed: number): (() => number) => {
  const next = seededWhole(seed)
  return () => next() / 2 ** 32
}
