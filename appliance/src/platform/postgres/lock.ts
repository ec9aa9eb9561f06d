/** One process at a time on one folder: a file with the holder's id, which is worth nothing once that process is gone. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { setTimeout as delay } from "node:timers/promises"

export type LockResult =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly pid: number }

/** A process id alone may be somebody else's by now; with the time it was started (Linux) it names one process. */
export const describeProcess = (pid: number): string | null => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return null
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    // Dead, and only not yet seen off by its parent: in a container there may be none that does.
    return state === "Z" ? null : `${pid} ${rest[18]}`
  } catch {
    return `${pid} ?`
  }
}

export const isAlive = (described: string): boolean => {
  const pid = Number(described.split(" ")[0])
  return Number.isSafeInteger(pid) && pid > 0 && describeProcess(pid) === described
}

/** Takes the lock or says who holds it. A file left by a dead process is moved away first. */
export const acquireLock = (path: string): LockResult => {
  const me = describeProcess(process.pid) ?? `${process.pid} ?`
  const mine = `${path}.${process.pid}.new`
  for (;;) {
    try {
      // A link appears with its content or not at all; a file just made could be read while it is still empty.
      writeFileSync(mine, me)
      linkSync(mine, path)
      return { ok: true, release: () => rmSync(path, { force: true }) }
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error
    } finally {
      rmSync(mine, { force: true })
    }
    const holder = read(path)
    if (holder !== "" && isAlive(holder)) return { ok: false, pid: Number(holder.split(" ")[0]) }
    try {
      const stale = `${path}.${process.pid}`
      renameSync(path, stale)
      rmSync(stale, { force: true })
    } catch {
      // Another start was faster: the next turn sees whose it is.
    }
  }
}

/** For short work that two processes must not do at once. */
export const withLock = async <T>(
  path: string,
  deadlineMs: number,
  work: () => Promise<T>,
): Promise<T> => {
  const until = performance.now() + deadlineMs
  for (;;) {
    const lock = acquireLock(path)
    if (lock.ok) {
      try {
        return await work()
      } finally {
        lock.release()
      }
    }
    if (performance.now() > until)
      throw new Error(`${path} has been held by process ${lock.pid} for ${deadlineMs} ms`)
    await delay(25)
  }
}

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}
