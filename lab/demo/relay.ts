/**
 * The agent's way home where there is no namespace to cut it in: every connection to the agents' door passes through here, and stands
 * still while the way is cut, as it would on a dead line. What waits then goes on when the way is mended.
 */
import { connect, createServer, type Server, type Socket } from "node:net"

export class Relay {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #held = new Set<() => void>()
  #isOpen = true

  constructor(port: number) {
    // Nothing is read from what is held, and its other side is not even begun: bytes wait in the kernel.
    this.#server = createServer({ pauseOnConnect: true }, (near) => {
      this.#keep(near)
      if (this.#isOpen) this.#join(near, port)
      else this.#held.add(() => this.#join(near, port))
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
    if (open) for (const goOn of [...this.#held]) goOn()
    this.#held.clear()
    for (const socket of this.#sockets) open ? socket.resume() : socket.pause()
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on("error", () => undefined)
    socket.once("close", () => this.#sockets.delete(socket))
  }

  #join(near: Socket, port: number): void {
    if (near.destroyed) return
    const far = connect({ host: "127.0.0.1", port, allowHalfOpen: true })
    this.#keep(far)
    for (const [from, to] of [
      [near, far],
      [far, near],
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
    near.resume()
  }
}
