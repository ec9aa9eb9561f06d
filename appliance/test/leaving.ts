/**
 * The last user of the shared database server stops it while the next one may be starting. Each writes a
 * file before it reads the other's: either the one that leaves sees the user and does not stop the
 * server, or the user sees that it is being stopped and waits.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { describeProcess } from "../src/platform/postgres/lock.ts"

const POLL_MS = 50

/** Files of processes that still run; a number may belong to another process since. */
const living = (folder: string, than = 0): readonly string[] =>
  readdirSync(folder).filter((pid) => {
    const now = describeProcess(Number(pid))
    return Number(pid) !== than && now !== null && now === readOrNull(join(folder, pid))
  })
const readOrNull = (file: string): string | null => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return null
  }
}

export const createUsers = (folder: string, pid = process.pid) => {
  const users = join(folder, "users")
  const leavers = join(folder, "leavers")
  const own = (kind: string): string => join(kind, String(pid))
  return {
    /** Answers when no server is being stopped. */
    enter: async (): Promise<void> => {
      for (const kind of [users, leavers]) mkdirSync(kind, { recursive: true })
      writeFileSync(own(users), describeProcess(pid) ?? "")
      while (living(leavers, pid).length > 0) await delay(POLL_MS)
    },
    /** In one go, for a process that ends; `stop` is called for the last one. */
    leave: (stop: () => void): void => {
      rmSync(own(users), { force: true })
      writeFileSync(own(leavers), describeProcess(pid) ?? "")
      try {
        if (living(users).length === 0) stop()
      } finally {
        rmSync(own(leavers), { force: true })
      }
    },
  }
}
