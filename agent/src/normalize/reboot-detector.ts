/**
 * Reports each restart of a router once: its uptime went back (API, SNMP), or it reports the
 * restart by syslog.
 *
 * The uptime is never compared with elapsed time: setting this host's clock would otherwise look
 * like a restart.
 */

import type { DeviceId, Event, Source } from "@ispvm/wire"
import { TICKS_WRAP_S } from "@ispvm/wire/counters"
import type { Reading } from "../collect/collector.ts"

/** When the router restarted, as far as known, and which sources reported it. */
type RebootReport = { readonly fromMs: number; readonly toMs: number; readonly by: Set<Source> }
type Uptimes = { readonly uptimeS: number; readonly hostUptimeS: number | null }
type DeviceState = { readonly uptime: Map<Source, Uptimes>; reports: readonly RebootReport[] }

/** Uptime is in whole seconds, and two clocks differ by at most this much. */
const SLACK_S = 5
/** While the router starts, each source begins to count at a different moment. */
const BOOT_MS = 60_000
/** The syslog line is sent once the network is up, which can take minutes. */
const LINE_AFTER_MS = 300_000
const MAX_REPORTS = 4

/**
 * A difference this close to a multiple of the wrap is the same boot, read once with and once
 * without a source that shows how often the uptime wrapped.
 */
const WRAP_SLACK_S = 1_800

/** 32 bits of hundredths of a second wrap after 497 days. */
const hasWrapped = (source: Source, wasS: number, nowS: number): boolean => {
  const wraps = Math.round((wasS - nowS) / TICKS_WRAP_S)
  return (
    source === "snmp" && wraps >= 1 && Math.abs(wasS - nowS - wraps * TICKS_WRAP_S) < WRAP_SLACK_S
  )
}

/**
 * The SNMP service restarted, but its host did not: the host's uptime is at least as long as the
 * service's was, and continues. Agents with another value in this object do not pass this test.
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

  /** The restarts that these readings are the first to report. */
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

  /** A syslog line about a restart that is already known is an ordinary line. */
  onEvent(event: Event): Event {
    if (event.name !== "rebooted") return event
    // A line of the log menu is the same line as by syslog; the uptime is another witness.
    const source = event.attributes.menu === undefined ? event.source : "syslog"
    const isNew = this.#isNew(event.device, source, event.atMs - LINE_AFTER_MS, event.atMs)
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

  /** One source reports each restart once: another report is the next restart. */
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
      message: `Rebooted: uptime is ${after} s, was ${before} s.`,
      attributes: { uptimeBeforeS: String(before), uptimeS: String(after) },
    }
  }
}
