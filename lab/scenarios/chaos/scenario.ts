/**
 * The interface of a chaos scenario: it disturbs real processes and reports checks. One file per
 * scenario.
 */
export type Check = { readonly what: string; readonly holds: boolean; readonly observed: string }
export type Scenario = {
  readonly name: string
  readonly about: string
  /** The runner limits its time. Each check is printed as soon as it is known. */
  readonly run: (report: (check: Check) => void) => Promise<void>
}

/** For a scenario that has all its checks at its end. */
export const reportAll =
  (run: () => Promise<readonly Check[]>): Scenario["run"] =>
  async (report) => {
    for (const each of await run()) report(each)
  }

/** A check that holds or not; `observed` is printed as JSON unless it is text. */
export const check = (what: string, holds: boolean, observed: unknown): Check => ({
  what,
  holds,
  observed: typeof observed === "string" ? observed : JSON.stringify(observed),
})
