/**
 * CPU seconds of processes and of everything below them, from Linux's /proc. Wall time depends on what
 * else the machine does; CPU time hardly does. Elsewhere only this process itself is measured.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs"

/** The kernel's unit of the times in /proc/PID/stat: 1/100 s on every architecture we run on. */
const TICKS_PER_SECOND = 100
const SAMPLE_MS = 1_000

/** A process as one reading of /proc shows it. `id` is never used twice. */
export type ProcessTimes = {
  readonly id: string
  readonly parent: string | undefined
  readonly own: number
  /** Of ended children that it waited for, and of theirs. */
  readonly reaped: number
}

/**
 * Adds up readings of the same tree. A process that ended counts where its parent waited for it; where nobody of the
 * tree did (a browser that is killed leaves its own children to init), what it had used when last seen counts.
 * The sum never falls.
 */
export const createTally = () => {
  let seen = new Map<string, ProcessTimes>()
  let unreaped = 0
  const heirOf = (gone: ProcessTimes, now: ReadonlyMap<string, ProcessTimes>): string => {
    const parent = gone.parent === undefined ? undefined : seen.get(gone.parent)
    if (parent === undefined) return ""
    return now.has(parent.id) ? parent.id : heirOf(parent, now)
  }
  return (processes: readonly ProcessTimes[]): number => {
    const now = new Map(processes.map((each) => [each.id, each]))
    const ended = [...seen.values()].filter(({ id }) => !now.has(id))
    for (const [heir, own] of Map.groupBy(ended, (each) => heirOf(each, now))) {
      const used = own.reduce((sum, each) => sum + each.own + each.reaped, 0)
      const waitedFor = (now.get(heir)?.reaped ?? 0) - (seen.get(heir)?.reaped ?? 0)
      unreaped += Math.max(0, used - waitedFor)
    }
    seen = now
    return processes.reduce((sum, each) => sum + each.own + each.reaped, unreaped)
  }
}

const read = (pid: number, parent: string | undefined): ProcessTimes | undefined => {
  try {
    // The second field is the program's name in brackets, and may itself contain blanks.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const field = (number: number): number => Number(fields[number - 3])
    return {
      id: `${pid} ${field(22)}`,
      parent,
      own: (field(14) + field(15)) / TICKS_PER_SECOND,
      reaped: (field(16) + field(17)) / TICKS_PER_SECOND,
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

const readTrees = (roots: readonly number[]): readonly ProcessTimes[] => {
  const found = new Map<number, ProcessTimes>()
  const visit = (pid: number, parent: string | undefined): void => {
    if (found.has(pid)) return
    const times = read(pid, parent)
    if (times === undefined) return
    found.set(pid, times)
    for (const child of childrenOf(pid)) visit(child, times.id)
  }
  for (const root of roots) visit(root, undefined)
  if (found.size > 0 || !roots.includes(process.pid)) return [...found.values()]
  const { user, system } = process.cpuUsage()
  return [{ id: String(process.pid), parent: undefined, own: (user + system) / 1e6, reaped: 0 }]
}

export type CpuClock = {
  /** Used since the clock was started. */
  readonly seconds: () => number
  readonly stop: () => void
}

/** `roots` is asked at each reading: processes may come and go. */
export const startCpuClock = (
  roots: () => readonly number[] = () => [process.pid],
  sampleMs = SAMPLE_MS,
): CpuClock => {
  const tally = createTally()
  const measure = (): number => tally(readTrees(roots()))
  const before = measure()
  const timer = setInterval(measure, sampleMs)
  timer.unref()
  return { seconds: () => measure() - before, stop: () => clearInterval(timer) }
}

/** Postgres servers that left their starter's tree, found by the folder in which they run. */
export const postgresServers = (folder: string): readonly number[] => {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => {
        try {
          return Number.isInteger(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
        } catch {
          return false
        }
      })
  } catch {
    return []
  }
}
