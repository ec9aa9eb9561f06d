/**
 * Where an update of this machine is and how the last one ended: one file, written by
 * `ispvm update` as root, read by the appliance. A release reads what its neighbours wrote: fields
 * are added, never changed.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { z } from "zod"
import { UpdateKind, UpdateOutcome, UpdatePhase } from "../api/updates.ts"

/** Owned by root; everybody may read the state in it. */
export const UPDATE_FOLDER = "/var/lib/ispvm-update"
export const STATE_FILE = "state.json"
/** In it: packages of the agent, with their manifest, that agents elsewhere are offered. */
export const AGENT_FOLDER = "agent"

/**
 * What a release reports to systemd while its migrations run. The release before, which updates to
 * it, does not count that time: a word that stays.
 */
export const MIGRATING_STATUS = "Migrating the database"

/** In the data folder: what the appliance asks root for. The bundle is written first. */
export const REQUEST_FOLDER = "update"
export const REQUEST_FILE = "request.json"
export const BUNDLE_FILE = "bundle.tar"

const Version = z.string().regex(/^[0-9A-Za-z.+~-]{1,100}$/)

/** `debian`: packages of Debian itself, around a release that stays. */
const Kind = UpdateKind.default("release")

const LastUpdate = z.object({
  kind: Kind,
  outcome: UpdateOutcome,
  from: Version.nullable(),
  /** Null: the bundle was rejected before its version was known. */
  to: Version.nullable(),
  /** A code, as in `UPDATE_REASONS`; empty: it succeeded. */
  reason: z.string().max(100),
  /** For who reads it; English. */
  detail: z.string().max(2_000),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
})
export type LastUpdate = z.infer<typeof LastUpdate>

export const UpdateState = z.object({
  kind: Kind,
  phase: UpdatePhase,
  /** The release that runs, or ran before the switch. Null while idle. */
  from: Version.nullable(),
  /** Null while idle, and until the bundle has been checked. */
  to: Version.nullable(),
  startedAtMs: z.number().nullable(),
  phaseAtMs: z.number(),
  /** `command`, or who asked in the UI. Null while idle. */
  by: z.string().max(200).nullable(),
  /** The release that `ispvm rollback` returns to. */
  previous: Version.nullable(),
  /** The same of the agent of this machine, whose release may differ. */
  agent: z
    .object({ from: Version.nullable(), previous: Version.nullable() })
    .default({ from: null, previous: null }),
  last: LastUpdate.nullable(),
})
export type UpdateState = z.infer<typeof UpdateState>

/** Why an update was rejected or rolled back. Those of a bundle are in `cli/update/bundle.ts`. */
export const UPDATE_REASONS = [
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
  "other-suite",
  "older-packages",
  "nothing-newer",
  "missing-packages",
  "debian-incomplete",
  "no-file",
  "no-space",
  "database",
  "clock",
  "backup-failed",
  "install-failed",
  "not-ready",
  "self-test",
  "agent",
  "no-previous",
  "killed",
  "power-loss",
  "fault",
] as const
export type UpdateReason = (typeof UPDATE_REASONS)[number]

export const UpdateRequest = z.strictObject({
  kind: z.enum(["update", "rollback"]),
  by: z.string().min(1).max(200),
  atMs: z.number(),
  /** Also while the clock follows no time server. */
  ignoreClock: z.boolean().optional(),
})
export type UpdateRequest = z.infer<typeof UpdateRequest>

export const IDLE: UpdateState = {
  kind: "release",
  phase: "idle",
  from: null,
  to: null,
  startedAtMs: null,
  phaseAtMs: 0,
  by: null,
  previous: null,
  agent: { from: null, previous: null },
  last: null,
}

/** Idle where there is no file, and where it cannot be read as one. */
export const readUpdateState = (folder = UPDATE_FOLDER): UpdateState => {
  try {
    return UpdateState.parse(JSON.parse(readFileSync(join(folder, STATE_FILE), "utf8")))
  } catch {
    return IDLE
  }
}

const syncFile = (path: string): void => {
  const handle = openSync(path, "r")
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** On disk when it returns: the whole file, or the one before it. A field a line, for recovery. */
export const writeUpdateState = (state: UpdateState, folder = UPDATE_FOLDER): void => {
  const file = join(folder, STATE_FILE)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const handle = openSync(`${file}.new`, "w", 0o644)
  try {
    writeSync(handle, `${JSON.stringify(UpdateState.parse(state), null, 2)}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(`${file}.new`, file)
  syncFile(dirname(file))
}
