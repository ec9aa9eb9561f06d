/** Backups of the installation: what is configured, and what was made. */
import { z } from "zod"
import { BackupMessage } from "./backup-messages.ts"
import { fieldCode } from "./field-messages.ts"
import { EpochMs, Line, Port } from "./shared.ts"

const Count = z.int().min(0)
export const BackupFrequency = z.enum(["off", "hourly", "daily", "weekly"])
export type BackupFrequency = z.infer<typeof BackupFrequency>

/** An absolute path: where a service's working directory is does not matter. */
const Folder = Line(500).regex(/^\//, fieldCode("field.absolute-path"))
/** As ssh-keygen -lf prints it. */
const HostKey = z
  .string()
  .trim()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, fieldCode("field.host-key"))
const Secret = z.string().min(1).max(16_384)
const Endpoint = z
  .string()
  .trim()
  .max(300)
  .regex(/^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?\/?$/, fieldCode("field.url"))

const Directory = z.strictObject({
  kind: z.literal("directory"),
  /** Null: `backups` in the data folder. */
  path: Folder.nullable(),
})
const Sftp = z.strictObject({
  kind: z.literal("sftp"),
  host: Line(253),
  port: Port,
  username: Line(100),
  path: Line(500),
  /** Null: not known yet; the first attempt names it. */
  hostKey: HostKey.nullable(),
})
const S3 = z.strictObject({
  kind: z.literal("s3"),
  endpoint: Endpoint,
  region: Line(64),
  bucket: Line(63).regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, fieldCode("field.format")),
  /** Begins the name of each object; may be empty. */
  prefix: z
    .string()
    .trim()
    .max(300)
    .regex(/^[\w.-]*(?:\/[\w.-]+)*$/, fieldCode("field.format")),
  accessKeyId: Line(200),
})
/** Without secrets. */
export const BackupTarget = z.discriminatedUnion("kind", [Directory, Sftp, S3])
export type BackupTarget = z.infer<typeof BackupTarget>

export const BackupSettings = z.strictObject({
  frequency: BackupFrequency,
  /** Of daily and weekly backups; a weekly one is made on Sunday. */
  hourUtc: z.int().min(0).max(23),
  keepCount: z.int().min(1).max(1_000),
  keepDays: z.int().min(1).max(3_650),
  target: BackupTarget,
  /** A password, a private key (SFTP) or a secret access key (S3). Left out: as it is. */
  secret: Secret.optional(),
})
export type BackupSettings = z.infer<typeof BackupSettings>

export const BackupRun = z.object({
  id: z.string(),
  reason: z.enum(["schedule", "manual", "update", "command"]),
  state: z.enum(["running", "verified", "unverified", "failed"]),
  startedAtMs: EpochMs,
  finishedAtMs: EpochMs.nullable(),
  target: z.string(),
  file: z.string().nullable(),
  bytes: Count.nullable(),
  rows: Count.nullable(),
  progress: z
    .object({ tables: Count, ofTables: Count, bytes: Count, ofBytes: Count, sent: Count })
    .nullable(),
  /** Why it failed, or was not verified. */
  message: BackupMessage.nullable(),
  /** Its file was removed, as the retention asks. */
  isRemoved: z.boolean(),
})
export type BackupRun = z.infer<typeof BackupRun>

export const VerifiedBackup = z.object({
  atMs: EpochMs,
  file: z.string(),
  target: z.string(),
  bytes: Count,
})
export type VerifiedBackup = z.infer<typeof VerifiedBackup>

export const Backup = z.object({
  settings: BackupSettings.omit({ secret: true }),
  hasSecret: z.boolean(),
  /** The public part of the key; null: there is none yet, and no backup can be made. */
  recipient: z.string().nullable(),
  keyMadeAtMs: EpochMs.nullable(),
  nextAtMs: EpochMs.nullable(),
  lastVerified: VerifiedBackup.nullable(),
  /** The newest first. */
  runs: z.array(BackupRun),
})
export type Backup = z.infer<typeof Backup>

/** `recipient`: of a key pair made elsewhere. Left out: the appliance makes one. */
export const BackupKeyInput = z.strictObject({
  recipient: z
    .string()
    .trim()
    .regex(/^age1[02-9ac-hj-np-z]{58}$/, fieldCode("field.recipient"))
    .optional(),
})
export type BackupKeyInput = z.infer<typeof BackupKeyInput>
export const BackupKey = z.object({
  recipient: z.string(),
  /** The private part, shown once; null: made elsewhere. */
  identity: z.string().nullable(),
})
export type BackupKey = z.infer<typeof BackupKey>
