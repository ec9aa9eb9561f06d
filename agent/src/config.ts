/** Reads the environment and the command line into a typed configuration. No other file does. */
import { existsSync } from "node:fs"
import { parseArgs } from "node:util"
import { EnrolToken, REDACTIONS } from "@ispvm/wire"
import { z } from "zod"
import { readSecretLine } from "./secret-line.ts"

const port = z.coerce.number().int().min(0).max(65_535)
const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const

/** Empty text is an empty list. */
const Relays = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((address) => address !== ""))
  .pipe(z.array(z.union([z.ipv4(), z.ipv6()])).max(64))

/** Empty text is an empty list. */
const Redactions = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((name) => name !== ""))
  .pipe(z.array(z.enum(REDACTIONS)))

/** `off`, or a port. */
const OptionalPort = z
  .union([z.literal("off"), port])
  .transform((value) => (value === "off" ? null : value))

/** `tcp://HOST:PORT` or `tls://HOST:PORT`. */
const Target = z
  .string()
  .transform((text) => (URL.canParse(text) ? new URL(text) : null))
  .refine(
    (url) =>
      url !== null &&
      (url.protocol === "tcp:" || url.protocol === "tls:") &&
      url.hostname !== "" &&
      url.port !== "",
  )
  .transform((url) =>
    url === null
      ? null
      : {
          tls: url.protocol === "tls:",
          host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
          port: Number(url.port),
        },
  )
  .nullable()

type Setting<S extends z.ZodType> = {
  readonly schema: S
  readonly expected: string
  readonly fallback: string | null
  readonly flag: string | null
  readonly help: string
}
const setting = <S extends z.ZodType>(
  schema: S,
  expected: string,
  fallback: string | null,
  help: string,
  flag: string | null = null,
): Setting<S> => ({ schema, expected, fallback, flag, help })

const isHttps = (text: string): boolean => URL.canParse(text) && new URL(text).protocol === "https:"

export const SETTINGS = {
  ISPVM_URL: setting(
    z.string().refine(isHttps).nullable(),
    "an address such as https://monitor.example.net:8444",
    null,
    "the appliance's agent API; needed once, kept after enrolment",
    "url",
  ),
  ISPVM_TOKEN: setting(
    EnrolToken.nullable(),
    "a token in the form ispvm1.<secret>.<fingerprint>",
    null,
    "the token from the Agents page; needed once, to enrol; - reads it from standard input",
    "token",
  ),
  ISPVM_TOKEN_FILE: setting(
    z.string().nullable(),
    "paths of files, separated by colons",
    null,
    "files that may contain the token; the first that exists is read",
  ),
  ISPVM_AGENT_DATA_DIR: setting(
    z.string().min(1),
    "a folder",
    ".data/agent",
    "folder of identity and buffer",
  ),
  ISPVM_AGENT_UPDATE_DIR: setting(
    z.string().min(1).nullable(),
    "a folder",
    null,
    "folder in which root says how an update of this agent went; empty: the appliance cannot update it",
  ),
  ISPVM_AGENT_HEALTH_PORT: setting(
    port,
    "a port from 0 (any free one) to 65535",
    "9790",
    "/metrics and /healthz on 127.0.0.1",
  ),
  ISPVM_SYSLOG_PORT: setting(
    z.union([z.literal("auto"), port]),
    "auto, or a port from 0 (any free one) to 65535",
    "auto",
    "syslog port, UDP and TCP; auto: 514 if it can be bound, else 5514",
  ),
  ISPVM_SYSLOG_BIND: setting(
    z.union([z.ipv4(), z.ipv6()]),
    "an IP address",
    "0.0.0.0",
    "bind address of the syslog port",
  ),
  ISPVM_ALLOW_LOOPBACK: setting(
    z.enum(["0", "1", "off", "on"]).transform((text) => text === "1" || text === "on"),
    "0 or 1",
    "0",
    "allow devices on loopback addresses (127.0.0.0/8, ::1), for tests and the demo",
  ),
  ISPVM_SYSLOG_RELAYS: setting(
    Relays,
    "IP addresses, separated by commas",
    "",
    "syslog relays; the host name in a line identifies the router",
  ),
  ISPVM_SYSLOG_TLS_PORT: setting(
    OptionalPort,
    "off, or a port from 0 (any free one) to 65535",
    "off",
    "port of syslog by TLS, usually 6514",
  ),
  ISPVM_SYSLOG_TLS_CERTIFICATE: setting(
    z.string().nullable(),
    "a file",
    null,
    "certificate (PEM, with its chain) and private key of that port in one file; empty: the agent's own",
  ),
  ISPVM_SYSLOG_FORWARD: setting(
    Target,
    "tcp://HOST:PORT or tls://HOST:PORT",
    null,
    "another log system that gets the lines of devices too",
  ),
  ISPVM_SYSLOG_FORWARD_CA: setting(
    z.string().nullable(),
    "a file",
    null,
    "certificates (PEM) to trust when forwarding by TLS; empty: those of the system",
  ),
  ISPVM_TRAP_PORT: setting(
    OptionalPort,
    "off, or a port from 0 (any free one) to 65535",
    "off",
    "port of SNMP traps and informs, UDP, usually 162; on the bind address of syslog",
  ),
  ISPVM_REDACT: setting(
    Redactions,
    "users, addresses, or both with a comma",
    "",
    "what is hidden before it is stored or sent: names of users, addresses of customers",
  ),
  ISPVM_REDACT_KEY_FILE: setting(
    z.string().nullable(),
    "a file",
    null,
    "key of the pseudonyms that replace names, needed for ISPVM_REDACT; else the appliance's",
  ),
  LOG_LEVEL: setting(z.enum(LEVELS), LEVELS.join(", "), "info", "log level"),
} as const

