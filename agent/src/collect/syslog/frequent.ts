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
const COUNTED: ReadonlySet<string> = new Set([
  "user",
  "client",
  "mac",
  "target",
  "prefix",
  "chain",
  "reason",
  "server",
  "state",
])
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
  readonly values: Values
}
/** How often a field had each value. */
type Values = Map<string, Map<string, { times: number }>>
export type FurtherLines = {
  readonly device: DeviceId
  readonly line: Line
  readonly meaning: Meaning
}

const countValue = (values: Values, field: string, value: string): void => {
  const of = values.get(field) ?? new Map<string, { times: number }>()
  if (of.size === 0) values.set(field, of)
  const found = of.get(value)
  if (found !== undefined) found.times += 1
  else if (of.size < MAX_VALUES) of.set(value, { times: 1 })
}
const count = (values: Values, attributes: Meaning["attributes"]): void => {
  for (const field in attributes) {
    const value = COUNTED.has(field) ? attributes[field] : undefined
    if (value !== undefined) countValue(values, field, value)
  }
}

const reportOf = (
  { device, name, further, last, values, sinceMs }: Entry,
  nowMs: number,
): FurtherLines => {
  const seconds = Math.max(1, Math.round((nowMs - sinceMs) / 1_000))
  const frequent = [...values].map(([field, of]) => {
    const top = [...of].sort(([, a], [, b]) => b.times - a.times).slice(0, MAX_REPORTED)
    return [field, top.map(([value, { times }]) => `${value} (${times})`).join(", ")] as const
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
  /** Of each device, by meaning. */
  readonly #entries = new Map<DeviceId, Map<Meaning["name"], Entry>>()
  #size = 0

  /** True: this line is an event. False: it is counted. */
  isSingle(device: DeviceId, line: Line, meaning: Meaning, nowMs: number): boolean {
    const entry = this.#entries.get(device)?.get(meaning.name)
    if (entry === undefined) {
      if (this.#size < MAX_ENTRIES) this.#add(device, line, meaning, nowMs)
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
    for (const [device, ofDevice] of this.#entries) {
      for (const [name, entry] of ofDevice) {
        if (nowMs - entry.sinceMs < WINDOW_MS) continue
        ofDevice.delete(name)
        this.#size -= 1
        if (entry.further > 0) reports.push(reportOf(entry, nowMs))
      }
      if (ofDevice.size === 0) this.#entries.delete(device)
    }
    return reports
  }

  #add(device: DeviceId, last: Line, { name }: Meaning, sinceMs: number): void {
    const ofDevice = this.#entries.get(device) ?? new Map<Meaning["name"], Entry>()
    if (ofDevice.size === 0) this.#entries.set(device, ofDevice)
    ofDevice.set(name, { device, name, sinceMs, lines: 1, further: 0, last, values: new Map() })
    this.#size += 1
  }
}
