/**
 * The router's side of the API for tests, written from the manual. It shares no code with the
 * client: a common codec would hide its own faults.
 */
import { createServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer, type TlsOptions } from "node:tls"

/**
 * Length, then bytes. Lengths below 16,384 are sufficient here; tests write longer words
 * themselves.
 */
export const word = (text: string | Buffer): Buffer => {
  const bytes = typeof text === "string" ? Buffer.from(text) : text
  if (bytes.length > 16_383) throw new RangeError("write long words by hand")
  const head =
    bytes.length <= 127
      ? Buffer.of(bytes.length)
      : Buffer.of(128 + Math.floor(bytes.length / 256), bytes.length % 256)
  return Buffer.concat([head, bytes])
}
export const sentence = (...words: (string | Buffer)[]): Buffer =>
  Buffer.concat([...words.map(word), Buffer.of(0)])

/** A received command, all its words, and its tag as the word for the reply (none: no word). */
export type ReceivedCommand = {
  readonly command: string
  readonly words: readonly string[]
  readonly tag: readonly string[]
  readonly socket: Socket
}
export type CommandHandler = (received: ReceivedCommand) => void

/** Bytes of the length that a word begins with, and of the word; both unknown if cut short. */
const wordSize = (bytes: Buffer): { readonly head: number; readonly length: number } => {
  const first = bytes[0] ?? 0
  if (first < 128) return { head: 1, length: first }
  const head = first < 192 ? 2 : 3
  if (bytes.length < head) return { head, length: Number.POSITIVE_INFINITY }
  return head === 2
    ? { head, length: (first - 128) * 256 + bytes.readUInt8(1) }
    : { head, length: (first - 192) * 65_536 + bytes.readUInt16BE(1) }
}

/** Parses the client's sentences; only what a client of these tests sends is supported. */
const reading = (socket: Socket, answer: CommandHandler): void => {
  let buffered = Buffer.alloc(0)
  let words: string[] = []
  socket.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    while (buffered.length > 0) {
      const { head, length } = wordSize(buffered)
      if (buffered.length < head + length) return
      if (length > 0) words.push(buffered.subarray(head, head + length).toString("utf8"))
      else {
        const [command = "", ...others] = words
        const tag = others.filter((each) => each.startsWith(".tag="))
        words = []
        answer({ command, words: others, tag, socket })
      }
      buffered = buffered.subarray(head + length)
    }
  })
}

export type FakeRouter = {
  readonly port: number
  readonly received: ReceivedCommand[]
  readonly connections: () => number
  /** Drops every open connection. */
  dropConnections(): void
  close(): Promise<void>
}

const listening = (server: Server, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(0, host, () => {
      const address = server.address()
      if (address === null || typeof address === "string") reject(new Error("no port"))
      else resolve(address.port)
    })
  })

/** `answer` is called for each sentence after the login; with `login`, for the login as well. */
export const fakeRouter = async (
  answer: CommandHandler,
  options: {
    tls?: TlsOptions
    login?: boolean
    raw?: (socket: Socket) => void
    host?: string
  } = {},
): Promise<FakeRouter> => {
  const received: ReceivedCommand[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const serve = (socket: Socket): void => {
    connections++
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on("close", () => sockets.delete(socket))
    socket.on("error", () => socket.destroy())
    if (options.raw !== undefined) options.raw(socket)
    else {
      reading(socket, (each) => {
        received.push(each)
        if (each.command === "/login" && options.login !== true)
          socket.write(sentence("!done", ...each.tag))
        else answer(each)
      })
    }
  }
  const server =
    options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve)
  if (options.tls !== undefined)
    server.on("tlsClientError", (_error, socket: Socket) => socket.destroy())
  const port = await listening(server, options.host ?? "127.0.0.1")
  return {
    port,
    received,
    connections: () => connections,
    dropConnections: () => {
      for (const socket of sockets) socket.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
