/** The only reader of the environment: one table of variables, which `--help` prints. */
import { resolve } from "node:path"
import { COLLECTION_INTERVAL, COLLECTOR_NAME, COLLECTORS, isCollectorName } from "@ispvm/wire"
import { z } from "zod"
import { parseNetwork } from "./platform/http/client-address.ts"
import { LogLevel } from "./platform/log.ts"
import { parseMasterKey } from "./registry/secrets/secrets.ts"

const text = z.string()
const port = z
  .string()
  .transform(Number)
  .pipe(z.int("expected a port between 1 and 65535, or 0 for any free one").min(0).max(65_535))
const count = (min: number, max: number) =>
  z
    .string()
    .transform(Number)
    .pipe(z.int(`expected a whole number between ${min} and ${max}`).min(min).max(max))
const oneOf = <const T extends readonly string[]>(...options: T) =>
  z.enum(options, `expected ${options.join(" or ")}`)
const address = text.regex(
  /^[0-9A-Za-z.:_-]+$/,
  "expected an IP address or a host name of this machine",
)
const listOf = <S extends z.ZodType<string, string>>(one: S) =>
  text.transform((list) => list.split(",").map((each) => each.trim())).pipe(z.array(one))
const webUrl = text.refine(
  (value) => URL.canParse(value) && ["http:", "https:"].includes(new URL(value).protocol),
  "expected a URL like https://noc.example.net",
)

/** What stands in a URL ends up in logs, so it holds no secret. */
const urlWithoutSecrets = webUrl.refine((value) => {
  const { username, password, search } = new URL(value)
  return `${username}${password}${search}` === ""
}, "expected a URL without user, password and query; put these into ISPVM_TRACES_HEADERS_FILE")

const MS_PER_S = 1_000
const US_PER_MS = 1_000
const SECONDS = /^\d{1,9}$/
/** `snmp.health=60,snmp.facts=3600` as milliseconds by collector. */
const collectorIntervals = text.transform((list, context) => {
  const { minMs, maxMs } = COLLECTION_INTERVAL
  const intervals: Record<string, number> = {}
  for (const each of list.split(",").map((one) => one.trim())) {
    const [name = "", seconds = "", ...rest] = each.split("=")
    const everyMs = SECONDS.test(seconds) ? Number(seconds) * MS_PER_S : 0
    const isWritten = COLLECTOR_NAME.test(name) && rest.length === 0
    if (!isWritten || everyMs < minMs || everyMs > maxMs) {
      context.addIssue({
        code: "custom",
        message: `expected collector=seconds, separated by commas, with ${minMs / MS_PER_S} to ${maxMs / MS_PER_S} seconds, such as snmp.health=60`,
      })
      return z.NEVER
    }
    intervals[name] = everyMs
  }
  return intervals
})

type Variable = {
  readonly schema: z.ZodType
  readonly fallback: string | null
  readonly about: string
}
const variable = <S extends z.ZodType, F extends string | null>(
  schema: S,
  fallback: F,
  about: string,
) => ({
  schema,
  fallback,
  about,
})

