/**
 * A router that has restarted, told once: its uptime went back (by the API, by SNMP), or it says so itself by syslog.
 *
 * Only uptime is compared, never with the time passed: a clock of this host that is set would otherwise be a reboot.
 */
import type { Reading } from "../collect/collector.ts"
import type { DeviceId, Event, Source } from "../wire/wire.ts"
import { TICKS_WRAP_S } from "./counters.ts"

/** When the router began anew, as far as that is known, and who has said so. */
type Telling = { readonly fromMs: number; readonly toMs: number; readonly by: Set<Source> }
type Seen = { readonly uptime: Map<Source, number>; tellings: readonly Telling[] }

/** Uptime is told in whole seconds, and by two clocks at most this much apart. */
const SLACK_S = 5
/** Each source counts from a moment of its own while the router starts. */
const BOOT_MS = 60_000
/** The line is sent once the network is up, which takes a large router minutes. */
const LINE_AFTER_MS = 300_000
const TELLINGS = 4

/** 32 bits of hundredths; from less than half an hour before the end, a small number is the same run going on. */
const hasWrapped = (source: Source, wasS: number, nowS: number): boolean =>
  source === "snmp" && wasS > TICKS_WRAP_S - 1_800 && nowS < 1_800

export class Reboots {
  readonly #newId: () => string
  readonly #devices = new Map<DeviceId, Seen>()

  constructor(newId: () => string) {
    this.#newId = newId
  }

  /** The reboots that these readings are the first to tell of. */
  seen(readings: readonly Reading[]): readonly Event[] {
    return readings.flatMap((reading): Event[] => {
      if (reading.kind !== "health" && reading.kind !== "interface") return []
      const { device, source, atMs, uptimeS } = reading
      if (uptimeS === null) return []
      const { uptime } = this.#of(device)
      const wasS = uptime.get(source)
      uptime.set(source, uptimeS)
      if (wasS === undefined || uptimeS >= wasS - SLACK_S || hasWrapped(source, wasS, uptimeS)) return []
      const bootMs = Math.max(0, Math.round(atMs - uptimeS * 1_000))
      if (!this.#isNew(device, source, bootMs - BOOT_MS, bootMs + BOOT_MS)) return []
      return [this.#event(device, source, bootMs, wasS, uptimeS)]
    })
  }

  /** A line of the router: where its reboot is told already, it is a line like any other. */
  heard(event: Event): Event {
    if (event.name !== "rebooted") return event
    const isNew = this.#isNew(event.device, event.source, event.atMs - LINE_AFTER_MS, event.atMs)
    return isNew ? event : { ...event, name: "log" }
  }

  forget(device: DeviceId): void {
    this.#devices.delete(device)
  }

  #of(device: DeviceId): Seen {
    const seen = this.#devices.get(device) ?? { uptime: new Map(), tellings: [] }
    this.#devices.set(device, seen)
    return seen
  }

  /** One source tells each reboot once: what it tells again is the next one. */
  #isNew(device: DeviceId, source: Source, fromMs: number, toMs: number): boolean {
    const seen = this.#of(device)
    const same = seen.tellings.find((one) => one.fromMs <= toMs && fromMs <= one.toMs && !one.by.has(source))
    same?.by.add(source)
    if (same === undefined) seen.tellings = [...seen.tellings, { fromMs, toMs, by: new Set([source]) }].slice(-TELLINGS)
    return same === undefined
  }

  #event(device: DeviceId, source: Source, atMs: number, wasS: number, nowS: number): Event {
    const [before, after] = [Math.round(wasS), Math.round(nowS)]
    return {
      kind: "event",
      id: this.#newId(),
      device,
      name: "rebooted",
      atMs,
      source,
      severity: "warning",
      interface: null,
      message: `Rebooted: up for ${after} s, and for ${before} s at the look before.`,
      attributes: { uptimeBeforeS: String(before), uptimeS: String(after) },
    }
  }
}
