/**
 * Divides the time of a process among its test files. Tests that never wait are reported in one go, long
 * after they have run: what was used until then is divided by how long each test says it took.
 */
export type FileTime = { readonly wall: number; readonly cpu: number }

const round = (seconds: number): number => Math.round(seconds * 100) / 100

export const createFileTimes = () => {
  const times: Record<string, FileTime> = {}
  const finishedMs = new Map<string, number>()
  const add = (file: string, used: FileTime, share: number): void => {
    if (file === "") return
    const { wall, cpu } = times[file] ?? { wall: 0, cpu: 0 }
    times[file] = { wall: round(wall + used.wall * share), cpu: round(cpu + used.cpu * share) }
  }
  return {
    times: times as Readonly<typeof times>,
    /** A test of this file has ended, by its own word after so many milliseconds. */
    finished: (file: string, ms: number): void => {
      finishedMs.set(file, (finishedMs.get(file) ?? 0) + ms)
    },
    /** So much was used since the last call; `current`: the file that runs, if no test has ended. */
    divide: (used: FileTime, current: string): void => {
      const totalMs = [...finishedMs.values()].reduce((sum, ms) => sum + ms, 0)
      if (totalMs === 0) add(current, used, 1)
      for (const [file, ms] of finishedMs) if (totalMs > 0) add(file, used, ms / totalMs)
      finishedMs.clear()
    },
  }
}