/** A fallback of null: may be left out, and is null then. */
const VARIABLES = {
  ISPVM_DATA_DIR: variable(
    text,
    ".data",
    "folder of everything that must be kept: database, keys, certificates",
  ),
  ISPVM_BIND: variable(
    address,
    "127.0.0.1",
    "address the screens are served on; 0.0.0.0 or :: for all",
  ),
  ISPVM_HTTP_PORT: variable(port, "8080", "port of the screens and the API"),
  ISPVM_AGENT_API_BIND: variable(
    text.transform((list) => list.split(",").map((one) => one.trim())).pipe(z.array(address)),
    null,
    "addresses the agent API listens on, separated by commas; as ISPVM_BIND when left out",
  ),
  ISPVM_AGENT_API_PORT: variable(port, "8444", "port of the agent API"),
  ISPVM_PUSH_BIND: variable(
    text.transform((list) => list.split(",").map((one) => one.trim())).pipe(z.array(address)),
    null,
    "addresses the push API listens on, separated by commas; as the agent API when left out",
  ),
  ISPVM_PUSH_PORT: variable(port, "8445", "port of the push API"),
  ISPVM_PUSH_TLS: variable(
    oneOf("compatible", "modern"),
    "compatible",
    "TLS suites for routers: modern (ECDHE with AEAD only), or compatible (the same first, older AES suites too)",
  ),
  ISPVM_UI_TLS: variable(
    oneOf("auto", "on", "off"),
    "auto",
    "TLS for the screens: on, off, or auto (on unless bound to loopback)",
  ),
  ISPVM_SETUP_CODE: variable(
    text.min(8, "expected at least 8 characters").max(64),
    null,
    "one-time code that claims a new appliance; made and printed when left out",
  ),
  ISPVM_REDIRECT_PORT: variable(
    port,
    null,
    "port whose plain HTTP is redirected to the UI's HTTPS; none when left out",
  ),
  ISPVM_RUNTIME_DIR: variable(
    text,
    null,
    "folder, emptied at each boot, for the setup code; with it nothing is printed at the start",
  ),
  ISPVM_UPDATE_DIR: variable(
    text,
    null,
    "folder in which ispvm update says how far it is; without it the UI offers no updates",
  ),
  ISPVM_LOCAL_AGENT: variable(
    oneOf("on", "off", "service"),
    "on",
    "agent on this machine: on (run by the appliance), service (a service of its own, which is given a token), or off",
  ),
  ISPVM_LOCAL_AGENT_TOKEN_FILE: variable(
    text,
    "/run/ispvm-local-agent/token",
    "file through which the agent's service is given its token",
  ),
  ISPVM_COLLECTOR_INTERVALS: variable(
    collectorIntervals,
    null,
    "collection intervals in place of the defaults, in seconds: snmp.health=60,snmp.facts=3600",
  ),
  ISPVM_SERIES_ENGINE: variable(
    oneOf("auto", "plain"),
    "auto",
    "how values over time are stored: auto (hypertables where the server has TimescaleDB), or plain (partitions)",
  ),
  ISPVM_ALLOW_LOOPBACK: variable(
    oneOf("0", "1", "off", "on"),
    "0",
    "1: let devices be on loopback addresses; for tests and the demo, and set for the agent too",
  ),
  ISPVM_FAULT_INJECTION_URL: variable(
    webUrl,
    null,
    "address of the demo's fault injection, shown in the UI; set by the demo alone",
  ),
  ISPVM_MAP_TILES_URL: variable(
    text.regex(
      /^https?:\/\/.+\{z\}.*\{x\}.*\{y\}|^https?:\/\/.+\{z\}.*\{y\}.*\{x\}/,
      "expected a template like https://tiles.example.net/{z}/{x}/{y}.png",
    ),
    null,
    "map tiles of your own; the bundled outlines are enough without",
  ),
  ISPVM_DB_USER: variable(
    text,
    null,
    "user the embedded database runs as when this is started by root; postgres, else nobody",
  ),
  DATABASE_URL: variable(text, null, "a Postgres of your own in place of the embedded one"),
  POSTGRES_PASSWORD: variable(text, null, "password for DATABASE_URL where that holds none"),
  PGSSLROOTCERT: variable(
    text,
    null,
    "file of the root that must have signed DATABASE_URL's server certificate, where that names no sslrootcert",
  ),
  ENCRYPTION_MASTER_KEY: variable(
    text.refine(
      (value) => parseMasterKey(value) !== null,
      "expected 32 bytes as 64 hex digits or 44 characters of base64",
    ),
    null,
    "key that seals credentials, 32 bytes in hex or base64; kept in the data folder's master.key when left out",
  ),
  PUBLIC_BASE_URL: variable(
    webUrl,
    null,
    "address people type to reach the screens, where it is not the one served here",
  ),
  ISPVM_ALLOWED_HOSTS: variable(
    listOf(text.regex(/^[0-9A-Za-z_.-]+$/, "expected host names without scheme or port")),
    null,
    "further names people type to reach the screens, separated by commas; all others but its own are refused",
  ),
  ISPVM_TRUSTED_PROXIES: variable(
    listOf(
      text.refine(
        (one) => parseNetwork(one) !== null,
        "expected addresses or networks like 10.0.0.0/8",
      ),
    ),
    null,
    "addresses and networks of your proxies, separated by commas; only their X-Forwarded-For is believed",
  ),
  ISPVM_METRICS_TOKEN: variable(
    text.regex(/^[\x21-\x7e]{16,256}$/, "expected at least 16 characters without blanks"),
    null,
    "token that opens /metrics (Authorization: Bearer); with it /metrics is no longer open to this machine itself",
  ),
  ISPVM_TRACES_URL: variable(
    urlWithoutSecrets,
    null,
    "where traces are sent (OTLP over HTTP), such as http://collector.example.net:4318/v1/traces; none when left out",
  ),
  ISPVM_TRACES_HEADERS_FILE: variable(
    text,
    null,
    "file of headers that the collector of traces wants, one Name: value a line",
  ),
  INGEST_MAX_BODY_BYTES: variable(
    count(65_536, 256 * 1024 * 1024),
    "4194304",
    "largest batch taken from an agent, in bytes as sent",
  ),
  LOG_LEVEL: variable(
    LogLevel,
    "info",
    `least level that is logged: ${LogLevel.options.join(", ")}`,
  ),
  TENANT_MODE: variable(
    oneOf("single"),
    "single",
    "organisations on this appliance: single (the only mode of this release)",
  ),
  AUTH_MODE: variable(
    oneOf("local"),
    "local",
    "where accounts are kept: local (the only mode of this release)",
  ),
} satisfies Record<string, Variable>

