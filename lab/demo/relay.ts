/**
 * The agent's management path where there is no namespace: every connection to the agent API passes
 * through this relay, and stalls while the path is cut, as on a dead line. Held data continues when
 * the path is repaired.
 */
import { connect, createServer, type Server, type Socket } from "node:net"

export class Relay {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #pending = new Set<() => void>()
  #isOpen = true

  constructor(port: number) {
    // A held connection is not read, and its other side is not opened: bytes wait in the kernel.
    this.#server = createServer({ pauseOnConnect: true }, (incoming) => {
      this.#track(incoming)
      if (this.#isOpen) this.#connect(incoming, port)
      else this.#pending.add(() => this.#connect(incoming, port))
    })
  }

  /** Resolves with the port it listens on. */
  start(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject)
      this.#server.listen(0, "127.0.0.1", () => {
        const address = this.#server.address()
        resolve(typeof address === "object" && address !== null ? address.port : 0)
      })
    })
  }

  setOpen(open: boolean): void {
    if (open === this.#isOpen) return
    this.#isOpen = open
    if (open) for (const connectNow of [...this.#pending]) connectNow()
    this.#pending.clear()
    for (const socket of this.#sockets) open ? socket.resume() : socket.pause()
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on("error", () => undefined)
    socket.once("close", () => this.#sockets.delete(socket))
  }

  #connect(incoming: Socket, port: number): void {
    if (incoming.destroyed) return
    const outgoing = connect({ host: "127.0.0.1", port, allowHalfOpen: true })
    this.#track(outgoing)
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      from.on("data", (bytes: Buffer) => {
        if (!to.write(bytes)) from.pause()
      })
      to.on("drain", () => {
        if (this.#isOpen) from.resume()
      })
      from.once("end", () => to.end())
      from.once("close", () => to.destroy())
    }
    incoming.resume()
  }
}
