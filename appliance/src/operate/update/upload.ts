/** The upload of an update: pieces in order to one file, which takes its name once it is whole. */
import { constants } from "node:fs"
import { mkdir, open, rename, rm, stat, statfs } from "node:fs/promises"
import { join } from "node:path"
import type { BundlePiece, BundleReceived, Updates } from "../../api/updates.ts"
import { BUNDLE_FILE } from "../../machine/update-state.ts"
import { HttpError } from "../../platform/http/http-error.ts"

const PART = `${BUNDLE_FILE}.part`
/** The database of a small machine may be on the same disk. */
const KEPT_FREE_BYTES = 256_000_000

export type Upload = {
  /** Stores a piece. Throws an HttpError where it does not follow the ones before. */
  readonly add: (piece: BundlePiece, bytes: Buffer) => Promise<BundleReceived>
  /** The bundle that is whole; null: there is none. */
  readonly whole: () => Promise<Updates["bundle"]>
}

const sizeOf = async (file: string): Promise<number> =>
  await stat(file).then(
    ({ size }) => size,
    () => 0,
  )

const checkSpace = async (folder: string, neededBytes: number): Promise<void> => {
  const { bavail, bsize } = await statfs(folder)
  const freeBytes = Math.max(0, bavail * bsize - KEPT_FREE_BYTES)
  if (neededBytes > freeBytes)
    throw new HttpError(507, "no-space", {
      code: "problem.update-no-space",
      params: { neededBytes, freeBytes },
    })
}

const notNext = (received: number): HttpError =>
  new HttpError(409, "not-next", { code: "problem.update-offset", params: { received } })

export const createUpload = (folder: string): Upload => {
  const [part, whole] = [join(folder, PART), join(folder, BUNDLE_FILE)]
  /** Pieces that arrive at once would be mixed. */
  let last: Promise<unknown> = Promise.resolve()

  const begin = async (bytes: number): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await rm(part, { force: true })
    await checkSpace(folder, bytes)
    // What was uploaded before is given up only once there is room for the next.
    await rm(whole, { force: true })
  }
  const append = async ({ offset, bytes }: BundlePiece, piece: Buffer): Promise<BundleReceived> => {
    if (offset + piece.length > bytes) throw notNext(await sizeOf(part))
    if (offset === 0) await begin(bytes)
    const stored = await sizeOf(part)
    if (stored !== offset) throw notNext(stored)
    const file = await open(
      part,
      constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND,
      0o600,
    )
    const received = offset + piece.length
    const isComplete = received === bytes
    try {
      await file.writeFile(piece)
      if (isComplete) await file.sync()
    } finally {
      await file.close()
    }
    if (isComplete) await rename(part, whole)
    return { received, isComplete }
  }
  return {
    add: (piece, bytes) => {
      const done = last.then(() => append(piece, bytes))
      last = done.catch(() => undefined)
      return done
    },
    whole: async () => {
      const found = await stat(whole).catch(() => null)
      return found === null ? null : { bytes: found.size, uploadedAtMs: Math.round(found.mtimeMs) }
    },
  }
}
