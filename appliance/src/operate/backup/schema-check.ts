/** Whether this build can read the schema of a backup. */
import type { Migration } from "../../platform/postgres/migrate.ts"
import { BackupError } from "./backup-error.ts"

type Applied = { readonly name: string; readonly sha256: string }

/** Throws BackupError. An older schema is a beginning of this build's migrations. */
export const checkSchema = (files: readonly Migration[], applied: readonly Applied[]): void => {
  for (const [index, was] of applied.entries()) {
    const file = files[index]
    if (file?.name === was.name && file.sha256 === was.sha256) continue
    const newest = files.at(-1)?.name ?? ""
    const last = applied.at(-1)?.name ?? ""
    throw last > newest
      ? new BackupError({ code: "backup.newer", params: { backup: last, build: newest } })
      : new BackupError({ code: "backup.other-build", params: { migration: was.name } })
  }
}
