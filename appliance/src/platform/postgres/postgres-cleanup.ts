/** What a server that was killed leaves: its `postmaster.pid`, for a moment its helpers, and sometimes a dead process nobody sees off. */
import { readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { describeProcess } from "./lock.ts"

/** The lines of `postmaster.pid`; none where there is no such file. */
export const readPid = (directory: string): readonly string[] => {
  try {
    return readFileSync(join(directory, "postmaster.pid"), "utf8").split("\n")
  } catch {
    return []
  }
}

/** The server's process; null where there is none, or only a dead one. */
export const livingPid = (directory: string): number | null => {
  const [pid = ""] = readPid(directory)
  return /^\d+$/.test(pid) && describeProcess(Number(pid)) !== null ? Number(pid) : null
}

const GONE_MS = 4_000

/**
 * Waits until a new server can start where another was killed. Postgres takes a dead process for a living one as long as nobody has
 * seen it off, and in a container whose first process is ours nobody ever does: then its file is removed, once nothing works there.
 */
export const cleanUpCrash = async (directory: string): Promise<void> => {
  const [pid = "", , , port = "", socketDirectory = ""] = readPid(directory)
  if (!/^\d+$/.test(pid) || livingPid(directory) !== null) return
  for (const until = performance.now() + GONE_MS; performance.now() < until; await delay(25)) {
    const working = helpers(directory)
    if (!isListed(Number(pid)) && (working === 0 || working === null)) return
    // Dead, and known to have left nobody: whether anybody sees it off does not matter.
    if (working === 0) break
  }
  if ((helpers(directory) ?? 0) > 0) return
  rmSync(join(directory, "postmaster.pid"), { force: true })
  // The socket's own lock names the same process.
  if (socketDirectory !== "")
    rmSync(join(socketDirectory, `.s.PGSQL.${port}.lock`), { force: true })
}

/** A dead process counts until its parent has asked how it ended. */
const isListed = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/** The server's processes work in its folder. Null where that cannot be known (not Linux): Postgres's own look has to do. */
const helpers = (directory: string): number | null => {
  try {
    return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && folderOf(pid) === directory)
      .length
  } catch {
    return null
  }
}
const folderOf = (pid: string): string | null => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return null // gone meanwhile, dead, or not ours to look at
  }
}
