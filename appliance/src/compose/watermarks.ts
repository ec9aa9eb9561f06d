/** The watermarks of the disk of the database, read here, in the log and on /metrics. */
import { createWatermarks, type WatermarkLevel, type Watermarks } from "../flow/series/series.ts"
import type { Counters } from "../platform/counters.ts"
import { readDiskUse } from "../platform/disk-use.ts"
import type { Log } from "../platform/log.ts"

/** A disk that fills at 1 GB/s has 50 GB of its last 5 % left on 1 TB; smaller ones are slower. */
const READ_MS = 5_000
const LEVELS: Readonly<Record<WatermarkLevel, number>> = { normal: 0, shorten: 1, stop: 2 }

type Deps = {
  /** Null: the database is on another machine. */
  readonly folder: string | null
  readonly counters: Counters
  readonly log: Pick<Log, "warn" | "info">
}

export const startWatermarks = async (
  { folder, counters, log }: Deps,
  stack: AsyncDisposableStack,
): Promise<Watermarks> => {
  const gauge = counters.gauge(
    "raw_storage_level",
    "What the disk of the database allows: 0 all, 1 raw values are dropped early, 2 none are stored",
  )
  const watermarks = createWatermarks({
    readDisk: async () => (folder === null ? null : await readDiskUse(folder)),
    onChange: (level, was) => {
      gauge.set(LEVELS[level])
      const what = LEVELS[level] > LEVELS[was] ? "warn" : "info"
      log[what]({ level, was }, "what the disk of the database allows to store has changed")
    },
  })
  gauge.set(LEVELS.normal)
  await watermarks.refresh()
  const timer = setInterval(() => void watermarks.refresh(), READ_MS).unref()
  stack.defer(() => clearInterval(timer))
  return watermarks
}
