/** Lost lines, counted in windows of five minutes. */
import type { DeviceId } from "@ispvm/wire"
import type { UnassignedReason } from "./senders.ts"

export type LostReason = "rate" | "time"
export type UnassignedLines = {
  lines: number
  named: string | null
  readonly reason: UnassignedReason
  readonly deviceNames: readonly string[]
}
export type LossWindow = {
  sinceMs: number
  readonly lost: Map<DeviceId, { name: string; lines: number }>
  /** By reason and address. */
  readonly unassigned: Map<string, UnassignedLines>
}
