/**
 * Children of a demo that was killed before it could stop them: found by a note, and stopped before
 * the next demo starts.
 */
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { z } from "zod"
import { UserError } from "../simulator/user-error.ts"

const Note = z.strictObject({ pid: z.int(), script: z.string(), parent: z.int() })
const GRACE_MS = 10_000
const noteFile = (dataDir: string): string => join(dataDir, "children.jsonl")

/** Process numbers are reused, so the command line must match the script as well. */
const runs = (pid: number, script: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(script)
  } catch {
    return false
  }
}

export const noteChild = (dataDir: string, pid: number | undefined, script: string): void => {
  if (pid === undefined) return
  appendFileSync(noteFile(dataDir), `${JSON.stringify({ pid, script, parent: process.pid })}\n`, {
    mode: 0o600,
  })
}

const end = async (pid: number, script: string): Promise<void> => {
  const until = Date.now() + GRACE_MS
  if (runs(pid, script)) process.kill(pid, "SIGTERM")
  while (runs(pid, script) && Date.now() < until) await wait(50)
  if (runs(pid, script)) process.kill(pid, "SIGKILL")
}

/** Throws where the demo that wrote the note still runs. */
export const endLeftovers = async (dataDir: string): Promise<void> => {
  const file = noteFile(dataDir)
  if (!existsSync(file)) return
  const notes = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Note.parse(JSON.parse(line)))
  const other = notes.find(
    (note) => note.parent !== process.pid && runs(note.parent, "lab/demo/main.ts"),
  )
  if (other !== undefined)
    throw new UserError(
      `a demo already runs on ${dataDir} (process ${other.parent}); stop it, or use another --data`,
    )
  for (const { pid, script } of notes) await end(pid, script)
  rmSync(file, { force: true })
}
