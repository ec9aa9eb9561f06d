/** Number of lines by outcome, for the agent's metrics. */
export type SyslogCounts = {
  lines: number
  /** Lines of log menus. */
  read: number
  events: number
  links: number
  debug: number
  /** Frequent lines that one event reports together. */
  combined: number
  /** The same line again, sent by a second logging rule of the router. */
  repeated: number
  unknownSource: number
  /** Several devices have this address, and the line names none of them. */
  severalDevices: number
  otherDevice: number
  /** Over a sender's number of lines, and over its time. */
  limited: number
  overTime: number
  /** By TCP: a line longer than a datagram, an invalid length, a connection over the limits. */
  tooLong: number
  framing: number
  connectionLimit: number
  failed: number
}

export const noCounts = (): SyslogCounts => ({
  lines: 0,
  read: 0,
  events: 0,
  links: 0,
  debug: 0,
  combined: 0,
  repeated: 0,
  unknownSource: 0,
  severalDevices: 0,
  otherDevice: 0,
  limited: 0,
  overTime: 0,
  tooLong: 0,
  framing: 0,
  connectionLimit: 0,
  failed: 0,
})