type Variables = typeof VARIABLES
type Value<V> = V extends { readonly schema: infer S extends z.ZodType; readonly fallback: infer F }
  ? z.output<S> | (F extends null ? null : never)
  : never
export type Environment = { readonly [K in keyof Variables]: Value<Variables[K]> }

export type Config = Environment & {
  /** Absolute. */
  readonly dataDir: string
  readonly agentApiBind: readonly string[]
  readonly pushBind: readonly string[]
  readonly uiTls: boolean
  /** Settings of the agent that is run beside us, passed on unread. */
  readonly agentEnvironment: Readonly<Record<string, string>>
  /** The host of PUBLIC_BASE_URL. */
  readonly publicHost: string | null
}

/** Old names of settings, accepted until 1.0. */
const RENAMED: readonly (readonly [old: string, current: keyof Variables])[] = [
  ["ISPVM_DOOR_BIND", "ISPVM_AGENT_API_BIND"],
  ["ISPVM_DOOR_PORT", "ISPVM_AGENT_API_PORT"],
]

export type ParsedArguments =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "invalid"; readonly messages: readonly string[] }
  | { readonly kind: "start"; readonly config: Config; readonly warnings: readonly string[] }

type Given = Readonly<Record<string, string | undefined>>

/** Settings given under an old name, under their current one. */
const applyRenames = (env: Given) => {
  const current: Record<string, string | undefined> = { ...env }
  const warnings: string[] = []
  const messages: string[] = []
  for (const [old, name] of RENAMED) {
    const value = env[old]?.trim()
    if (!value) continue
    const other = env[name]?.trim()
    if (other && other !== value)
      messages.push(
        `${name}: "${other}" differs from ${old}, "${value}", its old name; remove ${old}`,
      )
    else current[name] = value
    warnings.push(`${old} is now ${name}; the old name is accepted until release 1.0.`)
  }
  return { env: current, warnings, messages }
}

/** An empty variable counts as left out: that is how compose files leave one out. */
export const readConfig = (given: Given, args: readonly string[]): ParsedArguments => {
  if (args.includes("--help") || args.includes("-h")) return { kind: "help", text: helpText() }
  const { env, warnings, messages: conflicts } = applyRenames(given)
  const messages = [
    ...args.map(
      (arg) =>
        `${arg}: is not an option; expected --help, all else is set by environment variables`,
    ),
    ...conflicts,
  ]
  const shape = Object.fromEntries(
    Object.entries(VARIABLES).map(([name, { schema, fallback }]: [string, Variable]) => [
      name,
      fallback === null ? schema.nullable() : schema,
    ]),
  )
  const values = Object.fromEntries(
    Object.entries(VARIABLES).map(([name, { fallback }]: [string, Variable]) => [
      name,
      env[name]?.trim() || fallback,
    ]),
  )
  const parsed = z.object(shape).safeParse(values)
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues)
      messages.push(errorMessage(String(path[0]), env, message))
  }
  if (!parsed.success || messages.length > 0)
    return { kind: "invalid", messages: [...messages, ...warnings] }
  const config = complete(parsed.data as Environment, env)
  return { kind: "start", config, warnings: [...warnings, ...unknownCollectors(config)] }
}

