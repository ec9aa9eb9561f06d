/**
 * One connection's bytes, between the `postgres` package and the socket. Its loss is told to the package as an error and never as a
 * close: the package's way back from a close is what sends to nobody and leaves statements half sent (docs/decisions/0006).
 */
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { Duplex } from "node:stream"
import type { Connection } from "./database-url.ts"
import { readRoot, secure } from "./postgres-tls.ts"

export type StreamOptions = {
  /** How long the server may owe an answer without a byte of it; null: as long as it likes. */
  readonly answerTimeoutMs: number | null
  /** Told once, unless the package itself has ended the line. */
  readonly onLost: (line: PostgresStream, why: Error) => void
}

const CONNECT_MS = 10_000
const KEEP_ALIVE_MS = 60_000

/** Every loss carries this code, whatever the socket called it, and the reason in words. */
export const lostError = (why: string): Error =>
  Object.assign(new Error(`the connection to the database was lost: ${why}`), {
    code: "CONNECTION_CLOSED",
  })

export class PostgresStream extends Duplex {
  readonly #socket: Socket
  readonly #options: StreamOptions
  #phase: "open" | "ending" | "closed" = "open"
  #why = "it was closed"
  #answerTimer: NodeJS.Timeout | null = null
  #tail: Buffer = Buffer.alloc(0)

  constructor(socket: Socket, options: StreamOptions) {
    super({ emitClose: false, autoDestroy: false })
    this.#socket = socket
    this.#options = options
    socket.on("data", (bytes) => {
      this.#trackAnswer(bytes)
      if (!this.push(bytes)) socket.pause()
    })
    socket.on("error", (error) => {
      this.#why = error.message
    })
    socket.on("close", () => {
      if (this.#phase !== "ending") return this.fail(this.#why)
      this.#phase = "closed"
      this.#stopTimer()
      this.emit("close", false)
    })
  }

  /** The package asks for it before it says goodbye. */
  get readyState(): string {
    return this.#phase
  }

  fail(why: string): void {
    if (this.#phase === "closed") return
    this.#phase = "closed"
    this.#why = why
    this.#stopTimer()
    this.#socket.destroy()
    this.#options.onLost(this, lostError(why))
    setImmediate(() => this.#rejectPending())
  }

  override _read(): void {
    this.#socket.resume()
  }
  override _write(bytes: Buffer, _: BufferEncoding, done: () => void): void {
    if (this.#phase === "closed") {
      // What is still asked on a lost line (a rollback, mostly) is refused as well, once the package has noted that it asked.
      queueMicrotask(() => this.#rejectPending())
      done()
      return
    }
    this.#tail = Buffer.alloc(0)
    this.#startTimer()
    if (this.#socket.write(bytes)) done()
    else this.#socket.once("drain", done)
  }
  override _final(done: () => void): void {
    if (this.#phase === "open") this.#phase = "ending"
    this.#socket.end()
    done()
  }
  override _destroy(_: Error | null, done: () => void): void {
    this.fail("it was given up")
    done()
  }

  /** The package rejects what it has sent and what waits behind it. */
  #rejectPending(): void {
    if (this.listenerCount("error") > 0) this.emit("error", lostError(this.#why))
  }

  /** An answer is whole with ReadyForQuery: `Z`, its length of 5, and the transaction's state. */
  #trackAnswer(bytes: Buffer): void {
    this.#tail = Buffer.concat([this.#tail, bytes.subarray(-6)]).subarray(-6)
    if (this.#tail.length === 6 && this.#tail.subarray(0, 5).equals(READY)) this.#stopTimer()
    else this.#startTimer()
  }
  #startTimer(): void {
    const { answerTimeoutMs } = this.#options
    if (answerTimeoutMs === null) return
    if (this.#answerTimer !== null) this.#answerTimer.refresh()
    else
      this.#answerTimer = setTimeout(
        () => this.fail(`no answer for ${answerTimeoutMs} ms`),
        answerTimeoutMs,
      )
  }
  #stopTimer(): void {
    if (this.#answerTimer !== null) clearTimeout(this.#answerTimer)
    this.#answerTimer = null
  }
}
const READY = Buffer.from([0x5a, 0, 0, 0, 5])

export const openStream = async (
  at: Connection["at"],
  options: StreamOptions,
): Promise<PostgresStream> => {
  // Before the socket is there: whatever it suffers has to find somebody who listens.
  const root = at.kind === "socket" ? null : await readRoot(at)
  const socket = await dial(at)
  return new PostgresStream(
    at.kind === "socket" || at.tls === "disable" ? socket : await secure(socket, at, root),
    options,
  )
}

/** Nagle's algorithm and delayed acknowledgements together stall a batch by 40 ms: measured, 7 times fewer rows a second. */
const dial = async (at: Connection["at"]): Promise<Socket> => {
  const socket =
    at.kind === "socket"
      ? connect({ path: `${at.directory}/.s.PGSQL.${at.port}` })
      : connect({
          host: at.host,
          port: at.port,
          noDelay: true,
          keepAlive: true,
          keepAliveInitialDelay: KEEP_ALIVE_MS,
        })
  const late = setTimeout(() => {
    const where = at.kind === "socket" ? at.directory : `${at.host}:${at.port}`
    socket.destroy(
      Object.assign(new Error(`no answer from ${where} within ${CONNECT_MS} ms`), {
        code: "CONNECT_TIMEOUT",
      }),
    )
  }, CONNECT_MS)
  try {
    await once(socket, "connect")
    return socket
  } finally {
    clearTimeout(late)
  }
}
