/** Probabilities of single observations, as natural logarithms. */

/** A report from a node that is unreachable: delayed, or over a path that is not in the network. */
export const STRAY_REPORT = Math.log(1e-4)

export const logSum = (a: number, b: number): number =>
  Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))

/** By what is true, then by what is read. */
export const logProbabilities = (falseRate: number, lostRate: number) => ({
  up: { up: Math.log1p(-falseRate), down: Math.log(falseRate) },
  down: { up: Math.log(lostRate), down: Math.log1p(-lostRate) },
})
