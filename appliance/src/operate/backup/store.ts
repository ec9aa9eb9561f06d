/** What is configured, and which backups were made. */
import {
  type BackupFrequency,
  type BackupRun,
  BackupTarget,
  type VerifiedBackup,
} from "../../api/backup.ts"
import { BackupMessage } from "../../api/backup-messages.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { Made } from "./make-backup.ts"

export type Setting = {
  readonly recipient: string | null
  readonly keyMadeAtMs: number | null
  readonly frequency: BackupFrequency
  readonly hourUtc: number
  readonly keepCount: number
  readonly keepDays: number
  readonly target: BackupTarget
  /** Encrypted. */
  readonly targetSecret: Buffer | null
}
type SettingRow = Omit<Setting, "target"> & { readonly target: unknown }

export const readSetting = async (tx: Tx): Promise<Setting> => {
  const [row] = await tx<SettingRow[]>`
    select recipient, (extract(epoch from key_made_at) * 1000)::int8 as "keyMadeAtMs", frequency,
      hour_utc as "hourUtc", keep_count as "keepCount", keep_days as "keepDays", target,
      target_secret as "targetSecret"
    from backup.setting`
  if (row === undefined) throw new Error("backup.setting has no row")
  return { ...row, target: BackupTarget.parse(row.target) }
}
export const writeSetting = async (
  tx: Tx,
  setting: Omit<Setting, "recipient" | "keyMadeAtMs">,
): Promise<void> => {
  const { frequency, hourUtc, keepCount, keepDays, target, targetSecret } = setting
  await tx`
    update backup.setting set frequency = ${frequency}, hour_utc = ${hourUtc},
      keep_count = ${keepCount}, keep_days = ${keepDays}, target = ${tx.json(target)},
      target_secret = ${targetSecret}`
}
export const writeRecipient = async (tx: Tx, recipient: string, nowMs: number): Promise<void> => {
  await tx`update backup.setting set recipient = ${recipient}, key_made_at = ${new Date(nowMs)}`
}

export type NewRun = {
  readonly id: string
  readonly reason: BackupRun["reason"]
  readonly by: string | null
  readonly target: string
  readonly nowMs: number
}
export const insertRun = async (tx: Tx, { id, reason, by, target, nowMs }: NewRun) => {
  await tx`
    insert into backup.run (id, reason, requested_by, started_at, target)
    values (${id}, ${reason}, ${by}, ${new Date(nowMs)}, ${target})`
}
/** A run that a crash interrupted begins again. */
export const beginRun = async (
  tx: Tx,
  id: string,
  { file, target, targetKey }: { file: string; target: string; targetKey: string },
): Promise<boolean> => {
  const { count } = await tx`
    update backup.run set state = 'running', file = ${file}, target = ${target},
      target_key = ${targetKey}, error = null, finished_at = null, progress = null
    where id = ${id}`
  return count > 0
}
export const noteProgress = async (
  tx: Tx,
  id: string,
  progress: NonNullable<BackupRun["progress"]>,
): Promise<void> => {
  await tx`update backup.run set progress = ${tx.json(progress)} where id = ${id} and state = 'running'`
}
export const finishRun = async (tx: Tx, id: string, made: Made, nowMs: number): Promise<void> => {
  await tx`
    update backup.run set state = ${made.unverified === null ? "verified" : "unverified"},
      finished_at = ${new Date(nowMs)}, bytes = ${made.bytes}, sha256 = ${made.sha256},
      tables = ${made.tables}, rows = ${made.rows}, schema = ${made.schema}, progress = null,
      error = ${made.unverified === null ? null : tx.json(made.unverified)}
    where id = ${id}`
}
export const failRun = async (tx: Tx, id: string, why: BackupMessage, nowMs: number) => {
  await tx`
    update backup.run set state = 'failed', finished_at = ${new Date(nowMs)}, progress = null,
      error = ${tx.json(why)}
    where id = ${id}`
}
/** Nothing runs when the appliance starts. */
export const failInterrupted = async (tx: Tx, nowMs: number): Promise<void> => {
  const why: BackupMessage = { code: "backup.interrupted", params: {} }
  await tx`
    update backup.run set state = 'failed', finished_at = ${new Date(nowMs)}, progress = null,
      error = ${tx.json(why)}
    where state = 'running'`
}
export const isRunning = async (tx: Tx): Promise<boolean> => {
  const [row] = await tx<{ running: boolean }[]>`
    select exists (select from backup.run where state = 'running') as running`
  return row?.running === true
}

export const listRuns = async (tx: Tx, limit: number): Promise<BackupRun[]> => {
  const rows = await tx<(Omit<BackupRun, "message"> & { readonly error: unknown })[]>`
    select id, reason, state, (extract(epoch from started_at) * 1000)::int8 as "startedAtMs",
      (extract(epoch from finished_at) * 1000)::int8 as "finishedAtMs", target, file, bytes, rows,
      progress, error, removed_at is not null as "isRemoved"
    from backup.run order by started_at desc limit ${limit}`
  return rows.map(({ error, ...row }) => ({
    ...row,
    message: error === null ? null : BackupMessage.parse(error),
  }))
}
export const lastStartedAtMs = async (tx: Tx): Promise<number | null> => {
  const [row] = await tx<{ atMs: number | null }[]>`
    select (extract(epoch from max(started_at)) * 1000)::int8 as "atMs" from backup.run`
  return row?.atMs ?? null
}
/** The newest backup that was verified and whose file is still there; null: none. */
export const lastVerified = async (tx: Tx): Promise<VerifiedBackup | null> => {
  const [row] = await tx<VerifiedBackup[]>`
    select (extract(epoch from finished_at) * 1000)::int8 as "atMs", file, target, bytes
    from backup.run where state = 'verified' and removed_at is null
    order by started_at desc limit 1`
  return row ?? null
}
/** Of one target, with a file that was not removed. */
export const listStored = (tx: Tx, targetKey: string) => tx<
  { id: string; startedAtMs: number; isVerified: boolean; file: string }[]
>`
  select id, (extract(epoch from started_at) * 1000)::int8 as "startedAtMs", file,
    state = 'verified' as "isVerified"
  from backup.run
  where target_key = ${targetKey} and removed_at is null and state in ('verified', 'unverified')`
export const noteRemoved = async (tx: Tx, id: string, nowMs: number): Promise<void> => {
  await tx`update backup.run set removed_at = ${new Date(nowMs)} where id = ${id}`
}
