/** A TCP connection: opened, timed, and closed without data. */
import net from "node:net"
import type { Locate } from "./locate.ts"
import { NO_VALUES, outcomeOfError, type ProbeValues } from "./probe-values.ts"

/** Rejects with the socket's error; an abort destroys it. */
export const connectTcp = (ip: string, port: number, signal: AbortSignal): Promise<net.Socket> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const socket = net.connect({ host: ip, port, noDelay: true })
    const onAbort = () => socket.destroy(new Error("no answer in time"))
    // Stays: an error after the result must not end the process.
    socket.on("error", reject)
    socket.once("connect", () => resolve(socket))
    socket.once("close", () => signal.removeEventListener("abort", onAbort))
    signal.addEventListener("abort", onAbort, { once: true })
  })

type Deps = { readonly locate: Locate; readonly steady: () => number }

export const probeTcp = async (
  { locate, steady }: Deps,
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<ProbeValues> => {
  const found = await locate(host, "probe", signal)
  const { nameMs } = found
  if (!found.ok) return { ...NO_VALUES, nameMs, outcome: found.outcome }
  const startedMs = steady()
  try {
    const socket = await connectTcp(found.ip, port, signal)
    const connectMs = steady() - startedMs
    socket.resetAndDestroy() // avoids TIME_WAIT on both ends
    const totalMs = found.nameMs + connectMs
    return { ...NO_VALUES, outcome: "ok", nameMs, connectMs, totalMs }
  } catch (error) {
    return { ...NO_VALUES, nameMs, outcome: outcomeOfError(error) ?? "no-answer" }
  }
}
