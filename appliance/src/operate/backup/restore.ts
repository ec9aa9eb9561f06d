/** Restores an installation from a backup: first the file is read to its end, then it is loaded. */

import { openSession } from "../../platform/postgres/session.ts"
import { BackupError } from "./backup-error.ts"
import { hasOrganisation } from "./catalog-store.ts"
import { markRestoredAgent, stageFiles } from "./data-files.ts"
import { readFrames } from "./format.ts"
import { type Loaded, load } from "./load.ts"
import { countFrames, type Installation } from "./make-backup.ts"
import { COPY_SETTINGS } from "./scratch-store.ts"
import { openFile } from "./seal-file.ts"

export type Restore = Installation & {
  /** From its beginning; called twice. */
  readonly read: () => AsyncIterable<Uint8Array>
  /** The private key; null: the file is not encrypted. */
  readonly identity: string | null
  readonly dataDir: string
  /** Gives up what an appliance that is set up holds. */
  readonly isReplacing: boolean
  readonly nowMs: number
  readonly onTable?: (name: string) => void
}
export type Restored = Loaded & {
  /** Folder of the files that were replaced; null: there were none. */
  readonly kept: string | null
}

/**
 * Throws BackupError, and then the installation is as it was. Nothing else may use the database or
 * the data folder meanwhile.
 */
export const restore = async (deps: Restore): Promise<Restored> => {
  await checkEmpty(deps)
  // A damaged file is found before anything is touched.
  await countFrames(openFile(deps.read(), deps.identity))
  const session = await openSession(deps.owner, { name: "restore", settings: COPY_SETTINGS })
  const files = stageFiles(deps.dataDir)
  try {
    const loaded = await load(readFrames(openFile(deps.read(), deps.identity)), {
      ...deps,
      session,
      isCompared: false,
      onFile: files.add,
    })
    await session.tx.unsafe("commit")
    const stamp = new Date(deps.nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, "")
    const kept = files.install(`before-restore-${stamp}`)
    if (!deps.isReplacing) markRestoredAgent(deps.dataDir)
    return { ...loaded, kept }
  } catch (error) {
    files.discard()
    throw error
  } finally {
    await session.end()
  }
}

const checkEmpty = async ({ owner, isReplacing }: Restore): Promise<void> => {
  if (isReplacing) return
  const session = await openSession(owner, { name: "restore" })
  try {
    if (await hasOrganisation(session.tx))
      throw new BackupError({ code: "backup.not-empty", params: {} })
  } finally {
    await session.end()
  }
}
