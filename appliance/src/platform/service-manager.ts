/**
 * Reports to systemd: once that the program is ready, then, as often as its watchdog asks, that the
 * main loop runs. A loop that hangs reports nothing, and the program is restarted.
 */
import { spawn } from "node:child_process"
import notify from "systemd-notify"

export type ServiceManager = {
  /**
   * What it does before it is ready, for `systemctl status` and `ispvm update`. Called at each step,
   * it also extends the time that systemd allows a start: a slow one goes on, a hung one ends.
   */
  readonly report: (status: string) => Promise<void>
  /** Sends READY=1 and begins to feed the watchdog. */
  readonly ready: (status: string) => Promise<void>
  readonly stop: () => void
}
export type ServiceManagerOptions = {
  /** Null: not started by systemd as Type=notify. */
  readonly socket: string | null
  /** After this long without a sign of life it restarts the program; null: no watchdog. */
  readonly watchdogMs: number | null
  readonly onError: (error: unknown) => void
}

/** The same step is sent again at most this often. */
const REPORT_EVERY_MS = 10_000
/** From a step to the next one: as long as TimeoutStartSec of the unit. */
const STEP_US = 15 * 60 * 1_000_000

/** The package has no option for the watchdog and the time of a start; the program behind it is the same. */
const send = (args: readonly string[], onError: (error: unknown) => void): Promise<void> => {
  const child = spawn("systemd-notify", args, { stdio: "ignore" })
  return new Promise((resolve) => {
    child.once("exit", () => resolve())
    child.once("error", (error) => {
      onError(error)
      resolve()
    })
  })
}

export const createServiceManager = (options: ServiceManagerOptions): ServiceManager => {
  const { socket, watchdogMs, onError } = options
  let timer: NodeJS.Timeout | undefined
  let last = { status: "", atMs: 0 }
  let sending = Promise.resolve() // one after another: a late step must not hide the next one
  return {
    report: async (status) => {
      const atMs = performance.now()
      if (socket === null) return
      if (status === last.status && atMs - last.atMs < REPORT_EVERY_MS) return
      last = { status, atMs }
      const args = [`--status=${status}`, `EXTEND_TIMEOUT_USEC=${STEP_US}`]
      sending = sending.then(() => send(args, onError))
      await sending
    },
    ready: async (status) => {
      if (socket === null) return
      if (watchdogMs !== null) {
        // Half of the limit, as systemd advises. It must not keep a program alive that has ended.
        timer = setInterval(() => void send(["WATCHDOG=1"], onError), watchdogMs / 2).unref()
      }
      await sending
      await notify({ ready: true, status }).catch(onError)
    },
    stop: () => clearInterval(timer),
  }
}
