/**
 * CPU seconds of a process and of everything below it, from Linux's /proc. Wall time depends on what
 * else the machine does; CPU time hardly does. Elsewhere only the process itself is measured.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs"

/** The kernel's unit of the times in /proc/PID/stat: 1/100 s on every architecture we run on. */
const TICKS_PER_SECOND = 100

type Times = { readonly own: number; readonly reapedChildren: number; readonly parent: number }

const timesOf = (pid: number): Times | undefined => {
  try {
    // The second field is the program's name in brackets, and may itself contain blanks.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const field = (number: number): number => Number(fields[number - 3])
    return {
      own: (field(14) + field(15)) / TICKS_PER_SECOND,
      reapedChildren: (field(16) + field(17)) / TICKS_PER_SECOND,
      parent: field(4),
    }
  } catch {
    return undefined
  }
}

/** Any thread may have started a child. */
const childrenOf = (pid: number): readonly number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1")
        .split(" ")
        .filter((each) => each !== "")
        .map(Number),
    )
  } catch {
    return []
  }
}

/** Ended children that were waited for count; daemons that left the tree do not. */
export const treeCpuSeconds = (pid: number = process.pid): number => {
  const times = timesOf(pid)
  if (times === undefined) {
    const { user, system } = process.cpuUsage()
    return pid === process.pid ? (user + system) / 1e6 : 0
  }
  return childrenOf(pid).reduce(
    (total, child) => total + treeCpuSeconds(child),
    times.own + times.reapedChildren,
  )
}

/** Postgres servers that left their starter's tree, found by the folder in which they run. */
const postgresServers = (folder: string): readonly number[] => {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && timesOf(pid)?.parent === 1)
      .filter((pid) => {
        try {
          return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
        } catch {
          return false
        }
      })
  } catch {
    return []
  }
}

/**
 * CPU seconds used from now on by Postgres servers in `folder`, which all test processes share: asked for
 * every second, because the last user of a server stops it.
 */
export const startPostgresClock = (folder: string) => {
  const first = new Map<number, number>()
  const last = new Map<number, number>()
  let isFirst = true
  const measure = (): void => {
    for (const pid of postgresServers(folder)) {
      const seconds = treeCpuSeconds(pid)
      if (!first.has(pid)) first.set(pid, isFirst ? seconds : 0)
      last.set(pid, seconds)
    }
    isFirst = false
  }
  measure()
  const timer = setInterval(measure, 1_000)
  return {
    stop: (): number => {
      clearInterval(timer)
      measure()
      return [...last].reduce((sum, [pid, seconds]) => sum + seconds - (first.get(pid) ?? 0), 0)
    },
  }
}
