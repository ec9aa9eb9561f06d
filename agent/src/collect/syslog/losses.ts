/**
 * Lines that did not become events, by reason, for the notes on the Agents page and for the device.
 * Counts are at most ten minutes old. Memory is limited; time is an argument.
 */
import type { DeviceId } from "@ispvm/wire"
import type { LossWindow, LostReason, UnassignedLines } from "./loss-model.ts"
import { notesOf } from "./loss-notes.ts"
import type { SyslogDevice } from "./names.ts"
import type { UnassignedReason } from "./senders.ts"

const WINDOW_MS = 300_000
/** A device gets one note, and the next one not before this time. */
const REPORT_EVERY_MS = 600_000
const MAX_ADDRESSES = 100

export type DeviceLoss = {
  readonly device: DeviceId
  readonly lines: number
  readonly reason: LostReason
}

const fresh = (sinceMs: number): LossWindow => ({
  sinceMs,
  lost: new Map(),
  unassigned: new Map(),
})

/**
 * Without free room, the address with the fewest lines is removed: spoofed ones do not hide a
 * router.
 */
const makeRoom = (unassigned: Map<string, UnassignedLines>): void => {
  if (unassigned.size < MAX_ADDRESSES) return
  let smallest: string | null = null
  let fewest = Number.POSITIVE_INFINITY
  for (const [each, { lines: count }] of unassigned)
    if (count < fewest) [smallest, fewest] = [each, count]
  if (smallest !== null) unassigned.delete(smallest)
}

export class Losses {
  #current: LossWindow
  #before: LossWindow
  readonly #unreported = new Map<
    DeviceId,
    { lines: number; reason: LostReason; reportedAtMs: number | null }
  >()

  constructor(nowMs: number) {
    this.#current = fresh(nowMs)
    this.#before = fresh(nowMs)
  }

  lost(device: SyslogDevice, reason: LostReason, atMs: number): void {
    this.#rotate(atMs)
    const entry = this.#current.lost.get(device.id) ?? { name: device.name, lines: 0 }
    entry.lines += 1
    this.#current.lost.set(device.id, entry)
    const pending = this.#unreported.get(device.id) ?? { lines: 0, reason, reportedAtMs: null }
    pending.lines += 1
    this.#unreported.set(device.id, pending)
  }

  unassigned(
    ip: string,
    reason: UnassignedReason,
    named: string | null,
    devices: readonly SyslogDevice[],
    atMs: number,
  ): void {
    this.#rotate(atMs)
    const { unassigned } = this.#current
    const key = `${reason} ${ip}`
    if (!unassigned.has(key)) makeRoom(unassigned)
    const deviceNames = devices.slice(0, 8).map(({ name }) => name)
    const entry = unassigned.get(key) ?? { lines: 0, named, reason, deviceNames }
    unassigned.set(key, entry)
    entry.lines += 1
    entry.named = named ?? entry.named
  }

  /** Notes for the Agents page. */
  notes(atMs: number): readonly string[] {
    this.#rotate(atMs)
    return notesOf([this.#before, this.#current])
  }

  /** Losses to report to devices now. Called about once a minute. */
  due(atMs: number): readonly DeviceLoss[] {
    const out: DeviceLoss[] = []
    for (const [device, pending] of this.#unreported) {
      const isQuiet = pending.reportedAtMs !== null && atMs - pending.reportedAtMs < REPORT_EVERY_MS
      if (isQuiet) continue
      if (pending.lines === 0) this.#unreported.delete(device)
      else out.push({ device, lines: pending.lines, reason: pending.reason })
      pending.lines = 0
      pending.reportedAtMs = atMs
    }
    return out
  }

  #rotate(atMs: number): void {
    const ageMs = atMs - this.#current.sinceMs
    if (ageMs < WINDOW_MS) return
    this.#before = ageMs < 2 * WINDOW_MS ? this.#current : fresh(atMs)
    this.#current = fresh(atMs)
  }
}
