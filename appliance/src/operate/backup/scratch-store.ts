/** A database of its own for the verification of a backup, dropped afterwards. */
import { setTimeout as delay } from "node:timers/promises"
import type { Connection } from "../../platform/postgres/database-url.ts"
import { hasSqlState } from "../../platform/postgres/errors.ts"
import { openSession, type Session } from "../../platform/postgres/session.ts"
import { quoteName } from "../../platform/postgres/sql.ts"
import { BackupError } from "./backup-error.ts"

export type Scratch = { readonly session: Session; readonly drop: () => Promise<void> }

export const scratchName = (database: string): string => `${database}_verify`

const IN_USE = "55006"
const NOT_PERMITTED = "42501"
const DROP_TRIES = 30
const DROP_PAUSE_MS = 1_000

/**
 * Postgres itself cancels an autovacuum worker in a database that is dropped. `force` ends the
 * sessions of a backup that was cut off, and fails where one of a superuser is among them, such as a
 * worker that has just started: that one ends by itself.
 */
const dropDatabase = async (
  run: (...statements: readonly string[]) => Promise<void>,
  name: string,
): Promise<void> => {
  const statement = `drop database if exists ${quoteName(name)}`
  for (let tries = 1; ; tries += 1) {
    try {
      await run(statement)
      return
    } catch (error) {
      if (!hasSqlState(error, IN_USE)) throw error
    }
    try {
      await run(`${statement} with (force)`)
      return
    } catch (error) {
      if (!hasSqlState(error, NOT_PERMITTED) || tries === DROP_TRIES) throw error
      await delay(DROP_PAUSE_MS)
    }
  }
}

/** Throws BackupError "no-scratch" where `admin` may not create one. */
export const openScratch = async (admin: Connection, owner: Connection): Promise<Scratch> => {
  const name = scratchName(owner.database)
  const asAdmin = async (...statements: readonly string[]): Promise<void> => {
    const session = await openSession(admin, { name: "backup" })
    try {
      for (const statement of statements) await session.tx.unsafe(statement)
    } finally {
      await session.end()
    }
  }
  const drop = () => dropDatabase(asAdmin, name)
  try {
    await drop()
    await asAdmin(
      `create database ${quoteName(name)} template template0`,
      `grant connect, create on database ${quoteName(name)} to ${quoteName(owner.user)}`,
    )
    const session = await openSession(
      { ...owner, database: name },
      { name: "backup verification", settings: { ...COPY_SETTINGS, synchronous_commit: "off" } },
    )
    return { session, drop }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new BackupError({ code: "backup.no-scratch", params: { reason } }, cause)
  }
}

/** Held by `session` until it ends. False: another process makes a backup. */
export const lockBackups = async ({ tx }: Session): Promise<boolean> => {
  const [row] = await tx<{ locked: boolean }[]>`select pg_try_advisory_lock(1769239151) as locked`
  return row?.locked === true
}

/** Whatever the server's own settings are, rows are the same text. */
export const COPY_SETTINGS = {
  DateStyle: "ISO",
  IntervalStyle: "postgres",
  extra_float_digits: 1,
  bytea_output: "hex",
  client_encoding: "UTF8",
  statement_timeout: 0,
  idle_in_transaction_session_timeout: 0,
} as const
