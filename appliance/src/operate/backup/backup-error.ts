/** Why a backup or a restore failed, as a code that people read in their language. */
import type { BackupMessage } from "../../api/backup-messages.ts"
import { textOf } from "../../messages/text.ts"

export class BackupError extends Error {
  override readonly name = "BackupError"
  readonly said: BackupMessage
  constructor(said: BackupMessage, cause?: unknown) {
    super(textOf(said), cause === undefined ? {} : { cause })
    this.said = said
  }
}

const NO_SPACE: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "53100"])
const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : null
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 300)

/** Whatever was thrown, as a message; a full disk is recognised wherever it shows itself. */
export const messageOf = (error: unknown): BackupMessage => {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof BackupError) return at.said
    if (NO_SPACE.has(codeOf(at))) return { code: "backup.disk-full", params: {} }
  }
  return { code: "backup.failed", params: { reason: reasonOf(error) } }
}
