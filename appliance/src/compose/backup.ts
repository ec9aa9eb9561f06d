/** Backups: what they are of on this machine, their jobs, and the settings they follow. */
import { FAMILIES } from "@ispvm/wire/families"
import type { Config } from "../config.ts"
import { familyTableNames, makeFamilyTables } from "../flow/series/series.ts"
import {
  type Backups,
  backupJobs,
  createBackups,
  failInterrupted,
  type Installation,
  type RunPayload,
  readDataFiles,
} from "../operate/backup/backup.ts"
import type { Clock } from "../platform/clock.ts"
import type { Job, Jobs } from "../platform/jobs/jobs.ts"
import type { Log } from "../platform/log.ts"
import type { Db } from "../platform/postgres/db.ts"
import { readMigrations } from "../platform/postgres/migrate.ts"
import { loadMasterKey } from "../registry/secrets/secrets.ts"
import { MIGRATIONS, type Server } from "./database.ts"
import { version } from "./ui.ts"

export const installationOf = ({ owner, admin }: Server): Installation => ({
  owner,
  admin,
  migrations: readMigrations(MIGRATIONS),
  makeFamilyTables: (tx) => makeFamilyTables(tx, FAMILIES),
  familyTables: new Set(familyTableNames(FAMILIES)),
  product: version,
})

type Deps = {
  readonly config: Config
  readonly db: Db
  readonly server: Server
  readonly clock: Clock
  readonly log: Log
}
export type BackupPart = {
  readonly backups: Backups
  readonly jobs: {
    readonly run: Job<RunPayload>
    readonly schedule: Job<Record<string, never>>
  }
  /** Runs are handed to these jobs. */
  readonly sendTo: (jobs: Pick<Jobs, "send">) => void
}

/** What was running when the appliance stopped counts as failed until its job begins it again. */
export const openBackups = async (deps: Deps): Promise<BackupPart> => {
  const { config, db, server, clock, log } = deps
  const masterKey = loadMasterKey(config.ENCRYPTION_MASTER_KEY, config.dataDir)
  let sending: Pick<Jobs, "send"> | null = null
  const jobs = backupJobs(() => backups)
  const backups = createBackups({
    db,
    clock,
    log,
    installation: installationOf(server),
    masterKey,
    dataDir: config.dataDir,
    files: () => readDataFiles(config.dataDir, masterKey),
    send: async (run) => (await sending?.send(jobs.run, { run }, { key: "backup" })) ?? false,
  })
  await failInterrupted(db.sql, clock.now())
  return {
    backups,
    jobs,
    sendTo: (started) => {
      sending = started
    },
  }
}
