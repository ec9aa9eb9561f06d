/** Passwords hashed and checked in turns, off the main thread and off its pool. Full is an answer, not a wait. */
import { AppError } from "../../platform/errors.ts"
import { createFairQueue, type Turn } from "../../platform/fair-queue.ts"
import { createDeriveThread, type Derive } from "./derive.ts"
import { COST, type Cost, checkPassword, hashPassword } from "./password.ts"

export type Hashing = {
  readonly hash: (turn: Turn, password: string) => Promise<string>
  readonly check: (turn: Turn, password: string, hash: string) => Promise<boolean>
  readonly stop: () => Promise<void>
}
/** Somebody who is logged in: an administrator who adds accounts does not wait behind strangers. */
export const turnOfAccount = (account: string): Turn => ({ source: `account ${account}`, isKnown: true })

const LIMITS = { atOnce: 1, perSource: 3, waiting: 48, maxWaitMs: 8_000 } as const
const RETRY_S = 5

export const createHashing = (cost: Cost = COST): Hashing => {
  const queue = createFairQueue(LIMITS)
  const { derive, stop } = createDeriveThread()
  const inTurn = async <T>(turn: Turn, work: (by: Derive) => Promise<T>): Promise<T> => {
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
