/** Alerts of one organisation as the pipeline drives them: the book in memory, and what of it has still to be written down. */
import { randomUUID } from "node:crypto"
import type { Db, Tx } from "../../platform/db.ts"
import { AlertId, type OrgId } from "../../platform/ids.ts"
import { type AlertNow, type Book, createBook, type Transition } from "./book.ts"
import { answers, loadAlerts, loadWatched, pruneTransitions, saveAlerts } from "./store.ts"
import { type Watched, watch } from "./watched.ts"

export type { AlertNow, Transition } from "./book.ts"
export type { Kind, Phase, Reason } from "./machine.ts"
export type { Watched, WatchedAgent, WatchedDevice, WatchedEnd, WatchedLink, WatchedSite } from "./watched.ts"

export type OrgAlerts = Book & {
  readonly watched: () => Watched
  /** Reads the inventory anew; what is no longer there is let go. */
  readonly reload: (nowMs: number) => Promise<Transition[]>
  /** Takes transitions to be written. */
  readonly keep: (steps: readonly Transition[]) => void
  /** The batch of this mark has been observed: the mark is cleared with the states it led to. */
  readonly evaluated: (mark: number) => void
  /** Writes what is owed; after a failure it stays owed. */
  readonly flush: () => Promise<void>
  readonly prune: (nowMs: number) => Promise<number>
}

/** A database that is away for long costs old steps, not memory without end. */
const OWED_MOST = 20_000
const KEEP_MS = 90 * 24 * 3_600_000

/**
 * `clear` deletes marks of evaluated batches, in the transaction that stores the states. Loads what stands; the phases of before a restart hold until they are looked at again.
 */
export const openAlerts = async (
  db: Db,
  org: OrgId,
  nowMs: number,
  clear: (tx: Tx, org: OrgId, marks: readonly number[]) => Promise<void> = async () => undefined,
): Promise<OrgAlerts> => {
  const book = createBook({ org, newId: () => AlertId.parse(randomUUID()) })
  let watched = watch([], [], [], [])
  let owed: Transition[] = []
  let marks: number[] = []
  const keep = (steps: readonly Transition[]): void => {
    owed.push(...steps)
    if (owed.length > OWED_MOST) owed = owed.slice(-OWED_MOST)
  }
  book.restore(await db.asOrg(org, (tx) => loadAlerts(tx, org)), nowMs)
  return {
    ...book,
    watched: () => watched,
    reload: async (atMs) => {
      watched = await db.asOrg(org, (tx) => loadWatched(tx, org))
      return book.rewatch(watched, atMs)
    },
    keep,
    evaluated: (mark) => {
      marks.push(mark)
    },
    flush: async () => {
      const [steps, observed] = [owed, marks]
      if (steps.length === 0 && observed.length === 0) return
      owed = []
      marks = []
      try {
        await db.asOrg(org, async (tx) => {
          if (steps.length > 0) await saveAlerts(tx, org, steps)
          await clear(tx, org, observed)
        })
      } catch (error) {
        owed = [...steps, ...owed]
        marks = [...observed, ...marks]
        throw error
      }
    },
    prune: (atMs) => db.asOrg(org, (tx) => pruneTransitions(tx, org, atMs - KEEP_MS)),
  }
}

/** An answer that takes longer is none: the agents wait for it as well. */
const ANSWER_MS = 1_500
/** Asks whether what agents say can be heard at present; one question at a time, however long its answer is away. */
export const createEar = (db: Db): (() => Promise<boolean>) => {
  let asked: Promise<boolean> | null = null
  return () => {
    asked ??= answers(db.sql).finally(() => {
      asked = null
    })
    const answer = asked
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), ANSWER_MS)
      void answer.then((is) => {
        clearTimeout(late)
        resolve(is)
      })
    })
  }
}

/** Alerts by id as stored, for those that are no longer watched. */
export const alertsById = (tx: Tx, org: OrgId, ids: readonly string[]): Promise<AlertNow[]> => loadAlerts(tx, org, ids)
