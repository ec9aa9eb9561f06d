/** Whether an update can begin: pure decisions about disk and clock, with what they are made from. */
import { statfsSync, statSync } from "node:fs"
import type { UpdateReason } from "../../machine/update-state.ts"

export type Fault = { readonly reason: UpdateReason; readonly detail: string }
export type Need = {
  readonly folder: string
  readonly bytes: number
  /** For people: `the new release`. */
  readonly what: string
}
export type Disk = { readonly device: number; readonly freeBytes: number }

/** In the words of the system, and of our own backup (`backup.disk-full`). */
const NO_SPACE = /no space (?:is )?left/i
/** Of a program that has failed. A disk that is full by now is a reason of its own. */
export const programFault = (reason: UpdateReason, detail: string): Fault => ({
  reason: NO_SPACE.test(detail) ? "no-space" : reason,
  detail,
})

const BYTES_PER_MB = 1e6
/** Left over on each disk after the update. */
export const SPARE_BYTES = 50 * BYTES_PER_MB
const DAY_MS = 86_400_000

export const megabytes = (bytes: number): string => `${Math.ceil(bytes / BYTES_PER_MB)} MB`

export const diskOf = (folder: string): Disk => {
  const { bavail, bsize } = statfsSync(folder)
  return { device: statSync(folder).dev, freeBytes: bavail * bsize }
}

/** Needs of folders on the same disk are added up. Null: there is room. */
export const spaceFault = (
  needs: readonly Need[],
  diskOfFolder: (folder: string) => Disk,
): Fault | null => {
  const disks = new Map<number, { readonly free: number; readonly needs: Need[] }>()
  for (const need of needs) {
    const { device, freeBytes } = diskOfFolder(need.folder)
    const disk = disks.get(device) ?? { free: freeBytes, needs: [] }
    disk.needs.push(need)
    disks.set(device, disk)
  }
  const short = [...disks.values()].flatMap(({ free, needs: all }) => {
    const bytes = all.reduce((sum, need) => sum + need.bytes, SPARE_BYTES)
    if (free >= bytes) return []
    const parts = all.map((need) => `${need.what} in ${need.folder} ${megabytes(need.bytes)}`)
    return [
      `${megabytes(bytes)} are needed (${parts.join(", ")}, ${megabytes(SPARE_BYTES)} to spare), ${megabytes(free)} are free`,
    ]
  })
  return short.length === 0 ? null : { reason: "no-space", detail: short.join("; ") }
}

export type ClockFacts = {
  readonly nowMs: number
  /** Null: nobody knows, as on a machine without systemd's time service. */
  readonly isSynchronized: boolean | null
  /** When the new release was made. */
  readonly madeAtMs: number
}
/** A wrong clock makes certificates invalid and puts new data in the past. */
export const clockFault = ({ nowMs, isSynchronized, madeAtMs }: ClockFacts): Fault | null => {
  if (nowMs < madeAtMs - DAY_MS)
    return {
      reason: "clock",
      detail: `the clock says ${new Date(nowMs).toISOString()}, the release was made at ${new Date(madeAtMs).toISOString()}`,
    }
  if (isSynchronized === false)
    return { reason: "clock", detail: "the clock follows no time server" }
  return null
}
