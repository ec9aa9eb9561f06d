/** Start, signals, exit codes. Standard output is for people, standard error is the log. */
import { type App, startApp } from "./app.ts"
import { ownEnvironment, readConfig, readServiceManager } from "./config.ts"
import { createLog, type Log } from "./platform/log.ts"
import { createServiceManager } from "./platform/service-manager.ts"

/** 1: it could not start or go on. 2: wrong arguments or settings. */
const EXIT = { fine: 0, fault: 1, usage: 2 } as const
/** Most supervisors kill a process whose stop takes longer. */
const STOP_MS = 25_000

const start = async (): Promise<void> => {
  const environment = ownEnvironment(process.stderr.isTTY)
  const parsed = readConfig(environment, process.argv.slice(2))
  if (parsed.kind === "help") {
    process.stdout.write(parsed.text)
    return
  }
  if (parsed.kind === "invalid") {
    process.stderr.write(`${parsed.messages.join("\n")}\n`)
    process.exitCode = EXIT.usage
    return
  }
  const log = createLog(parsed.config.LOG_LEVEL)
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
  let app: App
  try {
    app = await startApp({ config: parsed.config, log, signal: starting.signal })
  } catch (error) {
    if (starting.signal.aborted) return
    log.debug({ err: error }, "start failed")
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = EXIT.fault
    return
  }
  const serviceManager = createServiceManager({
    ...readServiceManager(environment),
    onError: (error) => log.error({ err: error }, "systemd-notify failed"),
  })
  if (parsed.config.ISPVM_RUNTIME_DIR === null) process.stdout.write(app.greeting)
  await serviceManager.ready(`Serving ${app.url}`)
  const why = await stopped.promise
  serviceManager.stop()
  await end(app, log, why)
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
