/**
 * The timing of a run, the same for every system. Times are in probe rounds; in service a round is
 * about a minute.
 */
export type Timing = {
  /** The interval of probe rounds. */
  readonly probeIntervalMs: number
  /** Rounds in a row that must agree before a system acts. */
  readonly attempts: number
  /** Rounds to wait after that, so that the cause is known before its symptoms are paged. */
  readonly holdDown: number
  /** Between checks of what is up. Nagios checks what is not up in each round. */
  readonly checkEvery: number
  /** The faults of one case begin within this many rounds, and end likewise. */
  readonly spread: number
  /** A symptom appears up to this many rounds after its fault. */
  readonly delay: number
  /** From the first fault to the first recovery: enough for the slowest page. */
  readonly faultRounds: number
  /** From the first recovery until nothing changes any more. */
  readonly recoveryRounds: number
}

const PROBE_INTERVAL_MS = 1_000
/** As in the templates of Nagios: five times the retry interval. */
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
/** With less Nagios pages hosts whose router it has not rechecked yet. */
export const HOLD_DOWN = 9
