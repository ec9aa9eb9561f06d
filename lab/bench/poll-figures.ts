/** What the responders of `bench -- poll` offer and count. */
export const PORTS = 300
export const SESSIONS = 20_000
export const CHANGES_PER_S = 500

export type Counts = {
  /** Values that were sent: objects of SNMP, properties of the API. */
  readonly values: number
  readonly rows: number
  readonly bytesAsked: number
  readonly bytesSent: number
  /** Rows of interfaces of sessions. */
  readonly sessionInterfaces: number
  /** Sessions that came or went. */
  readonly changes: number
  /** Sessions in the last list that was sent. */
  readonly sessions: number
  /** Sessions after the last change. */
  readonly current: number
}
export const NO_COUNTS: Counts = {
  values: 0,
  rows: 0,
  bytesAsked: 0,
  bytesSent: 0,
  sessionInterfaces: 0,
  changes: 0,
  sessions: 0,
  current: 0,
}
