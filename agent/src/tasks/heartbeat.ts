/** Sends a heartbeat every two seconds. The answer shows whether the assignment has changed. */

import type { Heartbeat, RedactionReport } from "@ispvm/wire"
import type { Logger } from "pino"
import type { RoundTrip } from "../clock.ts"
import type { pause } from "../transport/backoff.ts"
import { RejectedError, type Uplink } from "../transport/uplink.ts"
import type { PackageUpdates } from "../update/fetch.ts"

export const HEARTBEAT_MS = 2_000
/** A rejected certificate will not be accepted two seconds later either. */
const REJECTED_INTERVAL_MS = 15_000

type Deps = {
  readonly uplink: () => Uplink
  readonly describe: () => Heartbeat
  /** What is hidden now. */
  readonly redaction: () => RedactionReport
  /** Null: the appliance cannot update this agent. */
  readonly packages: PackageUpdates | null
  /** The appliance's current revision. */
  readonly onRevision: (revision: string) => void
  /** The latest version of batches that it accepts, if it says so. */
  readonly onBatchVersion: (latest: number | undefined) => void
  /** Whether it accepts facts with ids of interfaces. */
  readonly onInterfaceIds: (areAccepted: boolean) => void
  /** Measures the appliance's clock. */
  readonly onRoundTrip: (trip: RoundTrip) => void
  /** Ms of a monotonic clock. */
  readonly steady: () => number
  readonly pause: typeof pause
  readonly log: Logger
}
export type HeartbeatState = {
  sent: number
  failed: number
  problem: string | null
  isRejected: boolean
}

export const createHeartbeat = ({
  uplink,
  describe,
  redaction,
  packages,
  onRevision,
  onBatchVersion,
  onInterfaceIds,
  onRoundTrip,
  steady,
  pause,
  log,
}: Deps) => {
  const state: HeartbeatState = { sent: 0, failed: 0, problem: null, isRejected: false }

  const failed = (error: unknown): void => {
    state.failed += 1
    const message = error instanceof Error ? error.message : String(error)
    state.isRejected =
      error instanceof RejectedError && (error.status === 401 || error.status === 403)
    if (state.problem === null)
      log.warn(
        { reason: message, rejected: state.isRejected },
        "the appliance gets no heartbeats of this agent",
      )
    state.problem = message
  }
  const sendHeartbeat = async (signal: AbortSignal): Promise<void> => {
    const sentMs = steady()
    try {
      const answer = await uplink().heartbeat(
        describe(),
        signal,
        packages?.own() ?? null,
        redaction(),
      )
      state.sent += 1
      if (state.problem !== null) log.info("the appliance gets heartbeats again")
      state.problem = null
      state.isRejected = false
      onRoundTrip({ sentMs, receivedMs: steady(), answeredMs: answer.serverAtMs })
      onRevision(answer.revision)
      onBatchVersion(answer.batchVersion)
      onInterfaceIds(answer.acceptsInterfaceIds === true)
      packages?.alive()
      if (answer.package !== undefined) packages?.offered(answer.package.version, signal)
    } catch (error) {
      if (!signal.aborted) failed(error)
    }
  }
  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const beganMs = steady()
      await sendHeartbeat(signal)
      const everyMs = state.isRejected ? REJECTED_INTERVAL_MS : HEARTBEAT_MS
      await pause(Math.min(everyMs, Math.max(0, beganMs + everyMs - steady())), signal)
    }
  }
  return { state, run }
}
