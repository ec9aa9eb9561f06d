/** `ispvm backup`: makes a backup now, beside a running appliance or without one. */
import { basename, dirname, resolve } from "node:path"
import type { BackupRun } from "../api/backup.ts"
import { textOf } from "../messages/text.ts"
import {
  type Backups,
  createBackups,
  messageOf,
  readDataFiles,
  writeLocalCopy,
} from "../operate/backup/backup.ts"
import { createLog } from "../platform/log.ts"
import { openDbs } from "../platform/postgres/db.ts"
import { loadMasterKey } from "../registry/secrets/secrets.ts"
import { installationOf } from "./backup.ts"
import { openRunningServer } from "./database.ts"
import { becomeServiceUser, readOwnConfig } from "./installed.ts"

const EXIT = { fine: 0, fault: 1, usage: 2 } as const
const USAGE = "usage: ispvm backup [--plain FILE]\n"
const BYTES_PER_MB = 1e6

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const megabytes = (bytes: number): string => `${(bytes / BYTES_PER_MB).toFixed(1)} MB`

const report = (run: Pick<BackupRun, "state" | "file" | "target" | "bytes" | "rows">): void =>
  say(`${run.state}: ${run.file} in ${run.target}, ${megabytes(run.bytes ?? 0)}, ${run.rows} rows`)

const stopSignal = (): AbortSignal => {
  const stopping = new AbortController()
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => stopping.abort(new Error("stopped")))
  return stopping.signal
}

const main = async (args: readonly string[]): Promise<number> => {
  if (args.includes("--help")) {
    process.stdout.write(USAGE)
    return EXIT.fine
  }
  const [option, plain, ...rest] = args
  if (rest.length > 0 || (option !== undefined && (option !== "--plain" || plain === undefined))) {
    process.stderr.write(USAGE)
    return EXIT.usage
  }
  try {
    becomeServiceUser()
    await using stack = new AsyncDisposableStack()
    const config = readOwnConfig()
    const log = createLog("silent")
    const server = await openRunningServer(config, log, stack)
    const dbs = openDbs(server.app)
    stack.defer(() => dbs.close())
    const masterKey = loadMasterKey(config.ENCRYPTION_MASTER_KEY, config.dataDir)
    const files = () => readDataFiles(config.dataDir, masterKey)
    const installation = installationOf(server)
    const clock = { now: () => Date.now() }
    if (plain !== undefined) {
      const [folder, file] = [dirname(resolve(plain)), basename(plain)]
      const at = { folder, file, nowMs: clock.now() }
      const made = await writeLocalCopy(installation, files(), at, stopSignal())
      report({ ...made, state: "verified", file, target: folder })
      return EXIT.fine
    }
    const backups: Backups = createBackups({
      ...{ db: dbs.jobs, clock, log, installation, masterKey, dataDir: config.dataDir, files },
      send: () => Promise.reject(new Error("a command hands over no work")),
    })
    const run = await backups.make("command", stopSignal())
    report(run)
    if (run.message !== null) say(textOf(run.message))
    return EXIT.fine
  } catch (error) {
    say(textOf(messageOf(error)))
    return EXIT.fault
  }
}

process.exitCode = await main(process.argv.slice(2))
