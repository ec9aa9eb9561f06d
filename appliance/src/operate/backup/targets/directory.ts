/** Backups in a directory of this machine, or of what is mounted there. */
import { createReadStream } from "node:fs"
import { mkdir, open, rename, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { Target } from "./target.ts"

export const PARTIAL = ".partial"

export const directoryTarget = (folder: string): Target => {
  const pathOf = (file: string): string => join(folder, file)
  return {
    name: folder,
    write: async (file, content) => {
      const partial = pathOf(`${file}${PARTIAL}`)
      await mkdir(dirname(partial), { recursive: true, mode: 0o700 })
      const handle = await open(partial, "w", 0o600)
      try {
        for await (const chunk of content) await handle.writeFile(chunk)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(partial, pathOf(file))
    },
    read: (file) => createReadStream(pathOf(file)),
    remove: async (file) => {
      await rm(pathOf(`${file}${PARTIAL}`), { force: true })
      await rm(pathOf(file), { force: true })
    },
  }
}
