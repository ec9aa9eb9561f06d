/** A new appliance takes the place of one whose backup it is given, until somebody has claimed it. */
import { z } from "zod"
import { BackupMessage } from "./backup-messages.ts"
import { fieldCode } from "./field-messages.ts"
import { SetupRequest } from "./session.ts"
import { EpochMs } from "./shared.ts"

/** Of a backup file: pieces are sent one after another, each in one request. */
export const RESTORE_PIECE_BYTES = 2 * 1024 * 1024
const MAX_FILE_BYTES = 1024 ** 4
const KEY_FILE_CHARACTERS = 10_000

const Bytes = z.int().min(0)
/** A whole key file may be pasted: comments and empty lines are skipped. */
const KeyFile = z
  .string()
  .max(KEY_FILE_CHARACTERS)
  .regex(/^\s*AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}\s*$/m, fieldCode("field.format"))

/** `POST /api/v1/setup/restore`: begins an upload, with the code on the console. */
export const RestoreRequest = z.strictObject({
  setupCode: SetupRequest.shape.setupCode,
  /** The private key. Null: the file is not encrypted. */
  identity: KeyFile.nullable(),
  bytes: z.int().min(1).max(MAX_FILE_BYTES),
})
export type RestoreRequest = z.infer<typeof RestoreRequest>

/** `PUT /api/v1/setup/restore/file`: bytes from `offset` on, as the body. */
export const RestorePieceQuery = z.object({ offset: z.coerce.number().int().min(0) })

/** The appliance stops for `restoring`, and answers again when the restore has ended. */
export const RestoreState = z.discriminatedUnion("phase", [
  z.object({ phase: z.literal("none") }),
  z.object({ phase: z.literal("receiving"), bytes: Bytes, ofBytes: Bytes }),
  /** The file is read to its end before anything is touched. */
  z.object({ phase: z.literal("checking"), bytes: Bytes, ofBytes: Bytes }),
  z.object({ phase: z.literal("restoring") }),
  z.object({
    phase: z.literal("done"),
    madeAtMs: EpochMs,
    product: z.string(),
    tables: z.int(),
    rows: z.int(),
  }),
  z.object({ phase: z.literal("failed"), message: BackupMessage }),
])
export type RestoreState = z.infer<typeof RestoreState>
