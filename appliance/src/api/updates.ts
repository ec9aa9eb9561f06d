/** Updates of the appliance itself: what runs, what was uploaded, and how the last one ended. */
import { z } from "zod"
import { EpochMs } from "./shared.ts"
import { UpdateMessage } from "./update-messages.ts"

const Version = z.string()

export const UpdatePhase = z.enum([
  "idle",
  "checking",
  "backing-up",
  "installing",
  "starting",
  "testing",
  "rolling-back",
])
export type UpdatePhase = z.infer<typeof UpdatePhase>

/** A release of ours, or packages of Debian itself. */
export const UpdateKind = z.enum(["release", "debian"])
export type UpdateKind = z.infer<typeof UpdateKind>

/**
 * `rejected`: nothing was changed. `rolled-back`: the new release failed its tests. `undone-at-boot`:
 * the machine stopped during the update. `returned`: an administrator asked for the release before.
 * `incomplete`: packages of Debian, of which not all are there or work; none of them was undone.
 */
export const UpdateOutcome = z.enum([
  "updated",
  "rejected",
  "rolled-back",
  "undone-at-boot",
  "returned",
  "incomplete",
])
export type UpdateOutcome = z.infer<typeof UpdateOutcome>

export const Updates = z.object({
  /** Of the release that answers. */
  version: Version,
  /** False: this appliance was not installed from packages. */
  isSupported: z.boolean(),
  /** The release that a rollback returns to; null: none is kept. */
  previous: Version.nullable(),
  /** Of the update that runs. */
  kind: UpdateKind,
  phase: UpdatePhase,
  /** Of the update that runs; null: none does, or not known yet. */
  to: Version.nullable(),
  phaseAtMs: EpochMs.nullable(),
  /** An update or a rollback was asked for and has not begun. */
  isRequested: z.boolean(),
  bundle: z.object({ bytes: z.int().min(0), uploadedAtMs: EpochMs }).nullable(),
  last: z
    .object({
      kind: UpdateKind,
      outcome: UpdateOutcome,
      from: Version.nullable(),
      to: Version.nullable(),
      /** Null: it went well. */
      message: UpdateMessage.nullable(),
      startedAtMs: EpochMs,
      endedAtMs: EpochMs,
    })
    .nullable(),
})
export type Updates = z.infer<typeof Updates>

/** A bundle is sent in pieces, so that a slow connection breaks none of them off. */
export const MAX_PIECE_BYTES = 1024 * 1024
export const MAX_BUNDLE_BYTES = 600_000_000

/** `offset`: bytes before this piece; 0 starts over. `bytes`: of the whole bundle. */
export const BundlePiece = z.strictObject({
  offset: z.coerce.number().pipe(z.int().min(0).max(MAX_BUNDLE_BYTES)),
  bytes: z.coerce.number().pipe(z.int().min(1).max(MAX_BUNDLE_BYTES)),
})
export type BundlePiece = z.infer<typeof BundlePiece>
export const BundleReceived = z.object({
  /** Bytes that are stored; the offset of the next piece. */
  received: z.int().min(0),
  isComplete: z.boolean(),
})
export type BundleReceived = z.infer<typeof BundleReceived>

export const UpdateRequest = z.strictObject({ kind: z.enum(["update", "rollback"]) })
export type UpdateRequest = z.infer<typeof UpdateRequest>
