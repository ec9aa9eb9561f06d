/** The copy of the data that an update makes first, and the room it needs. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { DATA_DIR } from "../installed.ts"
import { type Fault, type Need, programFault } from "./preflight.ts"
import { run } from "./system.ts"
import { COPY_FILE } from "./work.ts"

/** Installed, packages have at most so many times the bytes of their files. */
export const UNPACKED_RATIO = 4
const CLUSTER_FOLDER = "/var/lib/ispvm-database"
const PROGRAM = join(import.meta.dirname, "../main.ts")
const BACKUP_MS = 4 * 3_600_000

export const databaseNeeds = (databaseBytes: number): readonly Need[] => [
  { folder: DATA_DIR, bytes: databaseBytes, what: "the backup" },
  // Where the database is on another machine, its disk is not ours to check.
  ...(existsSync(CLUSTER_FOLDER)
    ? [{ folder: CLUSTER_FOLDER, bytes: databaseBytes, what: "its verification" }]
    : []),
]

/** Made by the program of its own, which becomes the appliance's user: Postgres knows who that is. */
export const backUp = (program = PROGRAM): Fault | null => {
  const { ok, stderr } = run(process.execPath, [program, "backup", "--plain", COPY_FILE], {
    limitMs: BACKUP_MS,
    env: { NODE_NO_WARNINGS: "1" },
  })
  return ok ? null : programFault("backup-failed", stderr.trim().slice(-1_000))
}
