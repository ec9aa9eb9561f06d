/** The restore of the claim page: the part of a running appliance, and what is done between two runs. */
import { createReadStream } from "node:fs"
import type { Config } from "../config.ts"
import {
  type ClaimRestore,
  createClaimRestore,
  messageOf,
  type RestoreJob,
  type RestoreOutcome,
  removeUpload,
  restore,
} from "../operate/backup/backup.ts"
import type { Log } from "../platform/log.ts"
import { readMigrations } from "../platform/postgres/migrate.ts"
import { installationOf } from "./backup.ts"
import { lockDataFolder } from "./data-folder.ts"
import { MIGRATIONS, openRunningServer } from "./database.ts"
import type { Registry } from "./registry.ts"

export const openClaimRestore = (
  { config: { dataDir }, log }: { readonly config: Config; readonly log: Log },
  { auth: { isSetUp } }: Registry,
  outcome: RestoreOutcome | null,
): ClaimRestore =>
  createClaimRestore({ dataDir, migrations: readMigrations(MIGRATIONS), isSetUp, log, outcome })

const run = async (config: Config, log: Log, { file, identity }: RestoreJob) => {
  await using stack = new AsyncDisposableStack()
  lockDataFolder(config.dataDir, stack)
  const server = await openRunningServer(config, log, stack)
  return await restore({
    ...installationOf(server),
    read: () => createReadStream(file),
    identity,
    dataDir: config.dataDir,
    isReplacing: false,
    nowMs: Date.now(),
  })
}

/** The appliance has stopped. What fails leaves it as new as it was, and is shown on the claim page. */
export const runClaimRestore = async (
  config: Config,
  log: Log,
  job: RestoreJob,
): Promise<RestoreOutcome> => {
  const { owner } = job
  try {
    const { header, tables, rows } = await run(config, log, job)
    const { madeAtMs, product } = header
    log.info({ madeAtMs, product, tables, rows }, "a backup was restored from the claim page")
    return { owner, state: { phase: "done", madeAtMs, product, tables, rows } }
  } catch (error) {
    log.error({ err: error }, "the restore from the claim page failed")
    return { owner, state: { phase: "failed", message: messageOf(error) } }
  } finally {
    removeUpload(config.dataDir)
  }
}
