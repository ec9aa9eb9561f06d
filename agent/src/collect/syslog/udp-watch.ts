/**
 * What the kernel does with the datagrams of a socket: how large its receive buffer is, and what
 * was dropped because it was full.
 */
import type dgram from "node:dgram"
import { readDrops } from "./kernel-drops.ts"

const EVERY_MS = 5_000
/** Drops are noted for the operator this long. */
const NOTED_MS = 600_000
const MB = 1024 * 1024

export type UdpWatch = {
  /** What the kernel granted, without the share that Linux adds for its own structures. */
  readonly receiveBytes: number
  readonly dropped: () => number
  readonly note: () => string | null
  /** Happens by itself every few seconds. */
  read(): Promise<void>
  stop(): void
}

/** Linux reports twice of what it grants (socket(7), SO_RCVBUF). */
const grantedBytes = (socket: dgram.Socket): number =>
  process.platform === "linux" ? socket.getRecvBufferSize() / 2 : socket.getRecvBufferSize()

export const watchUdp = (
  socket: dgram.Socket,
  requestedBytes: number,
  steady: () => number,
): UdpWatch => {
  const { address, port } = socket.address()
  const receiveBytes = grantedBytes(socket)
  let dropped = 0
  let droppedAtMs = Number.NEGATIVE_INFINITY
  const read = async (): Promise<void> => {
    const drops = (await readDrops(address, port)) ?? 0
    if (drops > dropped) droppedAtMs = steady()
    dropped = drops
  }
  const timer = setInterval(() => void read(), EVERY_MS)
  timer.unref()
  return {
    receiveBytes,
    dropped: () => dropped,
    note: () => {
      if (steady() - droppedAtMs > NOTED_MS) return null
      const what = `The kernel dropped ${dropped} syslog datagrams since the start: they came faster than this agent reads them.`
      return receiveBytes >= requestedBytes
        ? what
        : `${what} Its receive buffer has ${(receiveBytes / MB).toFixed(1)} of ${requestedBytes / MB} MB: raise net.core.rmem_max.`
    },
    read,
    stop: () => clearInterval(timer),
  }
}
