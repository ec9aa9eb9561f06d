/**
 * The lab's levers over HTTP on 127.0.0.1: `GET` the state, `POST` a command and get the state after it. Below it the consoles of the
 * routers: `POST …/import/ROUTER` a script, `POST …/console/ROUTER` a line, `GET …/export/ROUTER`; the answer tells what the console prints.
 *
 * The path holds a secret, so that a web page open on the same machine cannot pull cables.
 */
import { randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { z } from "zod"
import { type ConsoleAnswer, type ConsoleCommand, LabCommand, type LabState } from "./commands.ts"

/** A fault in what was asked, as against one of the lab. */
export class Refused extends Error {}
export type Levers = {
  state(): LabState
  /** Throws `Refused` for a name that does not exist. */
  pull(command: LabCommand): Promise<LabState>
  console(command: ConsoleCommand): Promise<ConsoleAnswer>
}

const MOST_BYTES = 64 * 1024
const MOST_SCRIPT_BYTES = 1024 * 1024

const textOf = async (request: IncomingMessage, most: number): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > most) throw new Refused("the command is too long")
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString("utf8")
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const text = await textOf(request, MOST_BYTES)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refused("the command is not JSON", { cause: error })
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
/** An address that cannot be read names no router. */
const decoded = (word: string): string => {
  try {
    return decodeURIComponent(word)
  } catch {
    return ""
  }
}

export class Control {
  readonly #levers: Levers
  readonly #secret = randomBytes(18).toString("base64url")
  readonly #server: Server

  constructor(levers: Levers) {
    this.#levers = levers
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        reply(response, error instanceof Refused ? 400 : 500, { message })
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
    if (secret !== this.#secret || more.length > 0) return reply(response, 404, { message: "nothing here" })
    if (does !== undefined) return this.#console(request, response, does, decoded(router ?? ""))
    if (request.method === "GET") return reply(response, 200, this.#levers.state())
    if (request.method !== "POST") return reply(response, 405, { message: "GET the state or POST a command" })
    const command = LabCommand.safeParse(await bodyOf(request))
    if (!command.success) throw new Refused(z.prettifyError(command.error))
    reply(response, 200, await this.#levers.pull(command.data))
  }

  async #console(request: IncomingMessage, response: ServerResponse, does: string, router: string): Promise<void> {
    const [method, as] = CONSOLE[does] ?? []
    if (as === undefined || router === "") return reply(response, 404, { message: "nothing here" })
    if (request.method !== method) return reply(response, 405, { message: `${does} is asked for by ${method}` })
    const text = method === "GET" ? "" : await textOf(request, MOST_SCRIPT_BYTES)
    reply(response, 200, await this.#levers.console({ router, does: as, text }))
  }
}
