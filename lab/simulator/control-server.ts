/**
 * The lab's commands over HTTP on 127.0.0.1: `GET` the state, `POST` a command and get the state
 * after it. Below it are the consoles of the routers: `POST …/import/ROUTER` a script, `POST
 * …/console/ROUTER` a line, `GET …/export/ROUTER`; the answer is the output of the console.
 *
 * The path holds a secret, so that a web page open on the same machine cannot inject faults.
 */
import { randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { z } from "zod"
import { type ConsoleAnswer, type ConsoleCommand, LabCommand, type LabState } from "./commands.ts"

/** A fault of the request, as against one of the lab. */
export class CommandError extends Error {}
export type ControlHandlers = {
  state(): LabState
  /** Throws a `CommandError` for a name that does not exist. */
  apply(command: LabCommand): Promise<LabState>
  console(command: ConsoleCommand): Promise<ConsoleAnswer>
}

const MAX_COMMAND_BYTES = 64 * 1024
const MAX_SCRIPT_BYTES = 1024 * 1024

const textOf = async (request: IncomingMessage, maxBytes: number): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > maxBytes) throw new CommandError("the command is too long")
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString("utf8")
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const text = await textOf(request, MAX_COMMAND_BYTES)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CommandError("the command is not JSON", { cause: error })
  }
}

const reply = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
  response.end(JSON.stringify(body))
}

const CONSOLE: Readonly<Record<string, readonly ["GET" | "POST", ConsoleCommand["does"]]>> = {
  import: ["POST", "import"],
  console: ["POST", "run"],
  export: ["GET", "export"],
}
/** A path that cannot be decoded names no router. */
const decoded = (word: string): string => {
  try {
    return decodeURIComponent(word)
  } catch {
    return ""
  }
}

export class ControlServer {
  readonly #handlers: ControlHandlers
  readonly #secret = randomBytes(18).toString("base64url")
  readonly #server: Server

  constructor(handlers: ControlHandlers) {
    this.#handlers = handlers
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        reply(response, error instanceof CommandError ? 400 : 500, { message })
      })
    })
  }

  get url(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/${this.#secret}`
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject)
      this.#server.listen(0, "127.0.0.1", resolve)
    })
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, secret, does, router, ...more] = (request.url ?? "").replace(/\/$/, "").split("/")
    if (secret !== this.#secret || more.length > 0)
      return reply(response, 404, { message: "nothing here" })
    if (does !== undefined) return this.#console(request, response, does, decoded(router ?? ""))
    if (request.method === "GET") return reply(response, 200, this.#handlers.state())
    if (request.method !== "POST")
      return reply(response, 405, { message: "GET the state or POST a command" })
    const command = LabCommand.safeParse(await bodyOf(request))
    if (!command.success) throw new CommandError(z.prettifyError(command.error))
    reply(response, 200, await this.#handlers.apply(command.data))
  }

  async #console(
    request: IncomingMessage,
    response: ServerResponse,
    does: string,
    router: string,
  ): Promise<void> {
    const [method, as] = CONSOLE[does] ?? []
    if (as === undefined || router === "") return reply(response, 404, { message: "nothing here" })
    if (request.method !== method)
      return reply(response, 405, { message: `${does} is asked for by ${method}` })
    const text = method === "GET" ? "" : await textOf(request, MAX_SCRIPT_BYTES)
    reply(response, 200, await this.#handlers.console({ router, does: as, text }))
  }
}
