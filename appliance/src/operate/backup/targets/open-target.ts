/** The target that is configured. */
import { join } from "node:path"
import { z } from "zod"
import type { BackupTarget } from "../../../api/backup.ts"
import { directoryTarget } from "./directory.ts"
import { s3Target } from "./s3.ts"
import { sftpTarget } from "./sftp.ts"
import type { Target } from "./target.ts"

/** What is encrypted beside a target. */
export const TargetSecret = z.strictObject({ secret: z.string().nullable() })

export const openTarget = (
  target: BackupTarget,
  secret: string | null,
  dataDir: string,
): Target => {
  switch (target.kind) {
    case "directory":
      return directoryTarget(target.path ?? join(dataDir, "backups"))
    case "sftp":
      return sftpTarget({ ...target, secret: secret ?? "" })
    case "s3":
      return s3Target({ ...target, secretAccessKey: secret ?? "" })
  }
}
/** Which place it is, whatever may be changed about how it is reached. */
export const keyOfTarget = (target: BackupTarget): string => {
  switch (target.kind) {
    case "directory":
      return `directory ${target.path ?? ""}`
    case "sftp":
      return `sftp ${target.host}:${target.port} ${target.path}`
    case "s3":
      return `s3 ${target.endpoint} ${target.bucket} ${target.prefix}`
  }
}
