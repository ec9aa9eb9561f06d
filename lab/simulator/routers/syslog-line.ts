/** One log entry as RouterOS sends it to a remote syslog. */
import type { LogEntry } from "./router.ts"
import { bsdTimeText } from "./text.ts"

const DAEMON = 3
/** The most severe of the topics; a line without one is info. */
const SEVERITIES = [
  ["critical", 3],
  ["error", 3],
  ["warning", 4],
  ["info", 6],
  ["debug", 7],
] as const

const severityOf = (topics: string): number => {
  const set = new Set(topics.split(","))
  return SEVERITIES.find(([word]) => set.has(word))?.[1] ?? 6
}

export type LineForm = {
  readonly form: "default" | "bsd" | "cef"
  readonly isIso: boolean
  readonly facility: string
  readonly severity: string
  /** The topics before the message, where the form has none. */
  readonly hasTopics: boolean
}
export type Who = {
  readonly identity: string
  readonly board: string
  readonly version: string
  readonly address: string
}

const FACILITIES = [
  "kern",
  "user",
  "mail",
  "daemon",
  "auth",
  "syslog",
  "lpr",
  "news",
  "uucp",
  "cron",
  "authpriv",
  "ftp",
]
const facilityOf = (name: string): number => {
  const local = /^local([0-7])$/.exec(name)
  if (local !== null) return 16 + Number(local[1])
  return FACILITIES.includes(name) ? FACILITIES.indexOf(name) : DAEMON
}
const NAMED = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"]
const CEF_LEVELS = ["High", "High", "High", "High", "Medium", "Low", "Low", "Low"]

const cef = (entry: LogEntry, time: string, who: Who, severity: number): string => {
  const escaped = (text: string) => text.replace(/[\\=]/g, "\\$&")
  const [first = ""] = entry.topics.split(",")
  const head = `CEF:0|MikroTik|${who.board}|${who.version}|${first}|${entry.topics}|${CEF_LEVELS[severity] ?? "Low"}`
  return `${time} ${who.identity} ${head}|dvchost=${escaped(who.identity)} dvc=${who.address} msg=${escaped(entry.message)}`
}

/** One entry as an action sends it. The lab's routers use UTC. */
export const logLine = (entry: LogEntry, who: Who, how: LineForm): string => {
  if (how.form === "default") return `${entry.topics} ${entry.message}`
  const severity = NAMED.includes(how.severity)
    ? NAMED.indexOf(how.severity)
    : severityOf(entry.topics)
  const time = how.isIso
    ? `${new Date(entry.atMs).toISOString().slice(0, 19)}+0000`
    : bsdTimeText(entry.atMs)
  if (how.form === "cef") return cef(entry, time, who, severity)
  const topics = how.hasTopics ? `${entry.topics} ` : ""
  return `<${facilityOf(how.facility) * 8 + severity}>${time} ${who.identity} ${topics}${entry.message}`
}
