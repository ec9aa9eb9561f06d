/** The interface of an attack: one file, one exported `Attack`, listed in `attacks.ts`. */
import type { Testbed } from "./testbed.ts"

/** One expectation and the observation. A finding that does not hold is a hole. */
export type Finding = { readonly what: string; readonly holds: boolean; readonly observed: string }

export type Attack = {
  /** Kebab case, as typed after `npm run attack --`. */
  readonly name: string
  /** One sentence: who does what, and what must hold meanwhile. */
  readonly about: string
  /**
   * Runs within about a minute, sends to loopback only, and closes what it opened. A thrown error
   * counts as a hole.
   */
  readonly run: (testbed: Testbed) => Promise<readonly Finding[]>
}

/** A finding by comparison; `observed` is printed as JSON. */
export const expectEqual = (what: string, observed: unknown, expected: unknown): Finding => {
  const [observedText, expectedText] = [JSON.stringify(observed), JSON.stringify(expected)]
  return {
    what,
    holds: observedText === expectedText,
    observed:
      observedText === expectedText ? observedText : `${observedText}, expected ${expectedText}`,
  }
}

export const expectThat = (what: string, holds: boolean, observed: unknown): Finding => ({
  what,
  holds,
  observed: typeof observed === "string" ? observed : JSON.stringify(observed),
})
