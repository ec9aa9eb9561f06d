/** The API's answers about backups; it stores changes. */
import { type Backup, BackupSettings } from "@ispvm/appliance/api/backup"
import { uuid } from "./make.ts"
import type { Answer } from "./server.ts"

const HOUR_MS = 3_600_000
export const RECIPIENT = `age1${"q".repeat(58)}`
export const IDENTITY = `AGE-SECRET-KEY-1${"Q".repeat(58)}`

export const makeEmptyBackup = (): Backup => ({
  settings: {
    ...{ frequency: "daily", hourUtc: 2, keepCount: 14, keepDays: 30 },
    target: { kind: "directory", path: null },
  },
  hasSecret: false,
  recipient: null,
  keyMadeAtMs: null,
  nextAtMs: null,
  lastVerified: null,
  runs: [],
})

const makeRun = (n: number, more: Partial<Backup["runs"][number]>): Backup["runs"][number] => ({
  id: uuid(5_000 + n),
  reason: "schedule",
  state: "verified",
  startedAtMs: Date.now() - n * 24 * HOUR_MS - HOUR_MS,
  finishedAtMs: Date.now() - n * 24 * HOUR_MS,
  target: "sftp://backup.example.net:22/srv/ispvm",
  file: `ispvm-2026112${n}T020000Z.age`,
  bytes: 148_000_000,
  rows: 8_212_044,
  progress: null,
  message: null,
  isRemoved: false,
  ...more,
})
export const makeBackup = (): Backup => ({
  ...makeEmptyBackup(),
  recipient: RECIPIENT,
  keyMadeAtMs: Date.now() - 90 * HOUR_MS,
  nextAtMs: Date.now() + 7 * HOUR_MS,
  lastVerified: {
    atMs: Date.now() - 24 * HOUR_MS,
    file: "ispvm-20261121T020000Z.age",
    target: "sftp://backup.example.net:22/srv/ispvm",
    bytes: 148_000_000,
  },
  runs: [
    makeRun(0, {
      state: "failed",
      ...{ bytes: null, rows: null },
      message: { code: "backup.disk-full", params: {} },
    }),
    makeRun(1, {}),
    makeRun(2, { state: "verified", isRemoved: true }),
  ],
})

export const answerBackup = (backup: Backup, what: string, body: unknown): Answer | null => {
  switch (what) {
    case "GET /backup":
      return { status: 200, body: backup }
    case "PUT /backup/settings": {
      const { secret, ...settings } = BackupSettings.parse(body)
      Object.assign(backup, { settings, hasSecret: secret !== undefined })
      return { status: 204, body: undefined }
    }
    case "POST /backup/key":
      Object.assign(backup, { recipient: RECIPIENT, keyMadeAtMs: Date.now() })
      return { status: 201, body: { recipient: RECIPIENT, identity: IDENTITY } }
    case "POST /backup/runs":
      backup.runs.unshift(
        makeRun(3, {
          ...{ reason: "manual", state: "running", finishedAtMs: null, bytes: null, rows: null },
          startedAtMs: Date.now(),
          progress: { tables: 11, ofTables: 60, bytes: 40, ofBytes: 100, sent: 31_000_000 },
        }),
      )
      return { status: 202, body: { id: uuid(5_003) } }
    default:
      return null
  }
}
