/** Every two seconds: I live, this is how I am; the answer says whether what I am to watch has changed. */
import type { Logger } from "pino"
import type { RoundTrip } from "../clock.ts"
import type { pause } from "../transport/backoff.ts"
import { Refused, type Uplink } from "../transport/uplink.ts"
import type { Heartbeat } from "../wire/wire.ts"

export const HEARTBEAT_MS = 2_000
/** A certificate that is not accepted is not going to be in two seconds either. */
const REFUSED_MS = 15_000

type Deps = {
  readonly uplink: () => Uplink
  readonly describe: () => Heartbeat
  /** The revision the appliance has. */
  readonly onRevision: (revision: string) => void
  /** What the answer says of the appliance's clock. */
  readonly onRoundTrip: (trip: RoundTrip) => void
  /** Ms of a clock that nobody can set. */
  readonly steady: () => number
  readonly pause: typeof pause
  readonly log: Logger
}
export type HeartbeatState = { sent: number; failed: number; trouble: string | null; isRefused: boolean }

export const createHeartbeat = ({ uplink, describe, onRevision, onRoundTrip, steady, pause, log }: Deps) => {
  const state: HeartbeatState = { sent: 0, failed: 0, trouble: null, isRefused: false }

  const failed = (error: unknown): void => {
    state.failed += 1
    const message = error instanceof Error ? error.message : String(error)
    state.isRefused = error instanceof Refused && (error.status === 401 || error.status === 403)
    if (state.trouble === null) log.warn({ reason: message, refused: state.isRefused }, "the appliance does not hear this agent")
    state.trouble = message
  }
  const beat = async (signal: AbortSignal): Promise<void> => {
    const sentMs = steady()
    try {
      const answer = await uplink().heartbeat(describe(), signal)
      state.sent += 1
      if (state.trouble !== null) log.info("the appliance hears this agent again")
      state.trouble = null
      state.isRefused = false
      onRoundTrip({ sentMs, receivedMs: steady(), answeredMs: answer.serverAtMs })
      onRevision(answer.revision)
    } catch (error) {
      if (!signal.aborted) failed(error)
    }
  }
  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const beganMs = steady()
      await beat(signal)
      const everyMs = state.isRefused ? REFUSED_MS : HEARTBEAT_MS
      await pause(Math.min(everyMs, Math.max(0, beganMs + everyMs - steady())), signal)
    }
  }
  return { state, run }
}
