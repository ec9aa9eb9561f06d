/** The timer behind the series: partitions made ahead, rollups brought up to date, what is past its time dropped. */

export type HousekeepingStep = "premake" | "refresh" | "close" | "drop"
const STEPS: readonly HousekeepingStep[] = ["premake", "refresh", "close", "drop"]

export type HousekeepingDeps = {
  readonly everyMs: number
  /** One step in a transaction of its own; true where it asks to be called again. */
  readonly runStep: (step: HousekeepingStep) => Promise<boolean>
  /** Other modules' tidying, once after every round of steps. */
  readonly housekeepingJobs: readonly {
    readonly name: string
    readonly run: () => Promise<unknown>
  }[]
  /** A failed step or chore is told here, and tried again at the next round. */
  readonly onError: (what: string, error: unknown) => void
}
export type Housekeeping = {
  readonly start: () => void
  /** Resolves when nothing of it runs any more. */
  readonly stop: () => Promise<void>
  /** One round, now. */
  readonly round: () => Promise<void>
}

/** Days of arrears are made up in one round; what remains after this many calls waits for the next. */
const CALLS_A_ROUND = 400

export const createHousekeeping = ({
  everyMs,
  runStep,
  housekeepingJobs,
  onError,
}: HousekeepingDeps): Housekeeping => {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let started = false
  let stopping = false

  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      onError(what, error)
    }
  }
  const round = async (): Promise<void> => {
    for (const step of STEPS) {
      if (stopping) return
      await attempt(`series ${step}`, async () => {
        for (
          let calls = 1;
          (await runStep(step)) && step === "refresh" && calls < CALLS_A_ROUND && !stopping;
          calls += 1
        );
      })
    }
    for (const job of housekeepingJobs) await attempt(job.name, job.run)
  }
  const runRound = (): void => {
    running = round().finally(() => {
      running = undefined
      if (!stopping) timer = setTimeout(runRound, everyMs).unref()
    })
  }
  return {
    round,
    start: () => {
      if (started) return
      started = true
      stopping = false
      runRound()
    },
    stop: async () => {
      stopping = true
      clearTimeout(timer)
      await running
      started = false
    },
  }
}
