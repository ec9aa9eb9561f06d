/**
 * What reading a device costs and gives, by collector: measured by the scheduler, and sent as the
 * table `collection`. Pure: it has no timer and no clock.
 */
import type { AssignedDevice, DeviceId, Source } from "@ispvm/wire"
import type { Collector, Observed, Reading, StreamReport, TableReading } from "../collector.ts"
import { collectorKey, everyMsOf } from "../collector.ts"
import { type Measurement, Measurements } from "./measurements.ts"

/** A device's costs are reported this often, the first time soon after its first poll. */
export const COLLECTION_REPORT_MS = { first: 15_000, every: 60_000 } as const

export type Measured = Measurement & { readonly collector: Collector }
/** Values of families and facts, and rows of tables. */
export const countOf = (readings: readonly Reading[]): number =>
  readings.reduce((sum, each) => sum + (each.kind === "table" ? each.rows.length : 1), 0)

type DeviceCosts = {
  dueMs: number
  measured: Measurements
  /** What is the same in each report until the device has another assignment. */
  fixed: { readonly device: AssignedDevice; readonly rows: readonly FixedRow[] } | null
}
type FixedRow = {
  readonly collector: Collector
  readonly key: string
  readonly everyMs: number
}
/** Of every collector that could read this device: whether it is polled at all. */
type Use = "polled" | "standby"

const stateOf = (everyMs: number, use: Use, of: Measurement | undefined): string => {
  if (everyMs <= 0) return "off"
  if (of?.failure != null) return of.rows > 0 ? "partial" : "failed"
  if (use === "standby") return "standby"
  return of === undefined ? "waiting" : "ok"
}

/** A text of a cell has a limit; a router that lacks more menus than this has other problems. */
const joined = (menus: readonly string[]): string | null =>
  menus.length === 0 ? null : menus.slice(0, 40).join(", ")

export type ReportOf = {
  readonly device: AssignedDevice
  readonly collectors: readonly Collector[]
  /** Another source reads the same. */
  readonly dormant: ReadonlySet<Collector>
  readonly observe: (source: Source, device: DeviceId, reads: string) => Observed | null
  readonly streams: readonly StreamReport[]
}

/** A menu that this release lacks, or that the account may not listen to, is shown as such. */
const streamRow = ({ name, menu, state, reason, rows, lastMs }: StreamReport) => {
  const key = `routeros-api.listen-${name}`
  const values = {
    collector: key,
    state,
    reason,
    lastMs,
    rows,
    missing: reason === "missing" ? menu : null,
    forbidden: reason === "not-permitted" ? menu : null,
  }
  return { key, values }
}

export class CollectionCosts {
  readonly #devices = new Map<DeviceId, DeviceCosts>()
  readonly #places = new Map<Collector, number>()

  forget(device: DeviceId): void {
    this.#devices.delete(device)
  }

  /** True if the device's costs should be reported now. `steadyMs` never goes back. */
  add(device: DeviceId, measured: Measured, steadyMs: number): boolean {
    const known = this.#devices.get(device) ?? this.#newDevice(device, steadyMs)
    known.measured.set(this.#placeOf(measured.collector), measured)
    if (steadyMs < known.dueMs) return false
    known.dueMs = steadyMs + COLLECTION_REPORT_MS.every
    return true
  }

  #placeOf(collector: Collector): number {
    const place = this.#places.get(collector) ?? this.#places.size
    if (place === this.#places.size) this.#places.set(collector, place)
    return place
  }

  #newDevice(device: DeviceId, steadyMs: number): DeviceCosts {
    const dueMs = steadyMs + COLLECTION_REPORT_MS.first
    const known: DeviceCosts = { dueMs, measured: new Measurements(), fixed: null }
    this.#devices.set(device, known)
    return known
  }

  #fixedRows(device: AssignedDevice, collectors: readonly Collector[]): readonly FixedRow[] {
    const costs = this.#devices.get(device.id)
    if (costs?.fixed?.device === device) return costs.fixed.rows
    const rows = collectors
      .filter((collector) => collector.supports(device))
      .map((collector) => ({
        collector,
        key: collectorKey(collector),
        everyMs: everyMsOf(collector, device),
      }))
    if (costs !== undefined) costs.fixed = { device, rows }
    return rows
  }

  report({ device, collectors, dormant, observe, streams }: ReportOf, atMs: number): TableReading {
    const measured = this.#devices.get(device.id)?.measured
    const rows = this.#fixedRows(device, collectors).map(({ collector, key, everyMs }) => {
      const of = measured?.get(this.#placeOf(collector))
      const seen = observe(collector.source, device.id, collector.reads)
      const state = stateOf(everyMs, dormant.has(collector) ? "standby" : "polled", of)
      return {
        key,
        values: {
          collector: key,
          state,
          reason: state === "off" ? null : (of?.failure ?? null),
          everyMs,
          slowedMs: of?.slowedMs ?? null,
          isSlowed: of?.slowedMs != null,
          lastMs: of?.atMs ?? null,
          tookMs: of === undefined ? null : Math.round(of.tookMs),
          rows: of?.rows ?? null,
          receivedByte: of?.receivedByte ?? null,
          missing: joined(seen?.missingMenus ?? []),
          forbidden: joined(seen?.forbiddenMenus ?? []),
        },
      }
    })
    return {
      kind: "table",
      device: device.id,
      source: "agent",
      atMs,
      table: "collection",
      rows: [...rows, ...streams.map(streamRow)],
    }
  }
}