const unknownCollectors = ({ ISPVM_COLLECTOR_INTERVALS: intervals }: Environment): string[] => {
  const unknown = Object.keys(intervals ?? {}).filter((name) => !isCollectorName(name))
  if (unknown.length === 0) return []
  const names = Object.keys(COLLECTORS).join(", ")
  return [
    `ISPVM_COLLECTOR_INTERVALS: there is no collector ${unknown.join(", ")}; agents ignore it. Use one of ${names}.`,
  ]
}

const SECRET = new Set([
  "ISPVM_SETUP_CODE",
  "ISPVM_METRICS_TOKEN",
  "ISPVM_TRACES_URL",
  "DATABASE_URL",
  "POSTGRES_PASSWORD",
  "ENCRYPTION_MASTER_KEY",
])

const errorMessage = (name: string, env: Given, message: string): string =>
  `${name}: ${SECRET.has(name) ? "" : `"${env[name]}" is wrong; `}${message}`

export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127\./.test(host)

const AGENT_VARIABLES =
  /^(ISPVM_AGENT_HEALTH_PORT|ISPVM_ALLOW_LOOPBACK|ISPVM_SYSLOG_\w+|LOG_LEVEL|PATH|HOME|LANG|TZ|NODE_\w+)$/

const complete = (env: Environment, all: Given): Config => ({
  ...env,
  agentEnvironment: Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      AGENT_VARIABLES.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  ),
  dataDir: resolve(env.ISPVM_DATA_DIR),
  agentApiBind: env.ISPVM_AGENT_API_BIND ?? [env.ISPVM_BIND],
  pushBind: env.ISPVM_PUSH_BIND ?? env.ISPVM_AGENT_API_BIND ?? [env.ISPVM_BIND],
  publicHost:
    env.PUBLIC_BASE_URL === null
      ? null
      : new URL(env.PUBLIC_BASE_URL).hostname.replace(/^\[(.*)\]$/, "$1"),
  uiTls: env.ISPVM_UI_TLS === "on" || (env.ISPVM_UI_TLS === "auto" && !isLoopback(env.ISPVM_BIND)),
})

const helpText = (): string => {
  const width = Math.max(...Object.keys(VARIABLES).map((name) => name.length))
  const lines = Object.entries(VARIABLES).map(
    ([name, { fallback, about }]) =>
      `  ${name.padEnd(width)}  ${about}${fallback === null ? "" : ` [${fallback}]`}`,
  )
  return [
    "ISP Visual Monitor, the appliance. Everything is set by environment variables:",
    "",
    ...lines,
    "",
  ].join("\n")
}

/** What systemd says about itself; null where it did not start this process. */
export const readServiceManager = (env: NodeJS.ProcessEnv) => {
  const watchdogUs = Number(env.WATCHDOG_USEC)
  return {
    socket: env.NOTIFY_SOCKET || null,
    watchdogMs: watchdogUs > 0 ? watchdogUs / US_PER_MS : null,
  }
}

/** Device and inode of what systemd has connected to its journal; null: nothing. */
export const readJournalStream = (env: NodeJS.ProcessEnv): string | null =>
  env.JOURNAL_STREAM || null

/** On a terminal only warnings are logged, unless LOG_LEVEL is set. */
export const onTerminal = (env: NodeJS.ProcessEnv, isTerminal: boolean): NodeJS.ProcessEnv =>
  isTerminal && env.LOG_LEVEL === undefined ? { ...env, LOG_LEVEL: "warn" } : env

/** Of this process. */
export const ownEnvironment = (isTerminal: boolean): NodeJS.ProcessEnv =>
  onTerminal(process.env, isTerminal)
