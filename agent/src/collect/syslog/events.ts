/** Converts lines to events within the limits of a message. Pure. */
import { type DeviceId, type Event, EventName } from "@ispvm/wire"
import type { Line } from "./lines.ts"
import type { DeviceLoss } from "./losses.ts"
import type { Meaning } from "./meaning-type.ts"

/** Of a command in a line, the value of a secret: a reader of events must not see it. */
const SECRET =
  /(password|passphrase|secret|shared-key|private-key|authentication-key|encryption-key|wep-key)=(?:"(?:[^"\\]|\\.)*"?|[^\s")]+)/gi

/**
 * Removes what a message may not contain: secrets, lone surrogates, and NUL, which the database
 * cannot store.
 */
const bounded = (text: string, chars: number): string =>
  text.replaceAll(SECRET, "$1=…").slice(0, chars).toWellFormed().replaceAll("\0", "\uFFFD")

const EVENT_NAMES: ReadonlySet<string> = new Set(EventName.options)
const isEventName = (name: string): name is Event["name"] => EVENT_NAMES.has(name)
/** Whether the meaning has an event name; others are attributes of `log`. */
export const hasOwnEvent = (meaning: Meaning | null): boolean =>
  meaning !== null && isEventName(meaning.name)

/** A meaning without an event name of its own is an attribute (`LogMeaning` says why). */
const nameOf = (
  meaning: Meaning | null,
): { readonly name: Event["name"]; readonly meaning?: string } => {
  if (meaning === null) return { name: "log" }
  return isEventName(meaning.name) ? { name: meaning.name } : { name: "log", meaning: meaning.name }
}

export const eventOf = (
  id: string,
  device: DeviceId,
  atMs: number,
  line: Line,
  meaning: Meaning | null,
): Event => {
  const { name, ...named } = nameOf(meaning)
  return {
    kind: "event",
    id,
    device,
    name,
    atMs,
    source: line.format === "menu" ? "routeros-api" : "syslog",
    severity: line.severity,
    interface: meaning?.interface ? bounded(meaning.interface, 256) : null,
    message: bounded(line.message, 4_096),
    attributes: Object.fromEntries(
      Object.entries({
        ...(line.topics.length > 0 ? { topics: line.topics.join(",") } : {}),
        ...(line.format === "menu" ? { menu: "/log" } : {}),
        ...meaning?.attributes,
        ...named,
      }).map(([key, value]) => [key, bounded(value, 4_096)]),
    ),
  }
}

const REASON_TEXT: Readonly<Record<DeviceLoss["reason"], string>> = {
  rate: "they exceeded the rate limit",
  time: "they exceeded the processing time of one device",
}

/** Shows on the device's page that its log is incomplete. */
export const lostEvent = (
  id: string,
  { device, lines, reason }: DeviceLoss,
  atMs: number,
): Event => ({
  kind: "event",
  id,
  device,
  name: "log",
  atMs,
  source: "agent",
  severity: "warning",
  interface: null,
  message: `${lines === 1 ? "1 syslog line" : `${lines} syslog lines`} of this device were dropped: ${REASON_TEXT[reason]}. Narrow the topics of its logging rules.`,
  attributes: { reason: `syslog-${reason}`, lines: String(lines) },
})
