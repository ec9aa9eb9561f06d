/**
 * Reports to systemd: once that the program is ready, then, as often as its watchdog asks, that the
 * main loop runs. A loop that hangs reports nothing, and the program is restarted.
 */
import { spawn } from "node:child_process"
import notify from "systemd-notify"

export type ServiceManager = {
  /** What it does before it is ready, for `systemctl status` and `ispvm update`. */
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

/** The package has no option for the watchdog; the program behind it is the same. */
const feed = (onError: (error: unknown) => void): void => {
  const child = spawn("systemd-notify", ["WATCHDOG=1"], { stdio: "ignore" })
  child.once("error", onError)
  child.unref()
}

export const createServiceManager = (options: ServiceManagerOptions): ServiceManager => {
  const { socket, watchdogMs, onError } = options
  let timer: NodeJS.Timeout | undefined
  return {
    report: async (status) => {
      if (socket !== null) await notify({ status }).catch(onError)
    },
    ready: async (status) => {
      if (socket === null) return
      if (watchdogMs !== null) {
        // Half of the limit, as systemd advises. It must not keep a program alive that has ended.
        timer = setInterval(() => feed(onError), watchdogMs / 2).unref()
      }
      await notify({ ready: true, status }).catch(onError)
    },
    stop: () => clearInterval(timer),
  }
}
