/** Stores incidents together with what follows from them, such as the deliveries of notifications. */
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { type IncidentChanges, saveIncidents } from "./store.ts"

/** People whom a note about an incident mentions. */
export type Mention = {
  readonly incident: string
  readonly accounts: readonly string[]
  readonly by: string
  readonly text: string
}

/** What follows from a change of incidents. */
export type AfterSave = {
  /** In the transaction that has stored these incidents. */
  readonly inTransaction: (tx: Tx, org: OrgId, incidents: readonly string[]) => Promise<void>
  /** In the transaction of a note. Answers who of them has no channel of their own. */
  readonly mentioned?: (tx: Tx, org: OrgId, mention: Mention) => Promise<readonly string[]>
  /** After the commit. */
  readonly committed: (org: OrgId) => void
  /** The incidents are stored without it; it has to be made up for. */
  readonly onError: (error: unknown) => void
}
export const NOTHING_AFTER: AfterSave = {
  inTransaction: async () => undefined,
  committed: () => undefined,
  onError: () => undefined,
}

class FollowUpError extends Error {}

/** An error in what follows never keeps an incident from being stored. */
export const saveAll = async (
  db: Db,
  org: OrgId,
  changes: IncidentChanges,
  after: AfterSave,
  also: (tx: Tx) => Promise<void> = async () => undefined,
): Promise<void> => {
  const ids = changes.changed.map(({ id }) => id)
  const save = (follow: (tx: Tx) => Promise<void>): Promise<void> =>
    db.asOrg(org, async (tx) => {
      await saveIncidents(tx, org, changes)
      await also(tx)
      await follow(tx)
    })
  try {
    await save(async (tx) => {
      if (ids.length === 0) return
      await after.inTransaction(tx, org, ids).catch((cause: unknown) => {
        throw new FollowUpError("what follows from an incident failed", { cause })
      })
    })
  } catch (error) {
    if (!(error instanceof FollowUpError)) throw error
    after.onError(error)
    await save(async () => undefined)
  }
  if (ids.length > 0) after.committed(org)
}
