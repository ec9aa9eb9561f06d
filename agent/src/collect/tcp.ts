/** Knocks at a TCP port: is somebody there? Nothing is sent, and what is accepted is closed at once. */
import net from "node:net"

export type Knock = "accepted" | "refused" | "silent"

/**
 * `silent` is all that is no answer of the host itself, "no route" and "unreachable" among it: those words come from a
 * router in between, or from this machine.
 */
export const knock = (host: string, port: number, deadlineMs: number, signal?: AbortSignal): Promise<Knock> =>
  new Promise((resolve) => {
    const socket = net.connect({ host, port, noDelay: true })
    const done = (outcome: Knock) => {
      clearTimeout(timer)
      signal?.removeEventListener("abort", onAbort)
      socket.on("error", () => undefined) // a reset that comes after the verdict
      if (outcome === "accepted")
        socket.resetAndDestroy() // leaves no TIME_WAIT behind, here or there
      else socket.destroy()
      resolve(outcome)
    }
    const onAbort = () => done("silent")
    const timer = setTimeout(() => done("silent"), deadlineMs)
    signal?.addEventListener("abort", onAbort, { once: true })
    socket.once("connect", () => done("accepted"))
    socket.once("error", (error: NodeJS.ErrnoException) => done(error.code === "ECONNREFUSED" ? "refused" : "silent"))
    if (signal?.aborted) onAbort()
  })
