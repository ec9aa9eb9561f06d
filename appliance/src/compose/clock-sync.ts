/** Whether the clock of this machine follows a time server, as systemd knows it. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"

const run = promisify(execFile)
const CHECK_MS = 60_000
/** A machine that has just started needs a while. */
const AFTER_MS = 5 * 60_000
const TIMEOUT_MS = 10_000

export type ClockSync = {
  /** As last asked; null: nobody knows. */
  readonly isSynchronized: () => boolean | null
  /** Epoch ms since when it is known not to follow one; null: it does, or nobody knows. */
  readonly lostSinceMs: () => number | null
  readonly check: () => Promise<void>
  readonly stop: () => void
}
type Deps = {
  readonly now: () => number
  /** Ms of a clock that nobody can set. */
  readonly steady: () => number
  /** Null: unknown, as on a machine without systemd. */
  readonly isSynchronized?: () => Promise<boolean | null>
  readonly afterMs?: number
}

/** Of the kernel, whatever program sets the clock. */
const askSystemd = async (): Promise<boolean | null> => {
  try {
    const { stdout } = await run("timedatectl", ["show", "--property=NTPSynchronized", "--value"], {
      timeout: TIMEOUT_MS,
    })
    const answer = stdout.trim()
    return answer === "yes" ? true : answer === "no" ? false : null
  } catch {
    return null
  }
}

export const createClockSync = ({
  now,
  steady,
  isSynchronized = askSystemd,
  afterMs = AFTER_MS,
}: Deps): ClockSync => {
  let last: boolean | null = null
  let lost: { readonly atMs: number; readonly steadyMs: number } | null = null
  const check = async (): Promise<void> => {
    const answer = await isSynchronized()
    last = answer
    if (answer === false) lost ??= { atMs: now(), steadyMs: steady() }
    else lost = null
  }
  const timer = setInterval(() => void check(), CHECK_MS).unref()
  void check()
  return {
    check,
    isSynchronized: () => last,
    lostSinceMs: () => (lost !== null && steady() - lost.steadyMs >= afterMs ? lost.atMs : null),
    stop: () => clearInterval(timer),
  }
}
