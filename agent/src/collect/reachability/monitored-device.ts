/** What a pinger remembers of a device. */
import type { AssignedDevice, PingSample } from "@ispvm/wire"
import { type Loss, NO_LOSS, type Rtt } from "./probe-result.ts"

export type ProbeReason = PingSample["because"]
export type MonitoredDevice = {
  device: AssignedDevice
  rtt: Rtt | null
  /** Of its last probes while it answered. */
  loss: Loss
  /** Null: not yet known. */
  answers: boolean | null
  /** These and the next by the monotonic clock. */
  answeredMs: number | null
  unansweredBurstMs: number | null
  /**
   * The device answers TCP but no ping: until then rounds use TCP, or every round would start a
   * burst.
   */
  noPingUntilMs: number
  lastAtMs: number
  /** Consecutive rounds without a result from fping. */
  unknownRounds: number
  /** A missed reply is in no sample yet, because the host was overloaded. */
  hasDeferred: boolean
  readonly busy: Set<ProbeReason>
}

export const newMonitoredDevice = (device: AssignedDevice): MonitoredDevice => ({
  device,
  rtt: null,
  loss: NO_LOSS,
  answers: null,
  answeredMs: null,
  unansweredBurstMs: null,
  noPingUntilMs: 0,
  lastAtMs: 0,
  unknownRounds: 0,
  hasDeferred: false,
  busy: new Set(),
})
