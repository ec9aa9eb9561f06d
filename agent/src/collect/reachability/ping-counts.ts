/** What a pinger counts. */
export type PingCounts = {
  rounds: number
  confirmationBursts: number
  toolFailures: number
  unresolved: number
  late: number
  /** Probes without a result because fping failed. */
  unknown: number
  /** Missed replies that waited for the next probe, because the host was overloaded. */
  deferred: number
}

export const newPingCounts = (): PingCounts => ({
  rounds: 0,
  confirmationBursts: 0,
  toolFailures: 0,
  unresolved: 0,
  late: 0,
  unknown: 0,
  deferred: 0,
})
