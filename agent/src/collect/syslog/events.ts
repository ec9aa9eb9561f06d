/** Events out of lines, bounded as the contract wants them. Pure. */
import type { DeviceId, Event } from "@ispvm/wire"
import type { Line } from "./lines.ts"
import type { DeviceLoss } from "./losses.ts"
import type { Meaning } from "./meaning-type.ts"

/** What the contract lets through: no half of a surrogate pair, and no NUL, which the database cannot hold. */
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
  rate: "they came faster than they are kept",
  time: "reading them took more time than one device is given",
}

/** Tells on the device's page that its log here is not whole. */
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
