/** What checks are made of: readings in, results out. Plain data. */
import type { CheckMessage } from "../../api/check-messages.ts"
import type { CheckState } from "../../api/health.ts"

export type StorageFault = "disk-full" | "read-only" | "unreachable" | "failing"
export type CertificateFault = "not-pem" | "key-does-not-fit" | "expired"

/** The 95th percentile of what was measured lately; null: nothing was. */
export type Latency = { readonly p95Ms: number | null; readonly samples: number }

export type DiskReading = {
  readonly path: string
  readonly freeBytes: number
  readonly totalBytes: number
}
/** Of the disk of the database, and what it limits. */
export type RawStorageReading = {
  readonly usedBytes: number
  readonly freeBytes: number
  /** `shorten`: raw values are dropped before their retention. `stop`: none are stored either. */
  readonly level: "normal" | "shorten" | "stop"
  /** Epoch ms before which raw values were dropped early; null: none were. */
  readonly droppedUntilMs: number | null
  /** Since storing stopped. */
  readonly notStored: { readonly samples: number; readonly devices: number }
}
export type AgentReading = {
  readonly name: string
  readonly isOnline: boolean
  /** Epoch ms of the oldest reading that it still holds; null: none, or not reported. */
  readonly oldestBufferedAtMs: number | null
  readonly certificateExpiresAtMs: number | null
  /** The release that it has given up; null: none. */
  readonly gaveUp: string | null
}
/** The last update of the appliance that was undone, where no other has succeeded since. */
export type UndoneUpdate = {
  readonly to: string
  readonly atMs: number
  /** Packages of Debian, which nothing undoes. */
  readonly isIncomplete: boolean
}
export type BackupReading = {
  /** Of the schedule; null: none, or there is no key. */
  readonly everyMs: number | null
  readonly keyMadeAtMs: number | null
  readonly lastVerifiedAtMs: number | null
  /** Whether the newest run that has ended failed or was not verified. */
  readonly hasFailed: boolean
}
export type NotificationReading = {
  /** Those that are switched on. */
  readonly channels: number
  readonly failing: readonly { readonly name: string; readonly sinceMs: number }[]
}
/** Null: not known now, as of what the database answers while it is down. */
export type Readings = {
  readonly nowMs: number
  readonly storageFault: StorageFault | null
  readonly disks: readonly DiskReading[]
  /** Null: the disk cannot be read, such as that of another machine. */
  readonly rawStorage: RawStorageReading | null
  readonly clock: {
    /** Null: unknown. */
    readonly isSynchronized: boolean | null
    /** Since when it is known not to be; null: it is, or not known. */
    readonly lostSinceMs: number | null
  }
  readonly agents: readonly AgentReading[] | null
  /** Pieces of work that wait to be evaluated, of the busiest organisation; null: none yet. */
  readonly waiting: number | null
  readonly certificate: {
    readonly fault: CertificateFault | null
    readonly expiresAtMs: number | null
  }
  readonly backup: BackupReading | null
  readonly undoneUpdate: UndoneUpdate | null
  readonly notifications: NotificationReading | null
  readonly detection: Latency
  readonly ingest: Latency
  readonly queries: Latency
  readonly dispatch: Latency
  /** From the storage of readings to their evaluation; null rates: not known yet. */
  readonly evaluation: Latency & {
    readonly rulesPerS: number | null
    readonly alertsPerS: number | null
  }
}

/** What one evaluation finds, before it has lasted. */
export type CheckResult = {
  readonly state: CheckState
  readonly value: number | null
  readonly message: CheckMessage
}
