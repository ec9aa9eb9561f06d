/**
 * A test reporter that keeps a file with what the other reporters do not print: tests that have begun
 * and not ended (so that what hangs can be named), files in which a test failed, and the time of each
 * file. The files of a process run one after another: what it uses between the first test of a file
 * and the first test of the next one is that file's. Hooks of all files run before the first test.
 */
import { writeFileSync } from "node:fs"
import { relative } from "node:path"
import type { TestEvent } from "node:test/reporters"
import { testNotesFile } from "./config.ts"
import { startCpuClock } from "./cpu-time.ts"
import { createFileTimes, type FileTime } from "./file-times.ts"

export type Notes = {
  readonly running: readonly string[]
  /** The test that ended last. */
  readonly last: string
  readonly failedFiles: readonly string[]
  /** Seconds by file. */
  readonly times: Readonly<Record<string, FileTime>>
  /** CPU seconds of the whole process tree so far. */
  readonly cpu: number
}

const round = (seconds: number): number => Math.round(seconds * 100) / 100

const startClock = () => {
  const files = createFileTimes()
  const clock = startCpuClock()
  // What this process used before the clock: its start.
  const { user, system } = process.cpuUsage()
  const started = (user + system) / 1e6
  let file = ""
  let isDue = false
  // Both since the process began: tests that never wait may be over by now.
  let [wallBefore, cpuBefore] = [0, 0]
  const divide = (current: string): void => {
    isDue = false
    const [wall, cpu] = [performance.now() / 1_000, started + clock.seconds()]
    files.divide({ wall: wall - wallBefore, cpu: cpu - cpuBefore }, current)
    ;[wallBefore, cpuBefore] = [wall, cpu]
  }
  return {
    times: files.times,
    finished: files.finished,
    /** Divided when all events that have come together are read. */
    turnTo: (next: string): void => {
      if (next === file) return
      const was = file
      file = next
      if (isDue) return
      isDue = true
      setImmediate(() => isDue && divide(was))
    },
    end: (): void => {
      divide(file)
      clock.stop()
    },
    total: () => round(cpuBefore),
  }
}

/** Beside the notes: what the process waits for, kept up to date without keeping it alive. */
export const HANDLES_SUFFIX = ".handles"
const HANDLES_MS = 2_000
const writeHandles = (path: string): void =>
  void setInterval(
    () => writeFileSync(path, process.getActiveResourcesInfo().join(", ")),
    HANDLES_MS,
  ).unref()

export default async function* notes(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const path = testNotesFile()
  const running = new Map<string, string>()
  const failedFiles = new Set<string>()
  const clock = startClock()
  let last = ""
  if (path !== undefined) writeHandles(`${path}${HANDLES_SUFFIX}`)
  const write = (): void => {
    if (path === undefined) return
    const written: Notes = {
      running: [...running.values()],
      last,
      failedFiles: [...failedFiles],
      times: clock.times,
      cpu: clock.total(),
    }
    writeFileSync(path, JSON.stringify(written))
  }
  for await (const event of source) {
    if (event.type !== "test:dequeue" && event.type !== "test:complete") continue
    const { data } = event
    const file = data.file === undefined ? "" : relative(process.cwd(), data.file)
    const key = `${file}:${data.line}:${data.column}:${data.name}`
    if (event.type === "test:dequeue") {
      if (file !== "") clock.turnTo(file)
      running.set(key, `${file}  ${data.name}`)
    } else {
      running.delete(key)
      last = `${file}  ${data.name}`
      if (file !== "" && data.nesting === 0) clock.finished(file, event.data.details.duration_ms)
      // A test that is marked as to do may fail.
      if (file !== "" && !event.data.details.passed && event.data.todo === undefined)
        failedFiles.add(file)
    }
    write()
  }
  clock.end()
  write()
  yield ""
}
