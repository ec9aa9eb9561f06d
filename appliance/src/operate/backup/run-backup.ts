/** One run: makes the backup, notes how it went, and removes what retention gives up. */
import type { BackupRun } from "../../api/backup.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Log } from "../../platform/log.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { BackupError, messageOf } from "./backup-error.ts"
import type { DataFile } from "./data-files.ts"
import { type Installation, makeBackup } from "./make-backup.ts"
import { expired } from "./retention.ts"
import {
  beginRun,
  failRun,
  finishRun,
  listStored,
  noteProgress,
  noteRemoved,
  type Setting,
} from "./store.ts"
import { keyOfTarget } from "./targets/open-target.ts"
import type { Target } from "./targets/target.ts"

type RunDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly installation: Installation
  readonly files: () => readonly DataFile[]
  readonly setting: Setting
  readonly target: Target
  readonly id: string
  readonly signal: AbortSignal
}
const PROGRESS_MS = 1_000

/** `ispvm-20261130T021500Z.age`: sorted by name they are sorted by time. */
export const fileName = (atMs: number): string =>
  `ispvm-${new Date(atMs).toISOString().replaceAll(/[-:]|\.\d+/g, "")}.age`

export const runBackup = async (deps: RunDeps): Promise<void> => {
  const { db, clock, log, setting, target, id, signal } = deps
  const nowMs = clock.now()
  const file = fileName(nowMs)
  const targetKey = keyOfTarget(setting.target)
  if (!(await beginRun(db.sql, id, { file, target: target.name, targetKey }))) return
  try {
    if (setting.recipient === null)
      throw new BackupError({ code: "backup.no-recipient", params: {} })
    const made = await makeBackup({
      ...deps.installation,
      files: deps.files(),
      recipient: setting.recipient,
      target,
      file,
      nowMs,
      onProgress: createProgress(deps),
      signal,
    })
    await finishRun(db.sql, id, made, clock.now())
    log.info({ file, bytes: made.bytes, rows: made.rows, target: target.name }, "backup made")
  } catch (error) {
    log.error({ err: error, target: target.name }, "the backup failed")
    await failRun(db.sql, id, messageOf(error), clock.now())
    throw error
  }
  await removeExpired(deps, targetKey)
}

/** About once a second, and never two at a time. */
const createProgress = ({ db, clock, id, log }: RunDeps) => {
  let lastMs = Number.NEGATIVE_INFINITY
  return ({ tables, ofTables, bytes, ofBytes, sent }: NonNullable<BackupRun["progress"]>): void => {
    if (clock.now() - lastMs < PROGRESS_MS) return
    lastMs = clock.now()
    noteProgress(db.sql, id, { tables, ofTables, bytes, ofBytes, sent }).catch((error: unknown) =>
      log.debug({ err: error }, "the progress of a backup was not stored"),
    )
  }
}

const removeExpired = async (
  { db, clock, log, setting, target }: RunDeps,
  targetKey: string,
): Promise<void> => {
  const stored = await listStored(db.sql, targetKey)
  const files = new Map(stored.map(({ id, file }) => [id, file]))
  for (const { id, reason } of expired(stored, setting, clock.now())) {
    const file = files.get(id) ?? ""
    try {
      await target.remove(file)
      await noteRemoved(db.sql, id, clock.now())
      log.info({ file, reason }, "an old backup was removed")
    } catch (error) {
      log.warn({ err: error, file }, "an old backup could not be removed; tried again next time")
    }
  }
}
