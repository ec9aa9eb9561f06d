/**
 * Makes one backup: the dump is encrypted and sent to the target, and at the same time restored into
 * a scratch database and compared there. Then the file is read back from the target.
 *
 *   dump ─┬─▶ zstd ─▶ age ─▶ target ─▶ read back: SHA-256
 *         └─▶ scratch database: rows and checksum of each table
 */
import { createHash } from "node:crypto"
import type { BackupMessage } from "../../api/backup-messages.ts"
import type { Connection } from "../../platform/postgres/database-url.ts"
import type { Migration } from "../../platform/postgres/migrate.ts"
import { openSession } from "../../platform/postgres/session.ts"
import type { Tx } from "../../platform/postgres/sql.ts"
import { BackupError, messageOf } from "./backup-error.ts"
import type { DataFile } from "./data-files.ts"
import { type DumpProgress, dump } from "./dump.ts"
import { readFrames, writeFrames } from "./format.ts"
import { load } from "./load.ts"
import { COPY_SETTINGS, lockBackups, openScratch } from "./scratch-store.ts"
import { sealFile } from "./seal-file.ts"
import type { Target } from "./targets/target.ts"
import { tee } from "./tee.ts"

/** What a backup is of, and what a restore writes to. */
export type Installation = {
  /** Of the tables. */
  readonly owner: Connection
  /** May create a database. */
  readonly admin: Connection
  readonly migrations: readonly Migration[]
  readonly makeFamilyTables: (tx: Tx) => Promise<unknown>
  readonly familyTables: ReadonlySet<string>
  readonly product: string
}
export type MakeBackup = Installation & {
  readonly files: readonly DataFile[]
  /** Null: a local copy that is not encrypted. */
  readonly recipient: string | null
  readonly target: Target
  readonly file: string
  readonly nowMs: number
  readonly onProgress: (progress: DumpProgress & { readonly sent: number }) => void
  readonly signal: AbortSignal
}
export type Made = {
  readonly bytes: number
  /** Of the file. */
  readonly sha256: string
  readonly tables: number
  readonly rows: number
  /** The newest migration in it. */
  readonly schema: string
  /** Null: verified. */
  readonly unverified: BackupMessage | null
}

/** Leaves nothing behind where it fails: no half file, no scratch database. */
export const makeBackup = async (deps: MakeBackup): Promise<Made> => {
  const { owner, target, file } = deps
  // Neither reader goes on once the other one has failed.
  const stopping = new AbortController()
  const signal = AbortSignal.any([deps.signal, stopping.signal])
  const session = await openSession(owner, { name: "backup", settings: COPY_SETTINGS })
  if (!(await lockBackups(session))) {
    await session.end()
    throw new BackupError({ code: "backup.running", params: {} })
  }
  try {
    let progress: DumpProgress | null = null
    let sent = 0
    const frames = dump({
      ...deps,
      session,
      onProgress: (now) => {
        progress = now
        deps.onProgress({ ...now, sent })
      },
    })
    const plain = tee(abortable(writeFrames(frames), signal), 2)
    const onSent = (bytes: number): void => {
      sent += bytes
      if (progress !== null) deps.onProgress({ ...progress, sent })
    }
    const failures: unknown[] = []
    const note = (error: unknown): never => {
      failures.push(error)
      stopping.abort(error)
      throw error
    }
    const [stored, verified] = await Promise.allSettled([
      store(deps, plain[0] ?? empty(), onSent).catch(note),
      verify(deps, plain[1] ?? empty()).catch(note),
    ])
    // The other one failed because of the first.
    if (stored.status === "rejected" || verified.status === "rejected") throw failures[0]
    await compareStored(target, file, stored.value)
    return { ...stored.value, ...verified.value }
  } catch (error) {
    await target.remove(file).catch(() => undefined)
    throw error
  } finally {
    await session.end()
  }
}

async function* empty(): AsyncGenerator<never> {
  // No values.
}

async function* abortable<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const each of source) {
    signal.throwIfAborted()
    yield each
  }
}

type Stored = { readonly bytes: number; readonly sha256: string }

const store = async (
  { target, file, recipient }: MakeBackup,
  plain: AsyncIterable<Uint8Array>,
  onSent: (bytes: number) => void,
): Promise<Stored> => {
  const digest = createHash("sha256")
  let bytes = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of sealFile(plain, recipient)) {
      digest.update(chunk)
      bytes += chunk.length
      onSent(chunk.length)
      yield chunk
    }
  }
  const sealed = counted()
  try {
    await target.write(file, sealed)
  } finally {
    // The other reader goes on alone where this one has failed.
    await sealed.return(undefined)
    await plain[Symbol.asyncIterator]().return?.()
  }
  return { bytes, sha256: digest.digest("hex") }
}

type Verified = Pick<Made, "tables" | "rows" | "schema" | "unverified">

const verify = async (deps: MakeBackup, plain: AsyncIterable<Uint8Array>): Promise<Verified> => {
  const iterator = plain[Symbol.asyncIterator]()
  const own: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => iterator }
  try {
    const scratch = await openScratch(deps.admin, deps.owner)
    try {
      const loaded = await load(readFrames(own), {
        ...deps,
        session: scratch.session,
        isCompared: true,
        onFile: () => undefined,
      })
      return { ...outcome(loaded), unverified: null }
    } finally {
      await scratch.session.end()
      await scratch.drop()
    }
  } catch (error) {
    if (!(error instanceof BackupError) || error.said.code !== "backup.no-scratch") throw error
    return { ...(await countFrames(own)), unverified: messageOf(error) }
  } finally {
    await iterator.return?.()
  }
}

const outcome = ({ tables, rows, header }: Awaited<ReturnType<typeof load>>) => ({
  tables,
  rows,
  schema: header.migrations.at(-1)?.name ?? "",
})

/** Reads a backup to its end: whole and undamaged, but compared with nothing. */
export const countFrames = async (
  plain: AsyncIterable<Uint8Array>,
): Promise<Pick<Made, "tables" | "rows" | "schema">> => {
  let schema = ""
  for await (const frame of readFrames(plain)) {
    if (frame.type === "H") schema = frame.header.migrations.at(-1)?.name ?? ""
    if (frame.type === "Z")
      return { tables: frame.trailer.tables, rows: frame.trailer.rows, schema }
  }
  throw new BackupError({ code: "backup.cut-short", params: {} })
}

const compareStored = async (target: Target, file: string, stored: Stored): Promise<void> => {
  const digest = createHash("sha256")
  for await (const chunk of target.read(file)) digest.update(chunk)
  if (digest.digest("hex") !== stored.sha256)
    throw new BackupError({ code: "backup.target-differs", params: {} })
}
