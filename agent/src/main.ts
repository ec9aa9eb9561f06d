/** The agent's command: signals and exit codes. */
import { hostname } from "node:os"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { type Logger, pino } from "pino"
import manifest from "../package.json" with { type: "json" }
import { runAgent } from "./agent.ts"
import { openDiskStore } from "./buffer/disk-store.ts"
import { DataInUse, DataUnusable } from "./buffer/sqlite-file.ts"
import { type Config, readConfig, readJournalStream } from "./config.ts"
import { identify } from "./enrol/identify.ts"
import { readIdentity, writeIdentity } from "./enrol/keys.ts"
import { asErrorLines, isJournal, withPriorities } from "./journal.ts"
import { switchesOf } from "./redact/from-config.ts"
import type { Switches } from "./redact/switches.ts"
import { createServiceManager } from "./service-manager.ts"
import { pause } from "./transport/backoff.ts"
import { readRelease } from "./update/own-package.ts"

/**
 * V8 lets a heap of this size grow fourfold before it collects garbage. After a few tables of
 * 10,000 ports this was 430 MB; with 30 % it is 300 MB (`npm run attack -- large-answers`).
 */
setFlagsFromString("--heap-growing-percent=30")

/**
 * 1: a failure. 2: invalid settings. 3: the appliance rejects this agent. 4: another agent uses
 * this data.
 */
const EXIT = { fine: 0, fault: 1, usage: 2, notEnrolled: 3, inUse: 4 } as const
const STDOUT = 1
const STDERR = 2
const BUFFER_BYTES = 1024 * 1024 * 1024

/** Of the package, whose version says more than that of the sources. */
const { dirname } = import.meta
const release = dirname === undefined ? null : readRelease(join(dirname, "../.."))
const version = release?.version ?? manifest.version

type Context = { readonly switches: Switches; readonly log: Logger; readonly signal: AbortSignal }
const run = async (config: Config, { switches, log, signal }: Context): Promise<number> => {
  const identityFile = join(config.dataDir, "identity.json")
  const serviceManager = createServiceManager({
    socket: config.notifySocket,
    watchdogMs: config.watchdogMs,
    onError: (err) => log.error({ err }, "systemd-notify failed"),
  })
  const store = openDiskStore({
    file: join(config.dataDir, "buffer.sqlite"),
    maxBytes: BUFFER_BYTES,
    now: () => Date.now(),
    redact: switches.redactor.items,
    onBroken: (brokenFile, err) =>
      log.error(
        { err, brokenFile },
        "the buffer was damaged; it is renamed and a new one is in use",
      ),
  })
  try {
    // Without the appliance the agent works too: it is ready before it is enrolled.
    serviceManager.ready("Running")
    const stored = await readIdentity(identityFile)
    const save = (identity: Parameters<typeof writeIdentity>[1]) =>
      writeIdentity(identityFile, identity)
    const self = { hostname: hostname(), version }
    const known = await identify({
      stored,
      url: config.url,
      token: config.token,
      save,
      ...self,
      random: Math.random,
      pause,
      log,
      signal,
    })
    if (!known.ok) {
      if (signal.aborted) return EXIT.fine
      log.fatal(known.message)
      return known.reason === "not-configured" ? EXIT.usage : EXIT.notEnrolled
    }
    const { identity } = known
    const onStarted = (at: object) =>
      log.info(
        { ...at, agent: identity.agent, name: identity.name, url: identity.url, version },
        "agent started",
      )
    await runAgent({
      config,
      identity,
      saveIdentity: save,
      store,
      switches,
      version,
      release,
      log,
      signal,
      onStarted,
    })
    return EXIT.fine
  } finally {
    serviceManager.stop()
    store.close()
  }
}

/** One JSON line an event on standard output. */
const createLog = (level: Config["logLevel"], journalStream: string | null): Logger => {
  const output = pino.destination({ fd: STDOUT, sync: true })
  return pino(
    {
      level,
      name: "agent",
      redact: [
        "*.password",
        "*.community",
        "*.authPassword",
        "*.privPassword",
        "*.token",
        "*.secret",
        "*.keyPem",
      ],
    },
    isJournal(STDOUT, journalStream) ? withPriorities(output) : output,
  )
}

/** Without its key, the agent must not start: it would send what it has to hide. */
const openSwitches = (config: Config, log: Logger): Switches | null => {
  try {
    return switchesOf(config)
  } catch (error) {
    log.fatal(`ISPVM_REDACT_KEY_FILE: ${error instanceof Error ? error.message : "no key"}`)
    return null
  }
}

const start = async (): Promise<number> => {
  const journalStream = readJournalStream()
  const read = readConfig(process.argv.slice(2))
  if (read.kind === "help") {
    process.stdout.write(read.text)
    return EXIT.fine
  }
  if (read.kind === "error") {
    const text = `${read.messages.join("\n")}\n`
    process.stderr.write(isJournal(STDERR, journalStream) ? asErrorLines(text) : text)
    return EXIT.usage
  }
  const log = createLog(read.config.logLevel, journalStream)
  const switches = openSwitches(read.config, log)
  if (switches === null) return EXIT.usage
  for (const warning of read.warnings) log.warn(warning)
  process.umask(0o077) // the data contains a key and names of a network
  const stopping = new AbortController()
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort())
  try {
    return await run(read.config, { switches, log, signal: stopping.signal })
  } catch (error) {
    if (error instanceof DataInUse) {
      log.fatal(error.message)
      return EXIT.inUse
    }
    if (error instanceof DataUnusable) {
      log.fatal(error.message)
      return EXIT.fault
    }
    log.fatal({ err: error }, "the agent failed")
    return EXIT.fault
  }
}

// Without await at the top: the single executable is one CommonJS file.
void start().then((code) => {
  process.exitCode = code
})
