/** How full the disk of a folder is, as `df` counts: what only root may use is neither used nor free. */
import { statfs } from "node:fs/promises"

/** In bytes. */
export type DiskUse = {
  readonly usedBytes: number
  readonly freeBytes: number
  readonly totalBytes: number
}

/** Null: there is no such folder, or its file system counts no blocks. */
export const readDiskUse = async (folder: string): Promise<DiskUse | null> => {
  try {
    const { blocks, bfree, bavail, bsize } = await statfs(folder)
    if (blocks === 0) return null
    return {
      usedBytes: (blocks - bfree) * bsize,
      freeBytes: bavail * bsize,
      totalBytes: blocks * bsize,
    }
  } catch {
    return null
  }
}
