/**
 * A router that has restarted, told once: its uptime went back (by the API, by SNMP), or it says so
 * itself by syslog.
 *
 * Only uptime is compared, never with the time passed: a clock of this host that is set would
 * otherwise be a reboot.
 */

import type { DeviceId, Event, Source } from "@ispvm/wire"
import { TICKS_WRAP_S } from "@ispvm/wire/counters"
import type { Reading } from "../collect/collector.ts"

/** When the router began anew, as far as that is known, and who has said so. */
type RebootReport = { readonly fromMs: number; readonly toMs: number; readonly by: Set<Source> }
type Uptimes = { readonly uptimeS: number; readonly hostUptimeS: number | null }
type DeviceState = { readonly uptime: Map<Source, Uptimes>; reports: readonly RebootReport[] }

/** Uptime is told in whole seconds, and by two clocks at most this much apart. */
const SLACK_S = 5
/** Each source counts from a moment of its own while the router starts. */
const BOOT_MS = 60_000
/** The line is sent once the network is up, which takes a large router minutes. */
const LINE_AFTER_MS = 300_000
const MAX_REPORTS = 4

/**
 * So near to a whole number of wraps the same run goes on, seen once with and once without what
 * tells how often it wrapped.
 */
const WRAP_SLACK_S = 1_800

/** 32 bits of hundredths wrap after 497 days. */
const hasWrapped = (source: Source, wasS: number, nowS: number): boolean => {
  const wraps = Math.round((wasS - nowS) / TICKS_WRAP_S)
  return (
    source === "snmp" && wraps >= 1 && Math.abs(wasS - nowS - wraps * TICKS_WRAP_S) < WRAP_SLACK_S
  )
}

/**
 * The SNMP service began anew and its host did not: the host's uptime is at least as long as the
 * service's was, and goes on. An agent that holds something else there does not stand this test.
 */
const isServiceOnly = (was: Uptimes, now: Uptimes): boolean =>
  was.hostUptimeS !== null &&
  now.hostUptimeS !== null &&
  was.hostUptimeS >= was.uptimeS - SLACK_S &&
  now.hostUptimeS > was.hostUptimeS

export class RebootDetector {
  readonly #newId: () => string
  readonly #devices = new Map<DeviceId, DeviceState>()

  constructor(newId: () => string) {
    this.#newId = newId
  }

  /** The reboots that these readings are the first to tell of. */
  onReadings(readings: readonly Reading[]): readonly Event[] {
    return readings.flatMap((reading): Event[] => {
      if (reading.kind !== "health" && reading.kind !== "interface") return []
      const { device, source, atMs, uptimeS } = reading
      if (uptimeS === null) return []
      const { uptime } = this.#of(device)
      const was = uptime.get(source)
      const now = { uptimeS, hostUptimeS: reading.hostUptimeS ?? null }
      uptime.set(source, now)
      if (was === undefined || uptimeS >= was.uptimeS - SLACK_S) return []
      const wasS = was.uptimeS
      if (hasWrapped(source, wasS, uptimeS) || isServiceOnly(was, now)) return []
      const bootMs = Math.max(0, Math.round(atMs - uptimeS * 1_000))
      if (!this.#isNew(device, source, bootMs - BOOT_MS, bootMs + BOOT_MS)) return []
      return [this.#event(device, source, bootMs, wasS, uptimeS)]
    })
  }

  /** A line of the router: where its reboot is told already, it is a line like any other. */
  onEvent(event: Event): Event {
    if (event.name !== "rebooted") return event
    const isNew = this.#isNew(event.device, event.source, event.atMs - LINE_AFTER_MS, event.atMs)
    return isNew ? event : { ...event, name: "log" }
  }

  forget(device: DeviceId): void {
    this.#devices.delete(device)
  }

  #of(device: DeviceId): DeviceState {
    const state = this.#devices.get(device) ?? { uptime: new Map(), reports: [] }
    this.#devices.set(device, state)
    return state
  }

  /** One source tells each reboot once: what it tells again is the next one. */
  #isNew(device: DeviceId, source: Source, fromMs: number, toMs: number): boolean {
    const state = this.#of(device)
    const same = state.reports.find(
      (one) => one.fromMs <= toMs && fromMs <= one.toMs && !one.by.has(source),
    )
    same?.by.add(source)
    if (same === undefined)
      state.reports = [...state.reports, { fromMs, toMs, by: new Set([source]) }].slice(
        -MAX_REPORTS,
      )
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
