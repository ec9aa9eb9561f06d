/**
 * Fault injection for pages of the demo's appliance: `GET` the state, `POST` a command and get the
 * state after it. The path holds a secret, and only pages of the appliance's own origin may read
 * the answers, so that another page open in the same browser cannot break the network.
 */
import { randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { z } from "zod"
import { LabCommand, type LabState } from "../simulator/commands.ts"
import { CommandError } from "../simulator/control-server.ts"

export type FaultInjection = {
  /** Browsers on this machine reach it there. */
  readonly url: string
  readonly stop: () => Promise<void>
}
type Deps = {
  /** Origins of the appliance's UI. */
  readonly origins: readonly string[]
  readonly state: () => LabState
  /** Throws a `CommandError` for a name that does not exist. */
  readonly apply: (command: LabCommand) => Promise<LabState>
}

const MAX_BYTES = 64 * 1024

const parseCommand = async (request: IncomingMessage): Promise<LabCommand> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    chunks.push(Buffer.from(chunk))
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new CommandError("the command is too long")
  }
  let body: unknown
  try {
    body = JSON.parse(Buffer.concat(chunks).toString("utf8"))
  } catch (cause) {
    throw new CommandError("the command is not JSON", { cause })
  }
  const command = LabCommand.safeParse(body)
  if (!command.success) throw new CommandError(z.prettifyError(command.error))
  return command.data
}

const corsHeaders = (origin: string) => ({
  "access-control-allow-origin": origin,
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": "content-type",
  "access-control-max-age": "600",
})

type Answer = { readonly status: number; readonly body: unknown }

const answer = async (request: IncomingMessage, { state, apply }: Deps): Promise<Answer> => {
  if (request.method === "OPTIONS") return { status: 204, body: null }
  if (request.method === "GET") return { status: 200, body: state() }
  if (request.method !== "POST")
    return { status: 405, body: { message: "GET the state or POST a command" } }
  try {
    return { status: 200, body: await apply(await parseCommand(request)) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { status: error instanceof CommandError ? 422 : 500, body: { message } }
  }
}

const send = (response: ServerResponse, { status, body }: Answer, headers: object): void => {
  response.writeHead(status, {
    "content-type": "application/json",
    "cache-control": "no-store",
    vary: "origin",
    ...headers,
  })
  response.end(body === null ? undefined : JSON.stringify(body))
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resolve(typeof address === "object" && address !== null ? address.port : 0)
    })
  })

/** Listens on a free port of 127.0.0.1. */
export const startFaultInjection = async (deps: Deps): Promise<FaultInjection> => {
  const path = `/${randomBytes(18).toString("base64url")}`
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { origin } = request.headers
    if (request.url !== path)
      return send(response, { status: 404, body: { message: "not found" } }, {})
    if (origin !== undefined && !deps.origins.includes(origin))
      return send(response, { status: 403, body: { message: "another site's page" } }, {})
    const headers = origin === undefined ? {} : corsHeaders(origin)
    send(response, await answer(request, deps), headers)
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}${path}`,
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
