/** Alerts of one organisation as the pipeline drives them: the book in memory, and what of it has still to be written down. */
import { randomUUID } from "node:crypto"
import { AlertId, type OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { type AlertEngine, type AlertNow, createAlertEngine, type Transition } from "./engine.ts"
import { isDatabaseUp, loadAlerts, loadTopology, pruneTransitions, saveAlerts } from "./store.ts"
import { buildTopology, type Topology } from "./topology.ts"

export type { AlertNow, Transition } from "./engine.ts"
export type { Kind, Phase, Reason } from "./state-machine.ts"
export type {
  MonitoredAgent,
  MonitoredDevice,
  MonitoredEnd,
  MonitoredLink,
  MonitoredSite,
  Topology,
} from "./topology.ts"

export type OrgAlerts = AlertEngine & {
  readonly topology: () => Topology
  /** Reads the inventory anew; what is no longer there is let go. */
  readonly reload: (nowMs: number) => Promise<Transition[]>
  /** Takes transitions to be written. */
  readonly enqueue: (steps: readonly Transition[]) => void
  /** The batch of this mark has been observed: the mark is cleared with the states it led to. */
  readonly evaluated: (mark: number) => void
  /** Writes what is owed; after a failure it stays owed. */
  readonly flush: () => Promise<void>
  readonly prune: (nowMs: number) => Promise<number>
}

/** A database that is away for long costs old steps, not memory without end. */
const MAX_UNWRITTEN = 20_000
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
  const engine = createAlertEngine({ org, newId: () => AlertId.parse(randomUUID()) })
  let topology = buildTopology([], [], [], [])
  let unwritten: Transition[] = []
  let marks: number[] = []
  const enqueue = (steps: readonly Transition[]): void => {
    unwritten.push(...steps)
    if (unwritten.length > MAX_UNWRITTEN) unwritten = unwritten.slice(-MAX_UNWRITTEN)
  }
  engine.restore(await db.asOrg(org, (tx) => loadAlerts(tx, org)), nowMs)
  return {
    ...engine,
    topology: () => topology,
    reload: async (atMs) => {
      topology = await db.asOrg(org, (tx) => loadTopology(tx, org))
      return engine.updateTopology(topology, atMs)
    },
    enqueue,
    evaluated: (mark) => {
      marks.push(mark)
    },
    flush: async () => {
      const [steps, observed] = [unwritten, marks]
      if (steps.length === 0 && observed.length === 0) return
      unwritten = []
      marks = []
      try {
        await db.asOrg(org, async (tx) => {
          if (steps.length > 0) await saveAlerts(tx, org, steps)
          await clear(tx, org, observed)
        })
      } catch (error) {
        unwritten = [...steps, ...unwritten]
        marks = [...observed, ...marks]
        throw error
      }
    },
    prune: (atMs) => db.asOrg(org, (tx) => pruneTransitions(tx, org, atMs - KEEP_MS)),
  }
}

/** An answer that takes longer is none: the agents wait for it as well. */
const RESPONSE_TIMEOUT_MS = 1_500
/** Asks whether what agents say can be heard at present; one question at a time, however long its answer is away. */
export const createReceiveCheck = (db: Db): (() => Promise<boolean>) => {
  let pending: Promise<boolean> | null = null
  return () => {
    pending ??= isDatabaseUp(db.sql).finally(() => {
      pending = null
    })
    const answer = pending
    return new Promise((resolve) => {
      const timeout = setTimeout(() => resolve(false), RESPONSE_TIMEOUT_MS)
      void answer.then((isUp) => {
        clearTimeout(timeout)
        resolve(isUp)
      })
    })
  }
}

/** Alerts by id as stored, for those that are no longer watched. */
export const alertsById = (tx: Tx, org: OrgId, ids: readonly string[]): Promise<AlertNow[]> =>
  loadAlerts(tx, org, ids)
