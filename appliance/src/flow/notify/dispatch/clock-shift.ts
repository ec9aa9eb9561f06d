/**
 * When the host's clock is set, what waits does so as long as before: stored times are shifted by
 * the step. What reads or stores such times waits for that first.
 */
import type { Clock } from "../../../platform/clock.ts"
import type { OrgId } from "../../../platform/ids.ts"
import type { Db } from "../../../platform/postgres/db.ts"
import { shiftTimes } from "./store.ts"

export type ClockShift = {
  /** Sum of the steps so far. */
  readonly steppedMs: () => number
  /** The stored times follow the clock by then. */
  readonly shifted: () => Promise<void>
  readonly stop: () => Promise<void>
}

export const followClock = (
  {
    db,
    clock,
    orgs,
    onError,
  }: {
    readonly db: Db
    readonly clock: Clock
    readonly orgs: () => Promise<readonly { readonly id: OrgId }[]>
    readonly onError: (error: unknown) => void
  },
  /** What waits may be due at another time of day. */
  onShifted: () => void,
): ClockShift => {
  let shifting = Promise.resolve()
  const shift = async (byMs: number): Promise<void> => {
    for (const { id } of await orgs()) await db.asOrg(id, (tx) => shiftTimes(tx, id, byMs))
    onShifted()
  }
  const stopListening = clock.steps?.on(({ byMs }) => {
    shifting = shifting.then(() => shift(byMs)).catch(onError)
  })
  return {
    steppedMs: () => clock.steppedMs?.() ?? 0,
    shifted: () => shifting,
    stop: async () => {
      stopListening?.()
      await shifting
    },
  }
}
