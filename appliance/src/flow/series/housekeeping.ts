/**
 * A round of housekeeping: partitions made ahead, roll-ups brought up to date, old values dropped,
 * days packed, partitions converted to hypertables.
 */

export type HousekeepingStep = "premake" | "refresh" | "close" | "drop" | "pack" | "convert"
const STEPS: readonly HousekeepingStep[] = [
  "premake",
  "refresh",
  "close",
  "drop",
  "pack",
  "convert",
]

/**
 * How often a step may run in one round while it has more to do; the rest waits for the next round.
 * `refresh` makes up days of arrears. `close` is called again if a writer held it up. `pack` moves
 * about 300 rows a call, or 20 minutes of probes. `convert` moves 8 MB a call, so that rounds stay short and the
 * disk is free for what agents deliver.
 */
const CALLS_A_ROUND: Readonly<Record<HousekeepingStep, number>> = {
  premake: 1,
  refresh: 400,
  close: 10,
  drop: 1,
  pack: 2_000,
  convert: 20,
}

/**
 * Runs each step in a transaction of its own; one that returns true has more to do. Every step may
 * run twice. A failed step does not keep the others from running; what failed is thrown at the end.
 */
export const runRound = async (
  runStep: (step: HousekeepingStep) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> => {
  const failures: Error[] = []
  for (const step of STEPS) {
    try {
      await repeat(step, runStep, signal)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      failures.push(new Error(`series ${step}: ${why}`, { cause }))
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, failures.map(({ message }) => message).join("; "))
}

const repeat = async (
  step: HousekeepingStep,
  runStep: (step: HousekeepingStep) => Promise<boolean>,
  signal: AbortSignal | undefined,
): Promise<void> => {
  for (let calls = 0; calls < CALLS_A_ROUND[step]; calls += 1) {
    if (signal?.aborted || !(await runStep(step))) return
  }
}
