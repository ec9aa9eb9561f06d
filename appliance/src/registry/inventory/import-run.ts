/** What imports of lists have in common: one transaction, a dry run, counts and shown changes. */
import type { ImportAnswer, ImportChange } from "../../api/import-lists.ts"
import { textOf } from "../../messages/text.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import type { Rejection } from "./import-table.ts"

class RolledBack extends Error {
  readonly outcome: unknown
  constructor(outcome: unknown) {
    super("dry run")
    this.outcome = outcome
  }
}

/** A dry run does all of the work and rolls back. */
export const runImport = async <T>(
  db: Db,
  org: OrgId,
  dryRun: boolean,
  work: (tx: Tx) => Promise<T>,
): Promise<T> => {
  try {
    return await db.asOrg(org, async (tx) => {
      const outcome = await work(tx)
      if (dryRun) throw new RolledBack(outcome)
      return outcome
    })
  } catch (error) {
    if (error instanceof RolledBack) return error.outcome as T
    throw error
  }
}

/** A list of sites or of links. */
export type ListOutcome = {
  readonly created: string[]
  readonly updated: string[]
  unchanged: number
  readonly changes: ImportChange[]
  readonly rejected: Rejection[]
}
export const newOutcome = (rejected: readonly Rejection[]): ListOutcome => ({
  ...{ created: [], updated: [], unchanged: 0, changes: [], rejected: [...rejected] },
})

const MAX_CHANGES = 500
export const noteChange = (
  { changes }: Pick<ListOutcome, "changes">,
  change: ImportChange,
): void => {
  if (changes.length < MAX_CHANGES) changes.push(change)
}

export const shownLine = ({
  line,
  column,
  said,
}: Omit<Rejection, "said"> & {
  readonly said: Parameters<typeof textOf>[0]
}): ImportAnswer["rejected"][number] => ({ line, column, message: textOf(said), ...said })

export const answerOf = ({ created, updated, unchanged, changes, rejected }: ListOutcome) => ({
  created: created.length,
  updated: updated.length,
  unchanged,
  changes,
  rejected: rejected.toSorted((a, b) => a.line - b.line).map(shownLine),
})

type Field = ImportChange["fields"][number]
/** Texts of a row before and after, field by field: only what differs. */
export const changedTexts = (
  before: Readonly<Record<string, string | null>>,
  after: Readonly<Record<string, string | null>>,
): Field[] =>
  Object.entries(after).flatMap(([field, now]) =>
    before[field] === now ? [] : [{ field, before: before[field] ?? null, after: now }],
  )
