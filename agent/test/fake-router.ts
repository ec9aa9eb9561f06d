/**
 * For tests: a router's side of the API, written from the manual. It shares no code with the
 * client, because a shared codec would hide its own faults.
 */
import { createServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer, type TlsOptions } from "node:tls"

/** Length, then bytes. Lengths below 16,384 are enough here. */
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

/** A client's command: its words, and its tag as the word for the reply (none: no word). */
export type ReceivedCommand = {
  readonly command: string
  readonly words: readonly string[]
  readonly tag: readonly string[]
  readonly socket: Socket
}
export type CommandHandler = (received: ReceivedCommand) => void

/** Reads the client's sentences, in the forms that these tests send. */
const reading = (socket: Socket, answer: CommandHandler): void => {
  let buffered = Buffer.alloc(0)
  let words: string[] = []
  const endSentence = (): void => {
    const [command = "", ...others] = words
    const tag = others.filter((each) => each.startsWith(".tag="))
    words = []
    answer({ command, words: others, tag, socket })
  }
  socket.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    for (let next = readWord(buffered); next !== null; next = readWord(buffered)) {
      buffered = buffered.subarray(next.end)
      if (next.word === "") endSentence()
      else words.push(next.word)
    }
  })
}

/** The first word of these bytes, and where it ends; null while it is incomplete. */
const readWord = (bytes: Buffer): { readonly word: string; readonly end: number } | null => {
  const first = bytes[0]
  if (first === undefined) return null
  const head = first < 128 ? 1 : first < 192 ? 2 : 3
  if (bytes.length < head) return null
  const length = wordLength(first, bytes.subarray(1, head))
  const end = head + length
  return bytes.length < end ? null : { word: bytes.toString("utf8", head, end), end }
}

const wordLength = (first: number, rest: Buffer): number => {
  if (rest.length === 0) return first
  return rest.length === 1
    ? (first - 128) * 256 + (rest[0] ?? 0)
    : (first - 192) * 65_536 + rest.readUInt16BE(0)
}

export type FakeRouter = {
  readonly port: number
  readonly received: ReceivedCommand[]
  readonly connections: () => number
  /** Closes every open connection. */
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

/** `answer` is called for each sentence after the login; with `login`, also for the login. */
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
