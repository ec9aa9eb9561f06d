/** Time as an argument: tests pass their own. */
export type Clock = { readonly now: () => number }

/** Epoch milliseconds of this machine. */
export const systemClock: Clock = { now: () => Date.now() }
