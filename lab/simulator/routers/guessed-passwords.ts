/** Somebody tries passwords on a router, and what it writes into its log. */
import type { RouterOs } from "./os/os.ts"

/** An address for documentation. */
const GUESSER = "203.0.113.99"
const USERS = [
  ...["admin", "root", "support", "mikrotik", "user", "guest"],
  ...["test", "ubnt", "pi", "oracle", "git", "backup"],
] as const
/** Each name once: identical lines of one moment are copies of one. */
const userOf = (n: number): string => {
  const round = Math.floor(n / USERS.length)
  return `${USERS[n % USERS.length]}${round === 0 ? "" : round}`
}

/** A router behind a cut writes the lines as well; nobody reads them then. */
export const guessPasswords = ({ router, now }: RouterOs, times: number): void => {
  for (let n = 0; n < times; n += 1)
    router.writeLog(
      now(),
      "system,error,critical",
      `login failure for user ${userOf(n)} from ${GUESSER} via ssh`,
    )
}
