/**
 * The restore that the claim page offers: a person with the code of the console sends a backup and
 * its private key. The file is written to the disk piece by piece and read to its end; then the
 * appliance stops, restores it, and starts again. The key stays in memory: a crash ends the restore,
 * and the appliance is as new as before.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { appendFileSync, createReadStream, mkdirSync, rmSync, statfsSync } from "node:fs"
import { join } from "node:path"
import { RESTORE_PIECE_BYTES, type RestoreRequest, type RestoreState } from "../../api/restore.ts"
import { conflict, HttpError } from "../../platform/http/http-error.ts"
import type { Log } from "../../platform/log.ts"
import type { Migration } from "../../platform/postgres/migrate.ts"
import { BackupError, messageOf } from "./backup-error.ts"
import { readFrames } from "./format.ts"
import { checkSchema } from "./schema-check.ts"
import { findIdentity, openFile } from "./seal-file.ts"

const FOLDER = "restore-upload"
/** Stays free for the database. */
const RESERVE_BYTES = 256 * 1024 * 1024

/** What the appliance stops for. `owner`: of the upload; the answer after the restart is theirs. */
export type RestoreJob = {
  readonly file: string
  readonly identity: string | null
  readonly owner: Buffer
}
/** How it ended, for the appliance that starts afterwards. */
export type RestoreOutcome = { readonly owner: Buffer; readonly state: RestoreState }

export type ClaimRestore = {
  /** Gives the secret that the other two take. An upload that somebody else has begun ends. */
  readonly begin: (request: RestoreRequest) => Promise<{ readonly secret: string }>
  readonly add: (secret: string, offset: number, piece: Buffer) => Promise<RestoreState>
  /** `none` for everybody else. */
  readonly state: (secret: string) => RestoreState
  /** Resolves once a file has been checked: the appliance has to stop now. */
  readonly requested: Promise<RestoreJob>
}
export type ClaimRestoreDeps = {
  readonly dataDir: string
  readonly migrations: readonly Migration[]
  readonly isSetUp: () => Promise<boolean>
  readonly log: Pick<Log, "info" | "warn">
  /** Of a restore before this start. */
  readonly outcome: RestoreOutcome | null
}

type Upload = {
  readonly owner: Buffer
  readonly identity: string | null
  readonly ofBytes: number
  state: RestoreState
}
const NONE: RestoreState = { phase: "none" }
const digest = (secret: string): Buffer => createHash("sha256").update(secret).digest()

export const removeUpload = (dataDir: string): void =>
  rmSync(join(dataDir, FOLDER), { recursive: true, force: true })

export const createClaimRestore = (deps: ClaimRestoreDeps): ClaimRestore => {
  const { dataDir, isSetUp, log, outcome } = deps
  const folder = join(dataDir, FOLDER)
  const file = join(folder, "backup")
  const requested = Promise.withResolvers<RestoreJob>()
  let upload: Upload | null = outcome === null ? null : { ...outcome, identity: null, ofBytes: 0 }
  removeUpload(dataDir)

  const requireNew = async (): Promise<void> => {
    if (!(await isSetUp())) return
    removeUpload(dataDir)
    throw conflict("already-set-up", { code: "problem.already-set-up", params: {} })
  }
  const uploadOf = (secret: string): Upload | null =>
    upload !== null && timingSafeEqual(upload.owner, digest(secret)) ? upload : null

  const check = async (current: Upload): Promise<void> => {
    const report = (bytes: number): void => {
      current.state = { phase: "checking", bytes, ofBytes: current.ofBytes }
    }
    try {
      report(0)
      await checkFile(counted(file, report), current.identity, deps.migrations)
      await requireNew()
      if (upload !== current) return
      current.state = { phase: "restoring" }
      requested.resolve({ file, identity: current.identity, owner: current.owner })
    } catch (error) {
      const message = messageOf(error)
      log.warn({ reason: message.code }, "the backup that was uploaded cannot be restored")
      current.state = { phase: "failed", message }
      if (upload === current) removeUpload(dataDir)
    }
  }

  return {
    requested: requested.promise,
    state: (secret) => uploadOf(secret)?.state ?? NONE,
    begin: async ({ identity, bytes }) => {
      await requireNew()
      if (upload?.state.phase === "restoring") throw outOfOrder(0)
      removeUpload(dataDir)
      mkdirSync(folder, { mode: 0o700 })
      const { bavail, bsize } = statfsSync(folder)
      if (bytes + RESERVE_BYTES > bavail * bsize) throw noSpace()
      const secret = randomBytes(32).toString("base64url")
      upload = {
        owner: digest(secret),
        identity: identity === null ? null : findIdentity(identity),
        ofBytes: bytes,
        state: { phase: "receiving", bytes: 0, ofBytes: bytes },
      }
      log.info({ bytes }, "a backup is uploaded to be restored")
      return { secret }
    },
    add: async (secret, offset, piece) => {
      await requireNew()
      const current = uploadOf(secret)
      if (current?.state.phase !== "receiving") throw nothingBegun()
      const { bytes, ofBytes } = current.state
      if (offset !== bytes || bytes + piece.length > ofBytes) throw outOfOrder(bytes)
      write(file, piece)
      const received = bytes + piece.length
      current.state = { phase: "receiving", bytes: received, ofBytes }
      if (received === ofBytes) {
        // Its result is the state that is asked for.
        void check(current)
      }
      return current.state
    },
  }
}

const noSpace = (): HttpError =>
  new HttpError(507, "no-space", { code: "problem.upload-no-space", params: {} })
const nothingBegun = (): HttpError =>
  conflict("no-upload", { code: "problem.upload-ended", params: {} })
const outOfOrder = (bytes: number): HttpError =>
  conflict("wrong-offset", `The next piece begins at ${bytes}.`)

const write = (file: string, piece: Buffer): void => {
  try {
    appendFileSync(file, piece, { mode: 0o600 })
  } catch (error) {
    if (messageOf(error).code === "backup.disk-full") throw noSpace()
    throw error
  }
}

async function* counted(file: string, report: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0
  const chunks: AsyncIterable<Uint8Array> = createReadStream(file, {
    highWaterMark: RESTORE_PIECE_BYTES,
  })
  for await (const chunk of chunks) {
    bytes += chunk.length
    report(bytes)
    yield chunk
  }
}

/** Throws BackupError for what a restore would reject. */
const checkFile = async (
  bytes: AsyncIterable<Uint8Array>,
  identity: string | null,
  migrations: readonly Migration[],
): Promise<void> => {
  for await (const frame of readFrames(openFile(bytes, identity))) {
    if (frame.type === "H") checkSchema(migrations, frame.header.migrations)
    if (frame.type === "Z") return
  }
  throw new BackupError({ code: "backup.cut-short", params: {} })
}
