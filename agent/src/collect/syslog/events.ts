/** Converts lines to events within the limits of a message. Pure. */
import type { DeviceId, Event } from "@ispvm/wire"
import type { Line } from "./lines.ts"
import type { DeviceLoss } from "./losses.ts"
import type { Meaning } from "./meaning-type.ts"

/**
 * Removes what a message may not contain: lone surrogates, and NUL, which the database cannot
 * store.
 */
const bounded = (text: string, chars: number): string =>
  text.slice(0, chars).toWellFormed().replaceAll("\0", "\uFFFD")

export const eventOf = (
  id: string,
  device: DeviceId,
  atMs: number,
  line: Line,
  meaning: Meaning | null,
): Event => ({
  kind: "event",
  id,
  device,
  name: meaning?.name ?? "log",
  atMs,
  source: "syslog",
  severity: line.severity,
  interface: meaning?.interface ? bounded(meaning.interface, 256) : null,
  message: bounded(line.message, 4_096),
  attributes: Object.fromEntries(
    Object.entries({
      ...(line.topics.length > 0 ? { topics: line.topics.join(",") } : {}),
      ...meaning?.attributes,
    }).map(([key, value]) => [key, bounded(value, 4_096)]),
  ),
})

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
