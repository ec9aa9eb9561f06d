/** CPU and memory of processes and their children, from /proc. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs"

/** Clock ticks of Linux. */
const MS_PER_TICK = 10
const KB_PER_MB = 1_024

type Process = {
  readonly pid: number
  readonly parent: number
  readonly name: string
  readonly cpuMs: number
  /** Of children that have ended. */
  readonly endedCpuMs: number
}
const read = (pid: number): Process | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"))
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number)
    const ticks = (at: number): number => fields[at] ?? 0
    return {
      ...{ pid, parent: ticks(1), name },
      cpuMs: (ticks(11) + ticks(12)) * MS_PER_TICK,
      endedCpuMs: (ticks(13) + ticks(14)) * MS_PER_TICK,
    }
  } catch {
    return null
  }
}
/** CPU of one process so far, ms; 0 if it has ended. */
export const cpuMsOf = (pid: number): number => read(pid)?.cpuMs ?? 0
const rssMb = (pid: number): number => {
  try {
    const [, kb = "0"] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? []
    return Number(kb) / KB_PER_MB
  } catch {
    return 0
  }
}

export type Usage = { readonly cpuMs: number; readonly rssMb: number }

const everything = (): readonly Process[] =>
  readdirSync("/proc").flatMap((entry) => (/^\d+$/.test(entry) ? (read(Number(entry)) ?? []) : []))
/** Everything below `roots`, with these. */
const below = (all: readonly Process[], roots: readonly number[]): readonly Process[] => {
  const within = new Set(roots)
  // A child may have a lower number than its parent.
  for (let before = 0; before < within.size; ) {
    before = within.size
    for (const { pid, parent } of all) if (within.has(parent)) within.add(pid)
  }
  return all.filter(({ pid }) => within.has(pid))
}
const sum = (processes: readonly Process[]): Usage => ({
  cpuMs: processes.reduce((total, { cpuMs }) => total + cpuMs, 0),
  rssMb: processes.reduce((total, { pid }) => total + rssMb(pid), 0),
})
const isIn = (pid: number, folder: string): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
  } catch {
    return false
  }
}

/**
 * Of `root` and everything below it: what is called `name`, and the rest. Processes that have ended
 * count as `name`, where their parent waited for them.
 */
export const usageOf = (root: number, name: string): { own: Usage; named: Usage } => {
  const mine = below(everything(), [root])
  const named = sum(mine.filter((one) => one.name === name))
  const ended = mine.reduce((total, { endedCpuMs }) => total + endedCpuMs, 0)
  return {
    own: sum(mine.filter((one) => one.name !== name)),
    named: { ...named, cpuMs: named.cpuMs + ended },
  }
}
/** Of a Postgres whose data is below `folder`; backends that have ended are in its own children. */
export const usageOfPostgres = (folder: string): Usage => {
  const all = everything()
  const own = all.filter(({ pid, name }) => name === "postgres" && isIn(pid, folder))
  const ended = own.reduce((total, { endedCpuMs }) => total + endedCpuMs, 0)
  const { cpuMs, rssMb } = sum(own)
  return { cpuMs: cpuMs + ended, rssMb }
}
/** Of a process and everything below it, also what has ended and was waited for. */
export const usageBelow = (root: number): Usage => {
  const all = below(everything(), [root])
  const { cpuMs, rssMb } = sum(all)
  return { cpuMs: cpuMs + all.reduce((total, one) => total + one.endedCpuMs, 0), rssMb }
}
export const since = (before: Usage, after: Usage): Usage => ({
  cpuMs: after.cpuMs - before.cpuMs,
  rssMb: after.rssMb,
})
