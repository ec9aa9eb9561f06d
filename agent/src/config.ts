/** The only reader of the environment and the command line: outside text in, a typed configuration or a named fault out. */
import { parseArgs } from "node:util"
import { EnrolToken } from "@ispvm/wire"
import { z } from "zod"
import { readSecretLine } from "./secret-line.ts"

const port = z.coerce.number().int().min(0).max(65_535)
const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const

/** An empty list is none. */
const Relays = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((address) => address !== ""))
  .pipe(z.array(z.union([z.ipv4(), z.ipv6()])).max(64))

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
    "the appliance's agent API; needed once, and kept after enrolment",
    "url",
  ),
  ISPVM_TOKEN: setting(
    EnrolToken.nullable(),
    "a token in the form ispvm1.<secret>.<fingerprint>",
    null,
    "the token from the agents' page; needed once, to enrol; - reads it from standard input",
    "token",
  ),
  ISPVM_AGENT_DATA_DIR: setting(
    z.string().min(1),
    "a folder",
    ".data/agent",
    "identity and buffer are kept here",
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
    "port for syslog by UDP and TCP; auto is 514 where it can be bound, else 5514",
  ),
  ISPVM_SYSLOG_BIND: setting(
    z.union([z.ipv4(), z.ipv6()]),
    "an IP address",
    "0.0.0.0",
    "address the syslog port is bound to",
  ),
  ISPVM_ALLOW_LOOPBACK: setting(
    z.enum(["0", "1", "off", "on"]).transform((text) => text === "1" || text === "on"),
    "0 or 1",
    "0",
    "let devices be on loopback addresses (127.0.0.0/8, ::1): for tests and the demo",
  ),
  ISPVM_SYSLOG_RELAYS: setting(
    Relays,
    "IP addresses, separated by commas",
    "",
    "syslog servers that pass on the routers' lines: the host named in a line says whose it is",
  ),
  LOG_LEVEL: setting(z.enum(LEVELS), LEVELS.join(", "), "info", "how much is logged"),
} as const

/** Of a service that was started without a PATH. */
const SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

type Values = { readonly [K in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[K]["schema"]> }
export type Config = {
  readonly url: string | null
  readonly token: string | null
  readonly dataDir: string
  readonly healthPort: number
  readonly syslogPort: number | "auto"
  readonly syslogBind: string
  readonly allowLoopback: boolean
  readonly syslogRelays: readonly string[]
  /** Where programs are found, as in PATH. */
  readonly searchPath: string
  readonly logLevel: Values["LOG_LEVEL"]
}

export type ConfigResult =
  | { readonly kind: "config"; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "error"; readonly messages: readonly string[] }

export const helpText = (): string => {
  const line = ([name, s]: [string, Setting<z.ZodType>]) =>
    `  ${(s.flag ? `--${s.flag}, ${name}` : name).padEnd(28)}${s.help}${s.fallback ? ` (default: ${s.fallback})` : ""}`
  const file = `  ${"--token-file FILE".padEnd(28)}a file that holds the token and nothing else`
  return [
    "Usage: npm run agent -- --url https://… --token -",
    "",
    ...Object.entries(SETTINGS).map(line),
    file,
    "",
  ].join("\n")
}

const IN_ARGV =
  "the token stands among this process's arguments, where everybody on this machine can read it; use --token -, --token-file FILE or ISPVM_TOKEN"

/**
 * A wrong value is named with what was expected; the value itself is not repeated, for it may be a secret. `readLine` gives the first
 * line of a file, or of standard input for "-".
 */
export const readConfig = (
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  readLine: (file: string) => string = readSecretLine,
): ConfigResult => {
  let flags: { readonly [flag: string]: string | boolean | undefined }
  try {
    flags = parseArgs({
      args: [...argv],
      options: {
        url: { type: "string" },
        token: { type: "string" },
        "token-file": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values
  } catch (error) {
    return {
      kind: "error",
      messages: [`${error instanceof Error ? error.message : error} (--help lists what there is)`],
    }
  }
  if (flags.help === true) return { kind: "help", text: helpText() }
  const messages: string[] = []
  const warnings =
    typeof flags.token === "string" && !["", "-"].includes(flags.token) ? [IN_ARGV] : []
  const file = flags["token-file"] ?? (flags.token === "-" ? "-" : undefined)
  if (flags["token-file"] !== undefined && flags.token !== undefined)
    messages.push("--token and --token-file: expected one of them")
  else if (typeof file === "string") {
    try {
      flags = { ...flags, token: readLine(file) }
    } catch (error) {
      const what = file === "-" ? "--token -: standard input" : "--token-file: the file"
      messages.push(
        `${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  const read = <S extends z.ZodType>(
    name: keyof typeof SETTINGS,
    s: Setting<S>,
  ): z.output<S> | undefined => {
    const raw = (s.flag === null ? undefined : flags[s.flag]) ?? env[name]
    const parsed = s.schema.safeParse(raw === undefined || raw === "" ? s.fallback : raw)
    if (parsed.success) return parsed.data
    messages.push(`${s.flag ? `--${s.flag} (${name})` : name}: expected ${s.expected}`)
    return undefined
  }
  const S = SETTINGS
  const url = read("ISPVM_URL", S.ISPVM_URL)
  const token = read("ISPVM_TOKEN", S.ISPVM_TOKEN)
  const dataDir = read("ISPVM_AGENT_DATA_DIR", S.ISPVM_AGENT_DATA_DIR)
  const healthPort = read("ISPVM_AGENT_HEALTH_PORT", S.ISPVM_AGENT_HEALTH_PORT)
  const syslogPort = read("ISPVM_SYSLOG_PORT", S.ISPVM_SYSLOG_PORT)
  const syslogBind = read("ISPVM_SYSLOG_BIND", S.ISPVM_SYSLOG_BIND)
  const allowLoopback = read("ISPVM_ALLOW_LOOPBACK", S.ISPVM_ALLOW_LOOPBACK)
  const syslogRelays = read("ISPVM_SYSLOG_RELAYS", S.ISPVM_SYSLOG_RELAYS)
  const logLevel = read("LOG_LEVEL", S.LOG_LEVEL)
  if (
    messages.length > 0 ||
    url === undefined ||
    token === undefined ||
    dataDir === undefined ||
    healthPort === undefined ||
    syslogPort === undefined ||
    syslogBind === undefined ||
    allowLoopback === undefined ||
    syslogRelays === undefined ||
    logLevel === undefined
  )
    return { kind: "error", messages }
  const syslog = { syslogPort, syslogBind, syslogRelays }
  const searchPath = env.PATH || SEARCH_PATH
  const config = { url, token, dataDir, healthPort, ...syslog, allowLoopback, searchPath, logLevel }
  return { kind: "config", warnings, config }
}
