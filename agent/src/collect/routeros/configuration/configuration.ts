/**
 * The fingerprint of a router's configuration: once a day at a time of its own, and a minute after
 * a log line that reports a change. A reading goes on in parts of a second or two, between which the
 * router's other collectors are polled.
 */
import { createHash } from "node:crypto"
import type { AssignedDevice, DeviceId } from "@ispvm/wire"
import type { Reading, TableReading } from "../../collector.ts"
import type { MenuReader } from "../menus/read-menus.ts"
import { type Basis, basisOf } from "./fingerprint.ts"
import { readSection, type SectionReading } from "./read-section.ts"
import { nameOf, type Section } from "./section.ts"
import { SECTIONS } from "./sections.ts"

export const CONFIGURATION = "configuration"
/** A part of a reading, the pause after it, and all parts of a reading together. */
export const PART_MS = 1_500
const PAUSE_MS = 2_000
export const BUDGET_MS = 60_000
/** After a log line that reports a change: more lines may follow, and scripts change things often. */
export const AFTER_CHANGE = { delayMs: 60_000, gapMs: 600_000 } as const
/** After the device was assigned, so that a new one is not without hashes for a day. */
const FIRST_WITHIN_MS = 900_000

type Row = TableReading["rows"][number]
/** A reading that has begun. */
type Progress = {
  readonly left: Section[]
  readonly rows: Row[]
  tookMs: number
  receivedByte: number
}
export type Cost = { readonly tookMs: number; readonly receivedByte: number }

const rowOf = (
  section: Section,
  { state, fingerprint }: SectionReading,
  basis: Basis,
  more: { readonly version: string | null; readonly atMs: number },
): Row => ({
  key: nameOf(section),
  values: {
    section: nameOf(section),
    state,
    hash: fingerprint?.hash ?? null,
    basis: fingerprint === null ? null : basisOf(section, basis),
    version: fingerprint === null ? null : more.version,
    rows: fingerprint?.rows ?? null,
    secrets: fingerprint?.secrets ?? null,
    isOrdered: section.isOrdered,
    readMs: more.atMs,
  },
})

/** A share of `ofMs` that is always the same for a device. */
const offsetMs = (device: DeviceId, ofMs: number): number =>
  Math.floor((createHash("sha256").update(device).digest().readUInt32BE(0) / 2 ** 32) * ofMs)

/** Ms until the device's next time: the same time of each interval, whenever the agent started. */
export const waitMs = (device: DeviceId, everyMs: number, nowMs: number): number => {
  const since = (nowMs - offsetMs(device, everyMs)) % everyMs
  return everyMs - (since < 0 ? since + everyMs : since)
}

type Deps = {
  readonly now: () => number
  readonly steady: () => number
  /** Null: the appliance has sent no key, and this host has none. */
  readonly key: () => Buffer | null
  readonly sections?: readonly Section[]
  readonly partMs?: number
  readonly budgetMs?: number
}
type Poll = {
  readonly device: AssignedDevice
  readonly reader: MenuReader
}

export class Configuration {
  readonly #deps: Required<Deps>
  readonly #started = new Map<DeviceId, Progress>()
  readonly #costs = new Map<DeviceId, Cost>()
  /** A change was reported while they were read: they are read once more. */
  readonly #changed = new Set<DeviceId>()

  constructor(deps: Deps) {
    this.#deps = { sections: SECTIONS, partMs: PART_MS, budgetMs: BUDGET_MS, ...deps }
  }

  get paths(): readonly string[] {
    return this.#deps.sections.map(({ path }) => path)
  }

  forget(device: DeviceId): void {
    this.#started.delete(device)
    this.#costs.delete(device)
    this.#changed.delete(device)
  }

  /** A change was reported. */
  requested(device: DeviceId): void {
    if (this.#started.has(device)) this.#changed.add(device)
  }

  /** Ms until the next part or reading. */
  waitMs(device: DeviceId, everyMs: number, after: "assigned" | "polled"): number {
    if (this.#started.has(device)) return PAUSE_MS
    const daily = waitMs(device, everyMs, this.#deps.now())
    if (this.#changed.has(device)) return Math.min(daily, AFTER_CHANGE.gapMs)
    if (after === "polled" && this.#deps.key() !== null) return daily
    return Math.min(daily, offsetMs(device, Math.min(everyMs, FIRST_WITHIN_MS)) + PAUSE_MS)
  }

  /** Of all parts of the last reading; null: one that has begun goes on. */
  costOf(device: DeviceId): Cost | null {
    return this.#started.has(device) ? null : (this.#costs.get(device) ?? null)
  }

  /** Empty until the last part. */
  async collect({ device, reader }: Poll): Promise<Reading[]> {
    const key = this.#deps.key()
    if (key === null) return []
    const { steady, partMs, budgetMs } = this.#deps
    const progress = this.#started.get(device.id) ?? {
      left: [...this.#deps.sections],
      rows: [],
      tookMs: 0,
      receivedByte: 0,
    }
    if (!this.#started.has(device.id)) this.#changed.delete(device.id)
    this.#started.set(device.id, progress)
    const withSecrets = device.access.routerosApi?.tls === true
    const basis: Basis = { key, device: device.id, withSecrets }
    const [startedMs, before] = [steady(), reader.connection.receivedBytes]
    const spentMs = (): number => steady() - startedMs
    try {
      while (spentMs() < partMs) {
        const section = progress.left.shift()
        if (section === undefined) break
        if (progress.tookMs + spentMs() >= budgetMs) {
          this.#add(progress, section, { state: "not-reached", fingerprint: null }, basis, reader)
          continue
        }
        const found = await readSection(reader, section, basis)
        if (found !== null) this.#add(progress, section, found, basis, reader)
      }
    } catch (error) {
      // The connection is lost, or the access is wrong: the next poll starts again.
      this.#started.delete(device.id)
      throw error
    } finally {
      progress.tookMs += spentMs()
      progress.receivedByte += reader.connection.receivedBytes - before
    }
    if (progress.left.length > 0) return []
    this.#started.delete(device.id)
    const { tookMs, receivedByte, rows } = progress
    this.#costs.set(device.id, { tookMs, receivedByte })
    return [
      {
        kind: "table",
        table: "configuration",
        device: device.id,
        source: "routeros-api",
        atMs: this.#deps.now(),
        rows,
      },
    ]
  }

  #add(
    { rows }: Progress,
    section: Section,
    found: SectionReading,
    basis: Basis,
    { known }: MenuReader,
  ): void {
    const more = { version: known.version, atMs: this.#deps.now() }
    rows.push(rowOf(section, found, basis, more))
  }
}
