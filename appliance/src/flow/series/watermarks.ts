/**
 * How full the disk of the database is, and what follows: from 90 % on raw values are dropped before
 * their retention, from 95 % on none are stored. Evaluation does not depend on either.
 */
import type { DiskUse as WholeDiskUse } from "../../platform/disk-use.ts"
import type { DeviceId } from "../../platform/ids.ts"

export type DiskUse = Pick<WholeDiskUse, "usedBytes" | "freeBytes">

/** `shorten`: raw values are dropped early. `stop`: also, no raw values are stored. */
export type WatermarkLevel = "normal" | "shorten" | "stop"

/** Each is left two percent below where it is entered, so that a level does not flap. */
const ENTER = { shorten: 0.9, stop: 0.95 } as const
const LEAVE = { shorten: 0.88, stop: 0.93 } as const

export const usedRatio = ({ usedBytes, freeBytes }: DiskUse): number =>
  usedBytes / Math.max(1, usedBytes + freeBytes)

/** Pure. */
export const nextLevel = (was: WatermarkLevel, used: number): WatermarkLevel => {
  if (used >= (was === "stop" ? LEAVE : ENTER).stop) return "stop"
  return used >= (was === "normal" ? ENTER : LEAVE).shorten ? "shorten" : "normal"
}

/** What people see of it. `notStored`: since storing stopped, or since the start. */
export type WatermarkView = {
  readonly level: WatermarkLevel
  readonly disk: DiskUse
  /** Epoch ms before which raw values were dropped early; null: none were. */
  readonly droppedUntilMs: number | null
  readonly notStored: { readonly samples: number; readonly devices: number }
}
export type Watermarks = {
  readonly level: () => WatermarkLevel
  /** Reads the disk. One that cannot be read leaves the level as it is. */
  readonly refresh: () => Promise<void>
  readonly noteNotStored: (samples: ReadonlyMap<DeviceId, number>) => void
  readonly noteDropped: (untilMs: number | null) => void
  /** Null: the disk has not been read, or cannot be. */
  readonly view: () => WatermarkView | null
}
type Deps = {
  /** Null: it cannot be read, such as that of another machine. */
  readonly readDisk: () => Promise<DiskUse | null>
  readonly onChange?: (level: WatermarkLevel, was: WatermarkLevel) => void
}

export const createWatermarks = ({ readDisk, onChange = () => undefined }: Deps): Watermarks => {
  let level: WatermarkLevel = "normal"
  let disk: DiskUse | null = null
  let droppedUntilMs: number | null = null
  let samples = 0
  const devices = new Set<DeviceId>()
  return {
    level: () => level,
    refresh: async () => {
      disk = await readDisk()
      if (disk === null) return
      const was = level
      level = nextLevel(was, usedRatio(disk))
      if (level === was) return
      if (level === "stop") {
        samples = 0
        devices.clear()
      }
      onChange(level, was)
    },
    noteNotStored: (counts) => {
      for (const [device, count] of counts) {
        samples += count
        devices.add(device)
      }
    },
    noteDropped: (untilMs) => {
      droppedUntilMs = untilMs
    },
    view: () =>
      disk === null
        ? null
        : { level, disk, droppedUntilMs, notStored: { samples, devices: devices.size } },
  }
}
