/** What the checks of the appliance itself read. Slow sources are read in the background. */
import type { Agent } from "../api/agents.ts"
import type { Backup, BackupFrequency } from "../api/backup.ts"
import type { Channel } from "../api/notifications.ts"
import type { UpdateState } from "../machine/update-state.ts"
import type {
  AgentReading,
  BackupReading,
  DiskReading,
  NotificationReading,
  UndoneUpdate,
} from "../operate/health/model.ts"
import { readDiskUse } from "../platform/disk-use.ts"
import type { Log } from "../platform/log.ts"

const REFRESH_MS = 15_000
/** What was read longer ago is not known any more. */
const STALE_MS = 60_000

const HOUR_MS = 3_600_000
const EVERY_MS: Readonly<Record<BackupFrequency, number | null>> = {
  off: null,
  hourly: HOUR_MS,
  daily: 24 * HOUR_MS,
  weekly: 7 * 24 * HOUR_MS,
}

/** A folder that is not there has no disk to watch. */
export const readDisks = async (folders: readonly string[]): Promise<readonly DiskReading[]> => {
  const disks = await Promise.all(
    folders.map(async (path): Promise<readonly DiskReading[]> => {
      const use = await readDiskUse(path)
      return use === null ? [] : [{ path, freeBytes: use.freeBytes, totalBytes: use.totalBytes }]
    }),
  )
  return disks.flat()
}

const agentReading = ({ clockSkewMs, oldestBufferedAtMs, ...agent }: Agent): AgentReading => ({
  name: agent.name,
  isOnline: agent.statusReason !== "offline",
  // By the agent's clock.
  oldestBufferedAtMs: oldestBufferedAtMs === null ? null : oldestBufferedAtMs - (clockSkewMs ?? 0),
  certificateExpiresAtMs: agent.certificateExpiresAtMs,
  gaveUp: agent.update?.state === "failed" ? agent.update.version : null,
})
export const agentReadings = (agents: readonly Agent[]): readonly AgentReading[] =>
  agents.filter(({ enrolment }) => enrolment === "enrolled").map(agentReading)

/** What was rejected has changed nothing. */
export const undoneUpdate = ({ last }: UpdateState): UndoneUpdate | null =>
  last !== null && ["rolled-back", "undone-at-boot", "incomplete"].includes(last.outcome)
    ? {
        to: last.to ?? "",
        atMs: last.endedAtMs,
        isIncomplete: last.outcome === "incomplete",
      }
    : null

export const backupReading = ({
  recipient,
  keyMadeAtMs,
  settings,
  lastVerified,
  runs,
}: Pick<
  Backup,
  "recipient" | "keyMadeAtMs" | "settings" | "lastVerified" | "runs"
>): BackupReading => {
  const ended = runs.find(({ state }) => state !== "running")
  return {
    everyMs: recipient === null ? null : EVERY_MS[settings.frequency],
    keyMadeAtMs,
    lastVerifiedAtMs: lastVerified?.atMs ?? null,
    hasFailed: ended !== undefined && ended.state !== "verified",
  }
}

export const notificationReading = (channels: readonly Channel[]): NotificationReading => {
  const used = channels.filter(({ isEnabled }) => isEnabled)
  return {
    channels: used.length,
    failing: used.flatMap(({ name, failingSinceMs: sinceMs }) =>
      sinceMs === null ? [] : [{ name, sinceMs }],
    ),
  }
}

/** The last answer of a slow source; null: none yet, or too long ago. */
export type Refreshed<T> = { readonly read: () => T | null; readonly refresh: () => Promise<void> }
type Clocks = { readonly steady: () => number; readonly log: Pick<Log, "debug"> }

/** A source that does not answer delays nobody: its last answer ages. */
export const createRefreshed = <T>(
  source: () => Promise<T>,
  { steady, log }: Clocks,
): Refreshed<T> => {
  let last: { readonly value: T; readonly atMs: number } | null = null
  let running: Promise<void> | null = null
  const load = async (): Promise<void> => {
    try {
      last = { value: await source(), atMs: steady() }
    } catch (error) {
      log.debug({ err: error }, "a source of the health checks did not answer")
    }
  }
  return {
    read: () => (last === null || steady() - last.atMs > STALE_MS ? null : last.value),
    refresh: () => {
      running ??= load().finally(() => {
        running = null
      })
      return running
    },
  }
}

/** Refreshes all of them now and then until stopped. */
export const keepRefreshed = (
  all: readonly Pick<Refreshed<unknown>, "refresh">[],
): (() => void) => {
  const refresh = (): void => {
    for (const one of all) void one.refresh()
  }
  refresh()
  const timer = setInterval(refresh, REFRESH_MS).unref()
  return () => clearInterval(timer)
}
