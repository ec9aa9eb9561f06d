/** How a backup or a restore ended, as codes and params: `messages/` renders them as text. */
import { z } from "zod"
import { message } from "./message-schema.ts"

const None = z.object({})
const Reason = z.object({ reason: z.string() })

export const BackupMessage = z.discriminatedUnion("code", [
  message("backup.failed", Reason),
  message("backup.disk-full", None),
  message("backup.no-recipient", None),
  message("backup.no-key", None),
  message("backup.wrong-key", None),
  message("backup.not-a-backup", None),
  message("backup.cut-short", None),
  /** `what`: the part of the file, for the log. */
  message("backup.damaged", z.object({ what: z.string() })),
  message("backup.newer", z.object({ backup: z.string(), build: z.string() })),
  message("backup.other-build", z.object({ migration: z.string() })),
  message("backup.unknown-column", z.object({ table: z.string(), column: z.string() })),
  /** Rows in the database are not those that were read. */
  message("backup.differs", z.object({ table: z.string() })),
  message("backup.not-empty", None),
  message("backup.running", None),
  message("backup.interrupted", None),
  message("backup.no-scratch", Reason),
  message("backup.target", Reason),
  message("backup.target-differs", None),
  message("backup.host-key", z.object({ fingerprint: z.string() })),
])
export type BackupMessage = z.infer<typeof BackupMessage>
