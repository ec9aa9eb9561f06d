/**
 * The output of a program, read a few times a second and not whenever a line arrives. A program that
 * writes one line each millisecond otherwise wakes its reader as often, which costs more than the
 * lines.
 */
import { execFileSync } from "node:child_process"
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** How late a line is read at most, on a machine that keeps up. */
const EVERY_MS = 50
/** That of a pipe. */
const BYTES = 65_536

export type BatchedOutput = {
  /** For the program; to be closed by `begin`. */
  readonly writer: number
  /** The program has its end of the pipe. */
  readonly begin: (onText: (text: string) => void) => void
  /** `isWanted`: reads what is left before. */
  readonly end: (isWanted: boolean) => void
}

/** Null if there is no named pipe to be had: then the program's usual output is read. */
export const openBatchedOutput = (): BatchedOutput | null => {
  let folder: string | undefined
  let reader = -1
  let writer = -1
  try {
    folder = mkdtempSync(join(tmpdir(), "ispvm-agent-"))
    const path = join(folder, "output")
    execFileSync("mkfifo", ["--mode=600", path], { stdio: "ignore", timeout: 2_000 })
    reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    writer = openSync(path, constants.O_WRONLY)
  } catch {
    if (reader >= 0) closeSync(reader)
    return null
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
  const buffer = Buffer.allocUnsafe(BYTES)
  let timer: NodeJS.Timeout | undefined
  let onText: (text: string) => void = () => undefined
  const read = (): void => {
    try {
      for (;;) {
        const bytes = readSync(reader, buffer)
        if (bytes > 0) onText(buffer.toString("latin1", 0, bytes))
        if (bytes < BYTES) return
      }
    } catch {
      // Empty; or broken: then its lines are missing, and RoundLoops ends the program.
    }
  }
  return {
    writer,
    begin: (listener) => {
      onText = listener
      closeSync(writer)
      timer = setInterval(read, EVERY_MS)
    },
    end: (isWanted) => {
      clearInterval(timer)
      if (isWanted) read()
      closeSync(reader)
    },
  }
}
