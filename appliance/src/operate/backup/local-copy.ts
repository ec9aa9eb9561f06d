/** A copy beside the appliance that is not encrypted: what an update returns to by itself. */
import type { DataFile } from "./data-files.ts"
import { type Installation, type Made, makeBackup } from "./make-backup.ts"
import { directoryTarget } from "./targets/directory.ts"

/**
 * Verified like any other backup. It holds the master key in plain text: the file is readable by
 * its owner alone, and is to be removed once the update is done. Restored without a key.
 */
export const writeLocalCopy = (
  installation: Installation,
  files: readonly DataFile[],
  at: { readonly folder: string; readonly file: string; readonly nowMs: number },
  signal: AbortSignal,
): Promise<Made> =>
  makeBackup({
    ...installation,
    files,
    recipient: null,
    target: directoryTarget(at.folder),
    file: at.file,
    nowMs: at.nowMs,
    onProgress: () => undefined,
    signal,
  })
