/** One log entry as RouterOS sends it to a remote syslog. */
import type { Persona } from "./personas.ts"
import type { LogEntry } from "./router.ts"
import { bsdTimeText } from "./text.ts"

const DAEMON = 3
/** The strongest word among the topics; a line with none of them is info. */
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

/** `default`: topics and message, nothing else. `bsd`: PRI, time and identity, and no topics. */
export const syslogLine = (entry: LogEntry, identity: string, form: Persona["syslog"]): string =>
  form === "default"
    ? `${entry.topics} ${entry.message}`
    : `<${DAEMON * 8 + severityOf(entry.topics)}>${bsdTimeText(entry.atMs)} ${identity} ${entry.message}`
