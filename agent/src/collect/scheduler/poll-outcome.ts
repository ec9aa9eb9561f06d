/** Results of polls, and what follows from them. */
import type { AssignedDevice, DeviceId, Source } from "@ispvm/wire"
import type { CollectReason } from "../collector.ts"

/** `isPartial`: something was read, so the next poll need not wait longer than usual. */
export type Outcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: CollectReason; readonly isPartial?: boolean }
/**
 * What is reported as an event: the first failure of a source, that it works (again), and that it
 * is no longer polled, so that its last failure means nothing.
 */
export type SourceChange = "failed" | "works" | "ended" | null
export type LastReported = { readonly change: SourceChange; readonly reason: CollectReason | null }
export const NOTHING_REPORTED: LastReported = { change: null, reason: null }
/** Another source whose state changed with a result, without a poll of its own. */
export type Superseded = { readonly source: Source; readonly change: "works" | "ended" }
export type Completion = {
  readonly stale: boolean
  readonly change: SourceChange
  readonly superseded: readonly Superseded[]
}
export type Applied = {
  readonly gone: readonly DeviceId[]
  /**
   * Sources of remaining devices that had failed and are now polled with another access or not at
   * all.
   */
  readonly ended: readonly { readonly device: AssignedDevice; readonly source: Source }[]
}
