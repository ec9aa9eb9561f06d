/** Passwords hashed and checked in turns, off the main thread and off its pool. Full is an answer, not a wait. */
import { AppError } from "../../platform/errors.ts"
import { createDeriveThread, type Derive } from "./derive.ts"
import { createHashQueue, type HashTurn } from "./hash-queue.ts"
import { COST, type Cost, checkPassword, hashPassword } from "./password.ts"

export type Hashing = {
  readonly hash: (turn: HashTurn, password: string) => Promise<string>
  readonly check: (turn: HashTurn, password: string, hash: string) => Promise<boolean>
  readonly stop: () => Promise<void>
}
/** Somebody who is logged in: an administrator who adds accounts does not wait behind strangers. */
export const turnOfAccount = (account: string): HashTurn => ({ source: `account ${account}`, isKnown: true })

const LIMITS = { atOnce: 1, perSource: 3, waiting: 48, maxWaitMs: 8_000 } as const
const RETRY_S = 5

export const createHashing = (cost: Cost = COST): Hashing => {
  const queue = createHashQueue(LIMITS)
  const { derive, stop } = createDeriveThread()
  const inTurn = async <T>(turn: HashTurn, work: (by: Derive) => Promise<T>): Promise<T> => {
    const turned = await queue.run(turn, () => work(derive))
    if (!turned.ok) throw new AppError(429, "busy", `Too many logins at once: try again in ${RETRY_S} seconds.`)
    return turned.value
  }
  return {
    hash: (turn, password) => inTurn(turn, (by) => hashPassword(password, cost, by)),
    check: (turn, password, hash) => inTurn(turn, (by) => checkPassword(password, hash, by)),
    stop,
  }
}
