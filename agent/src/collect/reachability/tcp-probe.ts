/** Knocks at a TCP port: is somebody there? Nothing is sent, and what is accepted is closed at once. */
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
 * `silent` is all that is no answer of the host itself, "no route" and "unreachable" among it: those words come from a
 * router in between, or from this machine. Null: this machine had nothing left to knock with, which says nothing of the host.
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
    socket.once("error", ({ code = "" }: NodeJS.ErrnoException) =>
      done(code === "ECONNREFUSED" ? "refused" : LOCAL_ERRORS.has(code) ? null : "silent"),
    )
    if (signal?.aborted) onAbort()
  })
