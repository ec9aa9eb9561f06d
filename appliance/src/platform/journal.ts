/**
 * Lines for systemd's journal. It files a line without a priority as "info", so `journalctl -p
 * warning` would show none of ours. Each line begins with `<n>` of sd-daemon(3), which the journal
 * takes off. The fields stay JSON in the message: the journal's own fields need a datagram socket
 * in the file system, which Node does not have.
 */
import { fstatSync } from "node:fs"
import type { DestinationStream } from "pino"

/** Of syslog(3), by the lowest level of pino that has it. */
const PRIORITIES = [
  [50, 3],
  [40, 4],
  [30, 6],
] as const
const DEBUG = 7
const ERROR = 3

/**
 * `journalStream`: JOURNAL_STREAM, the device and inode of what systemd has connected. A child
 * inherits the variable and may write elsewhere, hence the comparison of systemd.exec(5).
 */
export const isJournal = (fd: number, journalStream: string | null): boolean => {
  if (journalStream === null) return false
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true })
    return journalStream === `${dev}:${ino}`
  } catch {
    return false // closed
  }
}

const priorityOf = (level: number): number =>
  PRIORITIES.find(([from]) => level >= from)?.[1] ?? DEBUG

/** A destination of pino, which tells it the level of each line. */
export const withPriorities = (to: DestinationStream): DestinationStream => {
  const destination = {
    [Symbol.for("pino.metadata")]: true,
    lastLevel: 0,
    write: (line: string): void => to.write(`<${priorityOf(destination.lastLevel)}>${line}`),
  }
  return destination
}

/** Why the program ends, in plain text: every line of it is an error. */
export const asErrorLines = (text: string): string => text.replaceAll(/^(?=.)/gm, `<${ERROR}>`)
