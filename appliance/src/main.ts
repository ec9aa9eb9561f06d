/** Start, signals, exit codes. Standard output is for people, standard error is the log. */
import { type App, type AppOptions, startApp } from "./app.ts"
import { runClaimRestore } from "./compose/claim-restore.ts"
import { openTracing } from "./compose/traces.ts"
import { version } from "./compose/ui.ts"
import { ownEnvironment, readConfig, readJournalStream, readServiceManager } from "./config.ts"
import type { RestoreJob } from "./operate/backup/backup.ts"
import { asErrorLines, isJournal, withPriorities } from "./platform/journal.ts"
import { createLog, type Log } from "./platform/log.ts"
import { createServiceManager } from "./platform/service-manager.ts"

/** 1: it could not start or go on. 2: wrong arguments or settings. */
const EXIT = { fine: 0, fault: 1, usage: 2 } as const
/** Most supervisors kill a process whose stop takes longer. */
const STOP_MS = 25_000

/**
 * Nobody reads the output any more, as when a journal has crashed: the lines are lost, and the
 * network is monitored on. Unhandled, the error would be an uncaught exception, which is logged.
 */
const outliveReaders = (): void => {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined)
}

const start = async (): Promise<void> => {
  outliveReaders()
  const environment = ownEnvironment(process.stderr.isTTY)
  const toJournal = isJournal(process.stderr.fd, readJournalStream(environment))
  const complain = (text: string): void =>
    void process.stderr.write(toJournal ? asErrorLines(text) : text)
  const parsed = readConfig(environment, process.argv.slice(2))
  if (parsed.kind === "help") {
    process.stdout.write(parsed.text)
    return
  }
  if (parsed.kind === "invalid") {
    complain(`${parsed.messages.join("\n")}\n`)
    process.exitCode = EXIT.usage
    return
  }
  const { config } = parsed
  const onProblem = (reason: string): void =>
    log.warn({ reason }, "traces are not taken by the collector; they are dropped and counted")
  const tracing = await openTracing({ config, version, onProblem })
  const to = toJournal ? withPriorities(process.stderr) : process.stderr
  const log = createLog(config.LOG_LEVEL, to, tracing.traceIdOf)
  for (const warning of parsed.warnings) log.warn(warning)
  const starting = new AbortController()
  const stopped = Promise.withResolvers<string>()
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      starting.abort()
      stopped.resolve(signal)
    })
  }
  // Unexpected: the state is unknown, so the process stops in order and is started again.
  for (const fault of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(fault, (error: unknown) => {
      log.fatal({ err: error }, "an error nobody caught")
      process.exitCode = EXIT.fault
      starting.abort()
      stopped.resolve(fault)
    })
  }
  const { signal } = starting
  const serviceManager = createServiceManager({
    ...readServiceManager(environment),
    onError: (error) => log.error({ err: error }, "systemd-notify failed"),
  })
  const { report } = serviceManager
  await using stack = new AsyncDisposableStack()
  stack.defer(tracing.stop)
  const first = await begin({ config, log, signal, report, tracing }, complain)
  if (first === null) return
  if (config.ISPVM_RUNTIME_DIR === null) process.stdout.write(first.greeting)
  await serviceManager.ready(`Serving ${first.url}`)
  // The watchdog is fed during a restore, too.
  for (let app: App | null = first; app !== null; ) {
    const next: string | RestoreJob = await Promise.race([stopped.promise, app.restoreRequested])
    if (typeof next !== "string") {
      await end(app, log, "restore of a backup")
      const restored = await runClaimRestore(config, log, next)
      app = await begin({ config, log, signal, restored, tracing }, complain)
      continue
    }
    serviceManager.stop()
    await end(app, log, next)
    return
  }
  serviceManager.stop()
}

/** Null: it could not start, and has said why. */
const begin = async (
  options: AppOptions,
  complain: (text: string) => void,
): Promise<App | null> => {
  try {
    return await startApp(options)
  } catch (error) {
    if (options.signal.aborted) return null
    options.log.debug({ err: error }, "start failed")
    complain(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = EXIT.fault
    return null
  }
}

const end = async (app: App, log: Log, why: string): Promise<void> => {
  log.info({ why }, "stopping")
  const tooLong = setTimeout(() => {
    log.fatal("the stop takes too long and is cut short")
    process.exit(EXIT.fault)
  }, STOP_MS)
  await app.stop()
  clearTimeout(tooLong)
  log.info("stopped")
}

await start()