const US_PER_MS = 1_000
/** For a service without PATH in its environment. */
const SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

type Values = { readonly [K in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[K]["schema"]> }
export type Config = {
  readonly url: string | null
  readonly token: string | null
  readonly dataDir: string
  /** Null: the appliance cannot update this agent. */
  readonly updateDir: string | null
  readonly healthPort: number
  readonly syslogPort: number | "auto"
  readonly syslogBind: string
  readonly allowLoopback: boolean
  readonly syslogRelays: readonly string[]
  /** Null: off. */
  readonly syslogTlsPort: number | null
  readonly syslogTlsCertificate: string | null
  readonly syslogForward: Values["ISPVM_SYSLOG_FORWARD"]
  readonly syslogForwardCa: string | null
  /** Null: off. */
  readonly trapPort: number | null
  readonly redact: readonly (typeof REDACTIONS)[number][]
  /** Not null if something is redacted. Used for what the appliance switches on as well. */
  readonly redactKeyFile: string | null
  /** Folders of programs, in the form of PATH. */
  readonly searchPath: string
  /** NOTIFY_SOCKET of systemd; null: not started as Type=notify. */
  readonly notifySocket: string | null
  /** Of systemd's watchdog; null: none. */
  readonly watchdogMs: number | null
  readonly logLevel: Values["LOG_LEVEL"]
}

export type ConfigResult =
  | { readonly kind: "config"; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "error"; readonly messages: readonly string[] }

export const helpText = (): string => {
  const line = ([name, s]: [string, Setting<z.ZodType>]) =>
    `  ${(s.flag ? `--${s.flag}, ${name}` : name).padEnd(28)}${s.help}${s.fallback ? ` (default: ${s.fallback})` : ""}`
  const file = `  ${"--token-file FILE".padEnd(28)}a file that contains only the token`
  return [
    "Usage: ispvm-agent --url https://HOST:8444 --token -",
    "       (in a checkout: npm run agent -- --url …)",
    "",
    "Monitors the devices that the appliance assigns, and sends it what it measures.",
    "",
    ...Object.entries(SETTINGS).map(line),
    file,
    "",
  ].join("\n")
}

const IN_ARGV =
  "every user of this machine can read the token in the process list; use --token -, --token-file FILE or ISPVM_TOKEN"

type Environment = Readonly<Record<string, string | undefined>>
type Flags = { readonly [flag: string]: string | boolean | undefined }
type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string }
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`)

const parseFlags = (argv: readonly string[]): Parsed<Flags> => {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        url: { type: "string" },
        token: { type: "string" },
        "token-file": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    })
    return { ok: true, value: values }
  } catch (error) {
    return { ok: false, message: `${messageOf(error)} (--help lists the options)` }
  }
}

/** Of ISPVM_TOKEN_FILE, the file that is there. */
const tokenFileIn = (paths: string | undefined): string | undefined =>
  paths?.split(":").find((path) => path !== "" && existsSync(path))

/** The flags with the token itself, if a file or standard input holds it. */
const withToken = (
  flags: Flags,
  env: Environment,
  readLine: (file: string) => string,
): Parsed<Flags> => {
  const fromEnvironment =
    flags.token === undefined && !env.ISPVM_TOKEN ? tokenFileIn(env.ISPVM_TOKEN_FILE) : undefined
  const file = flags["token-file"] ?? (flags.token === "-" ? "-" : fromEnvironment)
  if (flags["token-file"] !== undefined && flags.token !== undefined)
    return { ok: false, message: "--token and --token-file: expected one of them" }
  if (typeof file !== "string") return { ok: true, value: flags }
  const fromFlag = flags["token-file"] !== undefined
  try {
    return { ok: true, value: { ...flags, token: readLine(file) } }
  } catch (error) {
    const what =
      file === "-"
        ? "--token -: standard input"
        : fromFlag
          ? "--token-file: the file"
          : `ISPVM_TOKEN_FILE: ${file}`
    return { ok: false, message: `${what} cannot be read: ${messageOf(error)}` }
  }
}

/** A flag has priority over the environment. An empty value counts as not set. */
const readSettings = (flags: Flags, env: Environment) => {
  const messages: string[] = []
  const read = ([name, { schema, flag, fallback, expected }]: [string, Setting<z.ZodType>]) => {
    const raw = (flag === null ? undefined : flags[flag]) ?? env[name]
    const parsed = schema.safeParse(raw === undefined || raw === "" ? fallback : raw)
    if (!parsed.success)
      messages.push(`${flag ? `--${flag} (${name})` : name}: expected ${expected}`)
    return [name, parsed.data]
  }
  const values = Object.fromEntries(Object.entries(SETTINGS).map(read)) as Values
  if (messages.length === 0 && values.ISPVM_REDACT.length > 0 && !values.ISPVM_REDACT_KEY_FILE)
    messages.push("ISPVM_REDACT needs ISPVM_REDACT_KEY_FILE: a file with the organisation's key")
  return { values, messages }
}

/** Device and inode of what systemd has connected to its journal; null: nothing. */
export const readJournalStream = (env: Environment = process.env): string | null =>
  env.JOURNAL_STREAM || null

/** Of the program that installs an update. Throws where one is missing. */
export const readUpdateFolders = (env: Environment = process.env) => {
  const { ISPVM_AGENT_DATA_DIR: dataDir, ISPVM_AGENT_UPDATE_DIR: stateFolder } = env
  if (!dataDir || !stateFolder)
    throw new Error("ISPVM_AGENT_DATA_DIR and ISPVM_AGENT_UPDATE_DIR: both are needed")
  return { dataDir, stateFolder }
}

/**
 * An invalid value is reported by name with what was expected. The value is not repeated, because
 * it may be a secret. `readLine` gives the first line of a file, or of standard input for "-".
 */
export const readConfig = (
  argv: readonly string[],
  env: Environment = process.env,
  readLine: (file: string) => string = readSecretLine,
): ConfigResult => {
  const flags = parseFlags(argv)
  if (!flags.ok) return { kind: "error", messages: [flags.message] }
  if (flags.value.help === true) return { kind: "help", text: helpText() }
  const isInArgv = typeof flags.value.token === "string" && !["", "-"].includes(flags.value.token)
  const complete = withToken(flags.value, env, readLine)
  const { values, messages } = readSettings(complete.ok ? complete.value : flags.value, env)
  const errors = complete.ok ? messages : [complete.message, ...messages]
  if (errors.length > 0) return { kind: "error", messages: errors }
  const config: Config = {
    url: values.ISPVM_URL,
    token: values.ISPVM_TOKEN,
    dataDir: values.ISPVM_AGENT_DATA_DIR,
    updateDir: values.ISPVM_AGENT_UPDATE_DIR,
    healthPort: values.ISPVM_AGENT_HEALTH_PORT,
    syslogPort: values.ISPVM_SYSLOG_PORT,
    syslogBind: values.ISPVM_SYSLOG_BIND,
    syslogRelays: values.ISPVM_SYSLOG_RELAYS,
    syslogTlsPort: values.ISPVM_SYSLOG_TLS_PORT,
    syslogTlsCertificate: values.ISPVM_SYSLOG_TLS_CERTIFICATE,
    syslogForward: values.ISPVM_SYSLOG_FORWARD,
    syslogForwardCa: values.ISPVM_SYSLOG_FORWARD_CA,
    trapPort: values.ISPVM_TRAP_PORT,
    redact: values.ISPVM_REDACT,
    redactKeyFile: values.ISPVM_REDACT_KEY_FILE,
    allowLoopback: values.ISPVM_ALLOW_LOOPBACK,
    searchPath: env.PATH || SEARCH_PATH,
    notifySocket: env.NOTIFY_SOCKET || null,
    watchdogMs: Number(env.WATCHDOG_USEC) > 0 ? Number(env.WATCHDOG_USEC) / US_PER_MS : null,
    logLevel: values.LOG_LEVEL,
  }
  return { kind: "config", warnings: isInArgv ? [IN_ARGV] : [], config }
}
