/**
 * Updates as operators see them. The appliance may not install anything: it stores the bundle and
 * asks; `ispvm update`, as root, checks the bundle, acts, and writes how far it is to a file.
 */
import { existsSync } from "node:fs"
import { mkdir, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { UpdateMessage } from "../../api/update-messages.ts"
import type { BundlePiece, BundleReceived, UpdateRequest, Updates } from "../../api/updates.ts"
import {
  REQUEST_FILE,
  type UpdateRequest as Request,
  type UpdateState,
} from "../../machine/update-state.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict } from "../../platform/http/http-error.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { write } from "../../registry/audit/audit.ts"
import { createUpload } from "./upload.ts"

export type UpdateDeps = {
  readonly db: Db
  readonly clock: Pick<Clock, "now">
  readonly version: string
  /** Where bundle and request are handed over; null: not installed from packages. */
  readonly folder: string | null
  readonly readState: () => UpdateState
}
export type UpdatesPart = {
  readonly view: () => Promise<Updates>
  readonly addPiece: (actor: Actor, piece: BundlePiece, bytes: Buffer) => Promise<BundleReceived>
  readonly request: (actor: Actor, request: UpdateRequest) => Promise<void>
}

/** A reason of a later release is shown with its detail alone. */
const messageOf = (reason: string, detail: string): UpdateMessage | null => {
  if (reason === "") return null
  const parsed = UpdateMessage.safeParse({ code: `update.${reason}`, params: { detail } })
  return parsed.success ? parsed.data : { code: "update.fault", params: { detail } }
}

const lastOf = ({ last }: UpdateState): Updates["last"] => {
  if (last === null) return null
  const { reason, detail, ...rest } = last
  return { ...rest, message: messageOf(reason, detail) }
}

const unsupported = () =>
  conflict("update-unsupported", { code: "problem.update-unsupported", params: {} })
const running = () => conflict("update-running", { code: "problem.update-running", params: {} })

/** Renamed into place: the unit that waits for it never sees half of it. */
const handOver = async (folder: string, request: Request): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, REQUEST_FILE)
  await writeFile(`${file}.new`, `${JSON.stringify(request)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

export const createUpdates = (deps: UpdateDeps): UpdatesPart => {
  const { db, clock, version, folder, readState } = deps
  const upload = folder === null ? null : createUpload(folder)
  const isRequested = (): boolean => folder !== null && existsSync(join(folder, REQUEST_FILE))
  const isBusy = (): boolean => isRequested() || readState().phase !== "idle"
  const audit = (actor: Actor, ...what: [action: Parameters<typeof write>[2], subject: string]) =>
    db.asOrg(actor.org, (tx) => write(tx, actor, what[0], "update", what[1]))
  return {
    view: async () => {
      const progress = readState()
      return {
        ...{ version, isSupported: folder !== null, isRequested: isRequested() },
        ...{ previous: progress.previous, phase: progress.phase, to: progress.to },
        kind: progress.kind,
        phaseAtMs: progress.phase === "idle" ? null : progress.phaseAtMs,
        bundle: (await upload?.whole()) ?? null,
        last: lastOf(progress),
      }
    },
    addPiece: async (actor, piece, bytes) => {
      if (upload === null) throw unsupported()
      if (isBusy()) throw running()
      const received = await upload.add(piece, bytes)
      if (received.isComplete) await audit(actor, "update.uploaded", `${received.received} bytes`)
      return received
    },
    request: async (actor, { kind }) => {
      if (folder === null || upload === null) throw unsupported()
      if (isBusy()) throw running()
      const { previous } = readState()
      if (kind === "update" && (await upload.whole()) === null)
        throw conflict("no-bundle", { code: "problem.update-no-bundle", params: {} })
      if (kind === "rollback" && previous === null)
        throw conflict("no-previous", { code: "problem.update-no-previous", params: {} })
      const action = kind === "update" ? "update.requested" : "update.rollback-requested"
      // Before it is handed over: it is not lost when the appliance is restarted.
      await audit(actor, action, kind === "update" ? "bundle" : (previous ?? ""))
      await handOver(folder, { kind, by: actor.email, atMs: clock.now() })
    },
  }
}
