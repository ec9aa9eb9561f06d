/**
 * Limits how many events of one meaning a device causes: a PPPoE server with 500 sessions a second
 * must not cause 500 events a second.
 *
 * Of each device and meaning, the first lines of a minute are events. Further ones are counted, and
 * one event reports them at the end of the minute: how many, the last line, and the most frequent
 * values of their fields. Memory is limited; time is an argument.
 */
import type { DeviceId } from "@ispvm/wire"
import type { Line } from "./lines.ts"
import type { Meaning } from "./meaning-type.ts"

const WINDOW_MS = 60_000
/** Lines of one meaning that are events, per device and minute. */
export const SINGLE_LINES = 10
/** Every packet can cause such a line. */
const FEW: ReadonlySet<string> = new Set([
  "firewall",
  "packet-detail",
  "dns-query",
  "proxy-request",
])
const FEW_LINES = 2
/** Fields whose most frequent values are reported. */
const COUNTED = ["user", "client", "mac", "target", "prefix", "chain", "reason", "server", "state"]
const MAX_VALUES = 64
const MAX_REPORTED = 3
const MAX_ENTRIES = 20_000

type Entry = {
  readonly device: DeviceId
  readonly name: Meaning["name"]
  readonly sinceMs: number
  lines: number
  further: number
  last: Line
  readonly values: Map<string, Map<string, number>>
}
export type FurtherLines = {
  readonly device: DeviceId
  readonly line: Line
  readonly meaning: Meaning
}

const count = (
  values: Map<string, Map<string, number>>,
  attributes: Meaning["attributes"],
): void => {
  for (const field of COUNTED) {
    const value = attributes[field]
    if (value === undefined) continue
    const of = values.get(field) ?? new Map<string, number>()
    values.set(field, of)
    if (of.has(value) || of.size < MAX_VALUES) of.set(value, (of.get(value) ?? 0) + 1)
  }
}

const reportOf = (
  { device, name, further, last, values, sinceMs }: Entry,
  nowMs: number,
): FurtherLines => {
  const seconds = Math.max(1, Math.round((nowMs - sinceMs) / 1_000))
  const frequent = [...values].map(([field, of]) => {
    const top = [...of].sort(([, a], [, b]) => b - a).slice(0, MAX_REPORTED)
    return [field, top.map(([value, times]) => `${value} (${times})`).join(", ")] as const
  })
  return {
    device,
    line: { ...last, message: `${further} more in ${seconds} s, the last: ${last.message}` },
    meaning: {
      name,
      interface: null,
      attributes: { ...Object.fromEntries(frequent), lines: String(further) },
    },
  }
}

export class Frequent {
  readonly #entries = new Map<string, Entry>()

  /** True: this line is an event. False: it is counted. */
  isSingle(device: DeviceId, line: Line, meaning: Meaning, nowMs: number): boolean {
    const key = `${device} ${meaning.name}`
    const entry = this.#entries.get(key)
    if (entry === undefined) {
      if (this.#entries.size >= MAX_ENTRIES) return true
      const { name } = meaning
      const values = new Map<string, Map<string, number>>()
      const fresh = { device, name, sinceMs: nowMs, lines: 1, further: 0, last: line, values }
      this.#entries.set(key, fresh)
      return true
    }
    entry.lines += 1
    if (entry.lines <= (FEW.has(meaning.name) ? FEW_LINES : SINGLE_LINES)) return true
    entry.further += 1
    entry.last = line
    count(entry.values, meaning.attributes)
    return false
  }

  /** What ended its minute; called every few seconds. */
  due(nowMs: number): readonly FurtherLines[] {
    const reports: FurtherLines[] = []
    for (const [key, entry] of this.#entries) {
      if (nowMs - entry.sinceMs < WINDOW_MS) continue
      this.#entries.delete(key)
      if (entry.further > 0) reports.push(reportOf(entry, nowMs))
    }
    return reports
  }
}
