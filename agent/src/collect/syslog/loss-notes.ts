/** The notes about lost lines on the Agents page. Pure. */
import type { LossWindow, UnassignedLines } from "./loss-model.ts"
import type { UnassignedReason } from "./senders.ts"

const MAX_NAMED = 5
const MAX_NAME_CHARS = 60

const short = (text: string): string =>
  text.length > MAX_NAME_CHARS ? `${text.slice(0, MAX_NAME_CHARS)}…` : text
const lines = (count: number): string => (count === 1 ? "1 line" : `${count} lines`)
const listOf = (texts: readonly string[]): string => {
  const shown = texts.slice(0, MAX_NAMED).join(", ")
  return texts.length > MAX_NAMED ? `${shown} and ${texts.length - MAX_NAMED} more` : shown
}

type Rows = {
  readonly rows: readonly (UnassignedLines & { readonly ip: string })[]
  readonly total: number
}
const unassignedFor = (windows: readonly LossWindow[], reason: UnassignedReason): Rows => {
  const all = new Map<string, UnassignedLines>()
  for (const { unassigned } of windows)
    for (const [key, one] of unassigned) {
      if (one.reason !== reason) continue
      const was = all.get(key)
      const sum =
        was === undefined
          ? one
          : { ...one, lines: was.lines + one.lines, named: one.named ?? was.named }
      all.set(key, sum)
    }
  const rows = [...all]
    .map(([key, one]) => ({ ip: key.slice(reason.length + 1), ...one }))
    .sort((a, b) => b.lines - a.lines)
  return { rows, total: rows.reduce((sum, row) => sum + row.lines, 0) }
}

const unknownSendersNote = (windows: readonly LossWindow[]): string | null => {
  const { rows, total } = unassignedFor(windows, "unknown-source")
  if (total === 0) return null
  const named = rows.filter((row) => row.named !== null)
  const from = listOf(
    [...named, ...rows.filter((row) => row.named === null)].map(({ ip, named: name }) =>
      name === null ? ip : `${ip} naming ${short(name)}`,
    ),
  )
  return `Syslog: ${lines(total)} came from addresses that are not a device of this agent (${from}). Give the device that address, or list the address in ISPVM_SYSLOG_RELAYS if it is a relay.`
}

const severalNote = (windows: readonly LossWindow[]): string | null => {
  const { rows, total } = unassignedFor(windows, "several-devices")
  const [first] = rows
  if (first === undefined) return null
  return `Syslog: ${lines(total)} from ${listOf(rows.map(({ ip }) => ip))} cannot be assigned: several devices have that address (${listOf(first.deviceNames.map(short))}) and the line names none of them. Configure the routers to send their identity (bsd-syslog=yes, from 7.18 on remote-log-format=syslog), and give the devices the same names.`
}

const otherNote = (windows: readonly LossWindow[]): string | null => {
  const { rows, total } = unassignedFor(windows, "other-device")
  if (total === 0) return null
  const from = rows.map(
    ({ ip, deviceNames, named }) =>
      `${ip} (${listOf(deviceNames.map(short))}) naming ${short(named ?? "another host")}`,
  )
  return `Syslog: ${lines(total)} name another device than their sender: ${listOf(from)}. List the address in ISPVM_SYSLOG_RELAYS if it is a relay.`
}

const ambiguousNote = (windows: readonly LossWindow[]): string | null => {
  const { rows, total } = unassignedFor(windows, "ambiguous")
  if (total === 0) return null
  const from = listOf(
    rows.map(({ ip, named }) => (named === null ? ip : `${ip} naming ${short(named)}`)),
  )
  return `Syslog: ${lines(total)} from relays (${from}) fit several devices: two have the name or serial number, or the name is of one and the serial number of another. Give each device a name of its own.`
}

const lostNote = (windows: readonly LossWindow[]): string | null => {
  const all = new Map<string, number>()
  for (const { lost } of windows)
    for (const one of lost.values()) all.set(one.name, (all.get(one.name) ?? 0) + one.lines)
  const rows = [...all].sort(([, a], [, b]) => b - a)
  const total = rows.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0) return null
  return `Syslog: ${lines(total)} were dropped in the last 10 minutes because they exceeded the rate limit: ${listOf(rows.map(([name, count]) => `${short(name)} ${count}`))}. Narrow the topics of the routers' logging rules.`
}

export const notesOf = (windows: readonly LossWindow[]): readonly string[] =>
  [lostNote, severalNote, ambiguousNote, otherNote, unknownSendersNote].flatMap(
    (note) => note(windows) ?? [],
  )
