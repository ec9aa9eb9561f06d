/**
 * Reports to systemd: once that the agent is ready, then, as often as its watchdog asks, that the
 * main loop runs. A loop that hangs reports nothing, and the agent is restarted. By systemd's own
 * command: Node has no datagram sockets in the file system.
 */
import { spawn } from "node:child_process"

export type ServiceManager = {
  /** Sends READY=1 and begins to feed the watchdog. */
  readonly ready: (status: string) => void
  readonly stop: () => void
}
export type ServiceManagerOptions = {
  /** Null: not started by systemd as Type=notify. */
  readonly socket: string | null
  /** After this long without a sign of life it restarts the agent; null: no watchdog. */
  readonly watchdogMs: number | null
  readonly onError: (error: unknown) => void
}

export const createServiceManager = (options: ServiceManagerOptions): ServiceManager => {
  const { socket, watchdogMs, onError } = options
  let timer: NodeJS.Timeout | undefined
  const send = (...message: readonly string[]): void => {
    const child = spawn("systemd-notify", [`--pid=${process.pid}`, ...message], { stdio: "ignore" })
    child.once("error", onError)
    child.unref()
  }
  return {
    ready: (status) => {
      if (socket === null) return
      send("--ready", `--status=${status}`)
      // Half of the limit, as systemd advises. It must not keep an agent alive that has ended.
      if (watchdogMs !== null) timer = setInterval(() => send("WATCHDOG=1"), watchdogMs / 2).unref()
    },
    stop: () => clearInterval(timer),
  }
}
