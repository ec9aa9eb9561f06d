/**
 * Lines that were not made events, by reason, and the sentences that say so on the agents' page and to the device concerned.
 * What a sentence counts is at most ten minutes old. Memory is bounded; time is passed in.
 */
import type { DeviceId } from "@ispvm/wire"
import type { SyslogDevice } from "./names.ts"
import type { UnassignedReason } from "./senders.ts"

const WINDOW_MS = 300_000
/** Told to a device once, and again not before so long. */
const REPORT_EVERY_MS = 600_000
const MAX_ADDRESSES = 100
const MAX_NAMED = 5
const MAX_NAME_CHARS = 60

export type LostReason = "rate" | "time"
type UnassignedLines = {
  lines: number
  named: string | null
  readonly reason: UnassignedReason
  readonly deviceNames: readonly string[]
}
type Window = {
  sinceMs: number
  readonly lost: Map<DeviceId, { name: string; lines: number }>
  readonly unassigned: Map<string, UnassignedLines>
}
export type DeviceLoss = {
  readonly device: DeviceId
  readonly lines: number
  readonly reason: LostReason
}

const short = (text: string): string =>
  text.length > MAX_NAME_CHARS ? `${text.slice(0, MAX_NAME_CHARS)}…` : text
const lines = (count: number): string => (count === 1 ? "1 line" : `${count} lines`)
const listOf = (texts: readonly string[]): string => {
  const shown = texts.slice(0, MAX_NAMED).join(", ")
  return texts.length > MAX_NAMED ? `${shown} and ${texts.length - MAX_NAMED} more` : shown
}

export const createLosses = (nowMs: number) => {
  const fresh = (sinceMs: number): Window => ({ sinceMs, lost: new Map(), unassigned: new Map() })
  let current = fresh(nowMs)
  let before = fresh(nowMs)
  const unreported = new Map<
    DeviceId,
    { lines: number; reason: LostReason; reportedAtMs: number | null }
  >()

  const rotate = (atMs: number): void => {
    if (atMs - current.sinceMs < WINDOW_MS) return
    before = atMs - current.sinceMs < 2 * WINDOW_MS ? current : fresh(atMs)
    current = fresh(atMs)
  }
  /** Where there is no room the one with the fewest lines goes: a flood of made-up addresses does not hide a real router. */
  const addressOf = (key: string, made: () => UnassignedLines): UnassignedLines => {
    const was = current.unassigned.get(key)
    if (was !== undefined) return was
    if (current.unassigned.size >= MAX_ADDRESSES) {
      let smallest: string | null = null
      let fewest = Number.POSITIVE_INFINITY
      for (const [each, { lines: count }] of current.unassigned)
        if (count < fewest) [smallest, fewest] = [each, count]
      if (smallest !== null) current.unassigned.delete(smallest)
    }
    const entry = made()
    current.unassigned.set(key, entry)
    return entry
  }

  const unassignedFor = (reason: UnassignedReason) => {
    const all = new Map<string, UnassignedLines>()
    for (const { unassigned } of [before, current])
      for (const [key, one] of unassigned) {
        if (one.reason !== reason) continue
        const was = all.get(key)
        all.set(
          key,
          was === undefined
            ? one
            : { ...one, lines: was.lines + one.lines, named: one.named ?? was.named },
        )
      }
    const rows = [...all]
      .map(([key, one]) => ({ ip: key.slice(reason.length + 1), ...one }))
      .sort((a, b) => b.lines - a.lines)
    return { rows, total: rows.reduce((sum, row) => sum + row.lines, 0) }
  }
  const unknownSendersNote = (): string | null => {
    const { rows, total } = unassignedFor("unknown-source")
    if (total === 0) return null
    const named = rows.filter((row) => row.named !== null)
    const from = listOf(
      [...named, ...rows.filter((row) => row.named === null)].map(({ ip, named: name }) =>
        name === null ? ip : `${ip} naming ${short(name)}`,
      ),
    )
    return `Syslog: ${lines(total)} came from addresses of no device of this agent (${from}). Give the device that address, or list the address in ISPVM_SYSLOG_RELAYS if it passes on lines of others.`
  }
  const severalNote = (): string | null => {
    const { rows, total } = unassignedFor("several-devices")
    const [first] = rows
    if (first === undefined) return null
    return `Syslog: ${lines(total)} from ${listOf(rows.map(({ ip }) => ip))} belong to nobody: several devices are behind that address (${listOf(first.deviceNames.map(short))}) and the line names none of them. Let the routers send their identity (bsd-syslog=yes, from 7.18 on remote-log-format=syslog), and name the devices like it.`
  }
  const otherNote = (): string | null => {
    const { rows, total } = unassignedFor("other-device")
    if (total === 0) return null
    const from = rows.map(
      ({ ip, deviceNames, named }) =>
        `${ip} (${listOf(deviceNames.map(short))}) naming ${short(named ?? "another host")}`,
    )
    return `Syslog: ${lines(total)} name another device than the one they come from: ${listOf(from)}. List the address in ISPVM_SYSLOG_RELAYS if it passes on lines of others.`
  }
  const lostNote = (): string | null => {
    const all = new Map<string, number>()
    for (const { lost } of [before, current])
      for (const one of lost.values()) all.set(one.name, (all.get(one.name) ?? 0) + one.lines)
    const rows = [...all].sort(([, a], [, b]) => b - a)
    const total = rows.reduce((sum, [, count]) => sum + count, 0)
    if (total === 0) return null
    return `Syslog: ${lines(total)} were dropped in the last 10 minutes, for they came faster than they are kept: ${listOf(rows.map(([name, count]) => `${short(name)} ${count}`))}. Narrow the topics of the routers' logging rules.`
  }

  return {
    lost(device: SyslogDevice, reason: LostReason, atMs: number): void {
      rotate(atMs)
      const entry = current.lost.get(device.id) ?? { name: device.name, lines: 0 }
      entry.lines += 1
      current.lost.set(device.id, entry)
      const pending = unreported.get(device.id) ?? { lines: 0, reason, reportedAtMs: null }
      pending.lines += 1
      unreported.set(device.id, pending)
    },
    unassigned(
      ip: string,
      reason: UnassignedReason,
      named: string | null,
      devices: readonly SyslogDevice[],
      atMs: number,
    ): void {
      rotate(atMs)
      const entry = addressOf(`${reason} ${ip}`, () => ({
        lines: 0,
        named,
        reason,
        deviceNames: devices.slice(0, 8).map(({ name }) => name),
      }))
      entry.lines += 1
      entry.named = named ?? entry.named
    },
    /** Sentences for the agents' page. */
    notes(atMs: number): readonly string[] {
      rotate(atMs)
      return [lostNote(), severalNote(), otherNote(), unknownSendersNote()].flatMap(
        (note) => note ?? [],
      )
    },
    /** What devices are to be told now; asked about once a minute. */
    due(atMs: number): readonly DeviceLoss[] {
      const out: DeviceLoss[] = []
      for (const [device, pending] of unreported) {
        const isQuiet =
          pending.reportedAtMs !== null && atMs - pending.reportedAtMs < REPORT_EVERY_MS
        if (isQuiet) continue
        if (pending.lines === 0) unreported.delete(device)
        else out.push({ device, lines: pending.lines, reason: pending.reason })
        pending.lines = 0
        pending.reportedAtMs = atMs
      }
      return out
    },
  }
}
