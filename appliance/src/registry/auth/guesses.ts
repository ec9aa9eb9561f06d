/** Password guesses: how they are counted, their place in the hashing queue, and known browsers. */
import { randomBytes } from "node:crypto"
import type { Clock } from "../../platform/clock.ts"
import type { Requester } from "../../platform/fair-queue.ts"
import { sourceOf } from "../../platform/http/source-address.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { createAttemptLimit, type Key, tooManyTries } from "./attempt-limit.ts"
import type { Hashing } from "./hashing.ts"
import { createKnownBrowsers, type KnownBrowsers } from "./known-browser.ts"
import type { Visitor } from "./model.ts"
import { type FoundLogin, isKnownSource, readBrowserKey } from "./store.ts"

/**
 * A limit shared by many people (the address of an office, an account under attack) slows guessing
 * to about 8,000 attempts a day and locks nobody out for long. One address that guesses at one
 * account has to wait far longer.
 */
const SHARED_WAIT_MS = 10_000
/** Wrong passwords of a known browser or address are counted separately. */
export const FREE_TRIES = 5

/** Keys under which a guess is counted, and its place in the hashing queue. */
export type GuessPath = { readonly keys: readonly Key[]; readonly turn: Requester }
export type Guesses = {
  /** True if the password is correct. Throws 429 after too many wrong ones. */
  readonly guess: (path: GuessPath, password: string, hash: string) => Promise<boolean>
  /** How a login for `email` is counted; `found` is its account. */
  readonly pathOf: (found: FoundLogin | null, email: string, visitor: Visitor) => Promise<GuessPath>
  /** A hash that no password matches, for accounts that do not exist. */
  readonly spare: () => Promise<string>
  readonly browsers: () => Promise<KnownBrowsers>
}
type Deps = { readonly db: Db; readonly clock: Clock; readonly hashing: Hashing }

const strangerPath = (email: string, source: string): GuessPath => ({
  keys: [
    { key: `${email} ${source}`, free: FREE_TRIES },
    { key: `account ${email}`, free: 50, longestMs: SHARED_WAIT_MS },
    { key: `address ${source}`, free: 30, longestMs: SHARED_WAIT_MS },
  ],
  turn: { source, isKnown: false },
})
/** The queue is fair by account: repeated logins with new cookies get no larger share. */
const knownPath = (account: string, what: "browser" | "source", id: string): GuessPath => ({
  keys: [{ key: `${what} ${account} ${id}`, free: FREE_TRIES }],
  turn: { source: `${what} ${account}`, isKnown: true },
})

export const createGuesses = ({ db, clock, hashing }: Deps): Guesses => {
  const attemptLimit = createAttemptLimit(clock)
  let spareHash: Promise<string> | null = null
  const spare = (): Promise<string> => {
    spareHash ??= hashing.hash({ source: "spare", isKnown: true }, randomBytes(16).toString("hex"))
    return spareHash
  }
  let browsersOfKey: Promise<KnownBrowsers> | null = null
  const browsers = (): Promise<KnownBrowsers> => {
    browsersOfKey ??= readBrowserKey(db.sql, randomBytes(32))
      .then(createKnownBrowsers)
      .catch((error: unknown) => {
        browsersOfKey = null
        throw error
      })
    return browsersOfKey
  }

  return {
    spare,
    browsers,
    guess: async ({ keys, turn }, password, hash) => {
      const waitMs = attemptLimit.attempt(keys)
      if (waitMs > 0) throw tooManyTries(waitMs)
      try {
        const right = await hashing.check(turn, password, hash)
        if (right) attemptLimit.clear(keys)
        return right
      } catch (error) {
        // The queue is full: the password was not tried.
        attemptLimit.refund(keys)
        throw error
      }
    },
    pathOf: async (found, email, { address, browser = "" }) => {
      const source = sourceOf(address)
      if (found === null) return strangerPath(email, source)
      const id = (await browsers()).recognise(browser, found.account, found.passwordHash)
      if (id !== null) return knownPath(found.account, "browser", id)
      const isKnown = await db.asOrg(found.org, (tx) => isKnownSource(tx, found.account, source))
      return isKnown ? knownPath(found.account, "source", source) : strangerPath(email, source)
    },
  }
}
