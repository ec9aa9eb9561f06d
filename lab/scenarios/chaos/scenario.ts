/** What a chaos scenario is: it drives real processes into trouble and says what held. One file a scenario. */
export type Check = { readonly what: string; readonly holds: boolean; readonly observed: string }
export type Scenario = {
  readonly name: string
  readonly about: string
  /** Bounded in time by the runner. Each check is printed as soon as it is known. */
  readonly run: (report: (check: Check) => void) => Promise<void>
}

/** For a scenario that knows all its checks at its end. */
export const reportAll =
  (run: () => Promise<readonly Check[]>): Scenario["run"] =>
  async (report) => {
    for (const each of await run()) report(each)
  }

/** A violation found half-way ends a scenario; the runner turns it into a failed check. */
export const check = (what: string, holds: boolean, observed: unknown): Check => ({
  what,
  holds,
  observed: typeof observed === "string" ? observed : JSON.stringify(observed),
})
