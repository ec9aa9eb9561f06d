/**
 * Backups of the installation: settings, schedule, runs and retention. Made by a durable job, so
 * that one is begun again after a crash.
 */
import { randomUUID } from "node:crypto"
import type {
  Backup,
  BackupKey,
  BackupKeyInput,
  BackupRun,
  BackupSettings,
} from "../../api/backup.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict } from "../../platform/http/http-error.ts"
import type { Log } from "../../platform/log.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { differences, write } from "../../registry/audit/audit.ts"
import { PLACES, seal, unseal } from "../../registry/secrets/secrets.ts"
import { BackupError } from "./backup-error.ts"
import type { DataFile } from "./data-files.ts"
import type { Installation } from "./make-backup.ts"
import { runBackup } from "./run-backup.ts"
import { isDue, nextSlotMs } from "./schedule.ts"
import { makeKeyPair } from "./seal-file.ts"
import {
  insertRun,
  isRunning,
  lastStartedAtMs,
  lastVerified,
  listRuns,
  readSetting,
  type Setting,
  writeRecipient,
  writeSetting,
} from "./store.ts"
import { keyOfTarget, openTarget } from "./targets/open-target.ts"

export { BackupError, messageOf } from "./backup-error.ts"
export {
  type ClaimRestore,
  createClaimRestore,
  type RestoreJob,
  type RestoreOutcome,
  removeUpload,
} from "./claim-restore.ts"
export { RESTORED_AGENT_FILE, readDataFiles } from "./data-files.ts"
export { backupJobs, type RunPayload } from "./jobs.ts"
export { writeLocalCopy } from "./local-copy.ts"
export type { Installation } from "./make-backup.ts"
export { type Restored, restore } from "./restore.ts"
export { findIdentity } from "./seal-file.ts"
/** For what needs a recent backup, such as an update. */
export { failInterrupted, lastVerified } from "./store.ts"

export type BackupDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly installation: Installation
  readonly masterKey: Buffer
  readonly dataDir: string
  readonly files: () => readonly DataFile[]
  /** Hands a run to the job; false where one is waiting already. */
  readonly send: (run: string) => Promise<boolean>
}
export type Backups = {
  readonly view: () => Promise<Backup>
  readonly change: (actor: Actor, body: BackupSettings) => Promise<void>
  /** The private part is in this answer and nowhere else. */
  readonly createKey: (actor: Actor, body: BackupKeyInput) => Promise<BackupKey>
  readonly request: (actor: Actor) => Promise<{ readonly id: string }>
  /** Makes one if it is due. */
  readonly followSchedule: () => Promise<void>
  /** Makes the backup of a run that was requested. Throws where it fails. */
  readonly run: (id: string, signal: AbortSignal) => Promise<void>
  /** Makes one now, for a command or an update. */
  readonly make: (reason: "update" | "command", signal: AbortSignal) => Promise<BackupRun>
}
const RUNS_SHOWN = 50

export const createBackups = (deps: BackupDeps): Backups => {
  const { db, clock, masterKey } = deps
  const secretOf = ({ targetSecret }: Pick<Setting, "targetSecret">): string | null => {
    if (targetSecret === null) return null
    const opened = unseal(masterKey, PLACES.backupTarget(), targetSecret)
    if (!opened.ok) throw new Error("The secret of the backup target cannot be decrypted.")
    return opened.text
  }
  const open = (setting: Setting) => openTarget(setting.target, secretOf(setting), deps.dataDir)
  const insert = async (reason: BackupRun["reason"], by: string | null): Promise<string> => {
    const id = randomUUID()
    const target = open(await readSetting(db.sql)).name
    await insertRun(db.sql, { id, reason, by, target, nowMs: clock.now() })
    return id
  }
  const run = async (id: string, signal: AbortSignal): Promise<void> => {
    const setting = await readSetting(db.sql)
    await runBackup({ ...deps, setting, target: open(setting), id, signal })
  }
  return {
    view: () => viewOf(deps),
    change: (actor, body) => changeSettings(deps, secretOf, actor, body),
    createKey: (actor, body) => createKey(deps, actor, body),
    request: async (actor) => {
      const { recipient } = await readSetting(db.sql)
      if (recipient === null)
        throw conflict("no-backup-key", { code: "problem.backup-no-key", params: {} })
      if (await isRunning(db.sql))
        throw conflict("backup-running", { code: "problem.backup-running", params: {} })
      const id = await insert("manual", actor.email)
      await deps.send(id)
      await db.asOrg(actor.org, (tx) => write(tx, actor, "backup.requested", "backup", id))
      return { id }
    },
    followSchedule: async () => {
      const setting = await readSetting(db.sql)
      const last = await lastStartedAtMs(db.sql)
      if (setting.recipient === null || !isDue(setting, last, clock.now())) return
      if (!(await isRunning(db.sql))) await deps.send(await insert("schedule", null))
    },
    run,
    make: async (reason, signal) => {
      if (await isRunning(db.sql)) throw new BackupError({ code: "backup.running", params: {} })
      const id = await insert(reason, null)
      await run(id, signal)
      const made = (await listRuns(db.sql, RUNS_SHOWN)).find((each) => each.id === id)
      if (made === undefined) throw new Error(`backup ${id} is gone`)
      return made
    },
  }
}

const viewOf = async ({ db, clock }: BackupDeps): Promise<Backup> => {
  const setting = await readSetting(db.sql)
  const { recipient, keyMadeAtMs, targetSecret, ...settings } = setting
  return {
    settings,
    hasSecret: targetSecret !== null,
    recipient,
    keyMadeAtMs,
    nextAtMs: recipient === null ? null : nextSlotMs(setting, clock.now()),
    lastVerified: await lastVerified(db.sql),
    runs: await listRuns(db.sql, RUNS_SHOWN),
  }
}

/** A secret is kept for the place it was given for; elsewhere it has to be typed again. */
const changeSettings = async (
  { db, masterKey }: BackupDeps,
  secretOf: (setting: Setting) => string | null,
  actor: Actor,
  { secret, ...body }: BackupSettings,
): Promise<void> => {
  await db.asOrg(actor.org, async (tx) => {
    const was = await readSetting(tx)
    const isSamePlace = keyOfTarget(was.target) === keyOfTarget(body.target)
    const kept = isSamePlace ? secretOf(was) : null
    const now = secret ?? kept
    const targetSecret = now === null ? null : seal(masterKey, PLACES.backupTarget(), now)
    await writeSetting(tx, { ...body, targetSecret })
    const { recipient: _, keyMadeAtMs: __, targetSecret: ___, ...before } = was
    const detail = {
      ...differences(before, body),
      ...(now === kept ? {} : { secretChanged: true }),
    }
    await write(tx, actor, "backup.settings-changed", "backup", null, detail)
  })
}

const createKey = async (
  { db, clock }: BackupDeps,
  actor: Actor,
  { recipient }: BackupKeyInput,
): Promise<BackupKey> => {
  const key = recipient === undefined ? await makeKeyPair() : { recipient, identity: null }
  await db.asOrg(actor.org, async (tx) => {
    await writeRecipient(tx, key.recipient, clock.now())
    await write(tx, actor, "backup.key-created", "backup", null, { recipient: key.recipient })
  })
  return key
}
