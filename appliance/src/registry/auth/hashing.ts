/**
 * Hashes and checks passwords one after another, off the main thread and its pool. A full queue
 * rejects at once.
 */

import { createFairQueue, type Requester } from "../../platform/fair-queue.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { createDeriveThread } from "./derive.ts"
import type { Cost, Derive } from "./model.ts"
import { COST, checkPassword, hashPassword } from "./password.ts"

export type Hashing = {
  readonly hash: (requester: Requester, password: string) => Promise<string>
  readonly check: (requester: Requester, password: string, hash: string) => Promise<boolean>
  readonly stop: () => Promise<void>
}
/**
 * For accounts that are logged in: an administrator who adds accounts does not wait behind
 * strangers.
 */
export const accountRequester = (account: string): Requester => ({
  source: `account ${account}`,
  isKnown: true,
})

const LIMITS = { atOnce: 1, perSource: 3, waiting: 48, maxWaitMs: 8_000 } as const
const RETRY_S = 5

export const createHashing = (cost: Cost = COST): Hashing => {
  const queue = createFairQueue(LIMITS)
  const { derive, stop } = createDeriveThread()
  const runQueued = async <T>(
    requester: Requester,
    work: (by: Derive) => Promise<T>,
  ): Promise<T> => {
    const result = await queue.run(requester, () => work(derive))
    if (!result.ok)
      throw new HttpError(429, "busy", { code: "problem.busy", params: { seconds: RETRY_S } })
    return result.value
  }
  return {
    hash: (requester, password) => runQueued(requester, (by) => hashPassword(password, cost, by)),
    check: (requester, password, hash) =>
      runQueued(requester, (by) => checkPassword(password, hash, by)),
    stop,
  }
}
