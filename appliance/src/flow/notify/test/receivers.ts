/** Providers on loopback that speak the published forms, and answer as a test tells them. */
import { once } from "node:events"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { createServer as createTcp, type Socket } from "node:net"

export type Received = {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  readonly json: Record<string, unknown>
}
/** `after`: the status is sent; `cut`: the request is taken and the connection closed. */
export type Reaction =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | "cut"
  | "hang"

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString("utf8")
}
const parse = (body: string): Record<string, unknown> => {
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    return {}
  }
}

export type HttpReceiver = {
  readonly url: string
  readonly received: Received[]
  /** Updates that Telegram's long polling gets, and the offset it has asked for last. */
  readonly updates: { readonly update_id: number }[]
  offset: number
  /** What it answers from now on. */
  react: (request: Received, count: number) => Reaction
  readonly close: () => Promise<void>
}
const answer = (response: ServerResponse, reaction: Reaction): void => {
  if (reaction === "hang") return
  if (reaction === "cut") {
    response.destroy()
    return
  }
  const { status, body = {}, headers = {} } = reaction
  response.writeHead(status, { "content-type": "application/json", ...headers })
  response.end(typeof body === "string" ? body : JSON.stringify(body))
}

const POLL_MS = 50
const poll = (receiver: HttpReceiver, offset: number, response: ServerResponse): void => {
  receiver.offset = offset
  const result = receiver.updates.filter(({ update_id: id }) => id >= offset)
  setTimeout(() => answer(response, { status: 200, body: { ok: true, result } }), POLL_MS)
}

export const httpReceiver = async (
  react: HttpReceiver["react"] = () => ({ status: 200 }),
): Promise<HttpReceiver> => {
  const received: Received[] = []
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.url?.endsWith("/getUpdates") === true) {
        poll(receiver, Number(parse(body).offset ?? 0), response)
        return
      }
      const one = { path: request.url ?? "", headers: request.headers, body, json: parse(body) }
      received.push(one)
      answer(response, receiver.react(one, received.length))
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  const receiver: HttpReceiver = {
    url: `http://127.0.0.1:${port}`,
    received,
    updates: [],
    offset: 0,
    react,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
  return receiver
}

/** Telegram's Bot API, as far as it is used. */
export const telegramAnswer = (count: number): Reaction => ({
  status: 200,
  body: { ok: true, result: { message_id: 1_000 + count } },
})

export type Mail = { readonly from: string; readonly to: readonly string[]; readonly data: string }
export type SmtpReceiver = {
  readonly port: number
  readonly mails: Mail[]
  /** The answer to a command: null is the usual one, `hang` none. */
  reply: (command: string) => string | "hang" | null
  readonly close: () => Promise<void>
}
/** RFC 5321, one message at a time, without TLS. */
export const smtpReceiver = async (): Promise<SmtpReceiver> => {
  const mails: Mail[] = []
  const sockets = new Set<Socket>()
  const server = createTcp((socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined)
    serveSmtp(socket, (command) => receiver.reply(command), mails)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const receiver: SmtpReceiver = {
    port: typeof address === "object" && address !== null ? address.port : 0,
    mails,
    reply: () => null,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, "close")
    },
  }
  return receiver
}

const serveSmtp = (
  socket: Socket,
  reply: (command: string) => string | "hang" | null,
  mails: Mail[],
): void => {
  let [from, data] = ["", ""]
  let to: string[] = []
  let isData = false
  let pending = ""
  const say = (command: string, usual: string): void => {
    const given = reply(command)
    if (given !== "hang") socket.write(`${given ?? usual}\r\n`)
  }
  const take = (line: string): void => {
    if (isData) {
      if (line !== ".") {
        data += `${line}\n`
        return
      }
      isData = false
      if (reply("END") === null) mails.push({ from, to, data })
      say("END", "250 queued as 42")
      return
    }
    const command = line.split(/[ :]/)[0]?.toUpperCase() ?? ""
    if (command === "MAIL") [from, to, data] = [line, [], ""]
    if (command === "RCPT") to.push(line)
    if (command === "DATA" && reply("DATA") === null) isData = true
    if (command === "QUIT") socket.end("221 bye\r\n")
    else if (command === "EHLO") say(command, "250 receiver")
    else say(command, command === "DATA" ? "354 go on" : "250 ok")
  }
  socket.write("220 receiver ESMTP\r\n")
  socket.setEncoding("utf8").on("data", (text: string) => {
    pending += text
    const lines = pending.split("\r\n")
    pending = lines.pop() ?? ""
    for (const line of lines) take(line)
  })
}
