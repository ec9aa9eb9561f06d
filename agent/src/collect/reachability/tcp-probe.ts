/** Probes a TCP port. Sends no data, and closes an accepted connection at once. */
import net from "node:net"

export type TcpProbeResult = "accepted" | "refused" | "silent"

const LOCAL_ERRORS: ReadonlySet<string> = new Set([
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "EADDRNOTAVAIL",
  "EAGAIN",
])

/**
 * `silent` is everything that is not an answer of the host itself, including "no route" and
 * "unreachable", which come from a router on the path or from this machine. Null: this machine had
 * no free socket, which shows nothing about the host.
 */
export const tcpProbe = (
  host: string,
  port: number,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<TcpProbeResult | null> =>
  new Promise((resolve) => {
    const socket = net.connect({ host, port, noDelay: true })
    const done = (outcome: TcpProbeResult | null) => {
      clearTimeout(timer)
      signal?.removeEventListener("abort", onAbort)
      socket.on("error", () => undefined) // a reset after the result
      if (outcome === "accepted")
        socket.resetAndDestroy() // avoids TIME_WAIT on both ends
      else socket.destroy()
      resolve(outcome)
    }
    const onAbort = () => done("silent")
    const timer = setTimeout(() => done("silent"), deadlineMs)
    signal?.addEventListener("abort", onAbort, { once: true })
    socket.once("connect", () => done("accepted"))
    socket.once("error", ({ code = "" }: NodeJS.ErrnoException) =>
      done(code === "ECONNREFUSED" ? "refused" : LOCAL_ERRORS.has(code) ? null : "silent"),
    )
    if (signal?.aborted) onAbort()
  })
