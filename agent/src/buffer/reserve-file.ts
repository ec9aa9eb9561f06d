/**
 * Disk space held back for the moment when the disk is full. SQLite cannot even delete rows then:
 * first the log has to grow, and emptying the log makes the file grow. The reserve is as large as
 * the log can become between two checkpoints, and some more.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs"

const RESERVE_BYTES = 2 * 1024 * 1024

export type ReserveFile = { readonly free: () => void; readonly allocate: () => void }

export const createReserveFile = (file: string): ReserveFile => ({
  free: () => rmSync(file, { force: true }),
  allocate: () => {
    if (existsSync(file)) return
    try {
      writeFileSync(file, Buffer.alloc(RESERVE_BYTES), { mode: 0o600 })
    } catch {
      rmSync(file, { force: true }) // a partial reserve only takes the space
    }
  },
})
