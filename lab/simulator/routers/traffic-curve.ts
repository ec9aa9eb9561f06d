/**
 * How traffic varies over a day, with noise, from a seed and the clock alone: two readers at the
 * same moment see the same.
 *
 * Counters are integrals, so the curve is defined by its integral: sines have one in closed form,
 * and the noise is added to the integral as a smooth bounded function, whose slope appears in the
 * rate. The slope of the sum never goes below zero.
 */
const DAY_S = 86_400
/** Local time of the lab's country is UTC+3; the evening peak is at 21:00. */
const PEAK_S = 18 * 3_600
const W = (2 * Math.PI) / DAY_S
const DAILY = 0.42
const HALF_DAILY = 0.14
/**
 * Two layers of noise: gusts of seconds, waves of minutes. Step in seconds, height in seconds of
 * the mean rate.
 */
const NOISE = [
  { stepS: 11, height: 0.55 },
  { stepS: 190, height: 9 },
] as const

/** The steepest slope of the curve: no rate is more than this many times its mean. */
export const PEAK_RATIO =
  1 + DAILY + HALF_DAILY + NOISE.reduce((sum, n) => sum + (1.5 * n.height) / n.stepS, 0)

/** A well-mixed 32-bit hash of two numbers, as a fraction of one. */
export const randomFraction = (seed: number, n: number): number => {
  let h = (seed ^ Math.imul(n, 0x9e3779b1)) >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 0x1_0000_0000
}

/** The seed of a name, so that every port of every router has its own curve. */
export const seedOf = (seed: number, name: string): number => {
  let h = seed >>> 0
  for (const char of name) h = (Math.imul(h, 31) + (char.codePointAt(0) ?? 0)) >>> 0
  return h
}

/** Smooth between random points: slope zero at each, at most 1.5 times the difference between. */
const wave = (seed: number, tS: number, stepS: number): number => {
  const n = Math.floor(tS / stepS)
  const x = tS / stepS - n
  const from = randomFraction(seed, n)
  return from + (randomFraction(seed, n + 1) - from) * x * x * (3 - 2 * x)
}

/**
 * The integral of a unit mean rate since 1970, in seconds. Always rises; at the daily peak about
 * 1.6 times as fast.
 */
export const cumulativeTraffic = (seed: number, atMs: number): number => {
  const tS = atMs / 1000
  const daily =
    (DAILY / W) * Math.sin(W * (tS - PEAK_S)) +
    (HALF_DAILY / (2 * W)) * Math.sin(2 * W * (tS - PEAK_S))
  return NOISE.reduce((sum, n, i) => sum + n.height * wave(seed + i, tS, n.stepS), tS + daily)
}

/**
 * A value between `low` and `high` that drifts over the day and jitters, for processor load,
 * temperature and the like.
 */
export const varyingValue = (seed: number, atMs: number, low: number, high: number): number => {
  const tS = atMs / 1000
  const day = (1 + Math.cos(W * (tS - PEAK_S))) / 2
  const mixed = 0.55 * day + 0.3 * wave(seed, tS, 240) + 0.15 * wave(seed + 7, tS, 9)
  return low + (high - low) * mixed
}
