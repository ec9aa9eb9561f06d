/** How fast everything goes, the same for every system in a run. Times are counted in looks; in service a look is a minute or so. */
export type Timing = {
  /** One look at everything. */
  readonly probeIntervalMs: number
  /** Looks in a row that have to agree before a system may believe them. */
  readonly attempts: number
  /** Waited after that, so that a cause may overtake its symptoms. */
  readonly holdDown: number
  /** Between two checks of what is well (Nagios looks at each look once something is not). */
  readonly checkEvery: number
  /** Faults of one case come within so many looks of each other, and go likewise. */
  readonly spread: number
  /** A symptom shows up to so many looks after its fault. */
  readonly delay: number
  /** From the first fault until the first recovery: long enough for the slowest page. */
  readonly faultRounds: number
  /** From the first recovery until nothing is left that could change. */
  readonly recoveryRounds: number
}

const PROBE_INTERVAL_MS = 1_000
/** What Nagios's own templates have: five times the interval of a second look. */
const CHECK_EVERY = 5
const [ATTEMPTS, SPREAD, DELAY, SPARE] = [3, 3, 3, 3]

export const timingFor = (holdDown: number): Timing => ({
  probeIntervalMs: PROBE_INTERVAL_MS,
  attempts: ATTEMPTS,
  holdDown,
  checkEvery: CHECK_EVERY,
  spread: SPREAD,
  delay: DELAY,
  faultRounds: SPREAD + DELAY + CHECK_EVERY + ATTEMPTS + holdDown + CHECK_EVERY + SPARE,
  recoveryRounds: SPREAD + DELAY + CHECK_EVERY + ATTEMPTS,
})
/** With less than this Nagios pages hosts whose router it has not looked at again yet. */
export const HOLD_DOWN = 9
