/** How fast everything goes, the same for every system in a run. Times are counted in looks; in service a look is a minute or so. */
export type Pace = {
  /** One look at everything. */
  readonly lookMs: number
  /** Looks in a row that have to agree before a system may believe them. */
  readonly attempts: number
  /** Waited after that, so that a cause may overtake its symptoms. */
  readonly settle: number
  /** Between two checks of what is well (Nagios looks at each look once something is not). */
  readonly checkEvery: number
  /** Faults of one case come within so many looks of each other, and go likewise. */
  readonly spread: number
  /** A symptom shows up to so many looks after its fault. */
  readonly delay: number
  /** From the first fault until the first recovery: long enough for the slowest page. */
  readonly lifetime: number
  /** From the first recovery until nothing is left that could change. */
  readonly aftermath: number
}

const LOOK_MS = 1_000
/** What Nagios's own templates have: five times the interval of a second look. */
const CHECK_EVERY = 5
const [ATTEMPTS, SPREAD, DELAY, SPARE] = [3, 3, 3, 3]

export const paceOf = (settle: number): Pace => ({
  lookMs: LOOK_MS,
  attempts: ATTEMPTS,
  settle,
  checkEvery: CHECK_EVERY,
  spread: SPREAD,
  delay: DELAY,
  lifetime: SPREAD + DELAY + CHECK_EVERY + ATTEMPTS + settle + CHECK_EVERY + SPARE,
  aftermath: SPREAD + DELAY + CHECK_EVERY + ATTEMPTS,
})
/** With less than this Nagios pages hosts whose router it has not looked at again yet. */
export const SETTLE = 9
