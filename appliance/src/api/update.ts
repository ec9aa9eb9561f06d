/** Updates of an installed appliance: their state, results and the reasons of both. */
import { z } from "zod"
import { EpochMs } from "./shared.ts"

/** What is being done, in this order. Up to `testing`, an interruption undoes the update. */
export const UPDATE_PHASES = [
  "checking",
  "unpacking",
  "switching",
  "testing",
  "agent",
  "registering",
] as const
export const UpdatePhase = z.enum(UPDATE_PHASES)
export type UpdatePhase = z.infer<typeof UpdatePhase>

/** Why a bundle was rejected, an update not begun, or undone. */
export const UPDATE_REASONS = [
  // Of the bundle.
  "not-a-bundle",
  "truncated",
  "too-large",
  "unexpected-file",
  "unsigned",
  "foreign-key",
  "changed",
  "other-architecture",
  "older",
  "same-version",
  // Of this machine, before anything is changed.
  "update-running",
  "disk-space",
  "database",
  "clock",
  "backup-old",
  "needs-packages",
  "nothing-to-roll-back",
  // Of the new release, after the switch.
  "does-not-start",
  "self-test",
  "too-slow",
  // Of any moment.
  "interrupted",
  "disk-full",
  "failed",
] as const
export const UpdateReason = z.enum(UPDATE_REASONS)
export type UpdateReason = z.infer<typeof UpdateReason>

const Version = z.string().regex(/^[0-9A-Za-z.+~-]{1,100}$/)
export const UpdateKind = z.enum(["update", "rollback"])
export type UpdateKind = z.infer<typeof UpdateKind>

/**
 * `rejected`: nothing was changed. `rolled-back`: the release before runs again. `agent`: of the
 * agent of this machine, `kept`: the release before, because the new one did not run.
 */
export const UpdateResult = z.object({
  /** Of the request. */
  id: z.uuid(),
  kind: UpdateKind,
  outcome: z.enum(["installed", "rejected", "rolled-back"]),
  from: Version,
  to: Version.nullable(),
  reason: UpdateReason.nullable(),
  /** For the log and an administrator: what exactly was found, in English. */
  detail: z.string().max(500).nullable(),
  agent: z.enum(["updated", "kept", "none"]),
  /** An account's e-mail, or `root` for the command line. */
  requestedBy: z.string().max(300),
  startedAtMs: EpochMs,
  endedAtMs: EpochMs,
  /** How long the UI did not answer; null: the services were not restarted. */
  downtimeMs: z.int().nonnegative().nullable(),
})
export type UpdateResult = z.infer<typeof UpdateResult>

export const RunningUpdate = z.object({
  id: z.uuid(),
  kind: UpdateKind,
  phase: UpdatePhase,
  from: Version,
  /** Null until the bundle is verified. */
  to: Version.nullable(),
  requestedBy: z.string().max(300),
  startedAtMs: EpochMs,
})
export type RunningUpdate = z.infer<typeof RunningUpdate>

export const Update = z.object({
  /** Whether this appliance was installed from packages, and can update itself. */
  isAvailable: z.boolean(),
  version: Version,
  /** The release that a rollback starts; null: there is none. */
  previous: Version.nullable(),
  running: RunningUpdate.nullable(),
  last: UpdateResult.nullable(),
})
export type Update = z.infer<typeof Update>

/** A larger bundle is not ours. */
export const MAX_BUNDLE_BYTES = 600_000_000
