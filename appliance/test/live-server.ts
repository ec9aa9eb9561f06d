/** A server of live streams at a port of this host, and its clients; for tests. */
import { once } from "node:events"
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import type { Live } from "../src/flow/live/live.ts"

export type LiveServer = {
  /** The response, of which nothing is read yet. */
  readonly open: (path?: string) => Promise<IncomingMessage>
  /** Ends the streams, too. */
  readonly close: () => void
}

export const serveLive = async (
  live: Pick<Live, "stop">,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LiveServer> => {
  const server = createServer(answer)
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    open: async (path = "/") => {
      const asking = request({ port, host: "127.0.0.1", path })
      asking.on("error", () => undefined)
      asking.end()
      const [response]: IncomingMessage[] = await once(asking, "response")
      if (response === undefined) throw new Error("there is no response")
      response.on("error", () => undefined)
      return response
    },
    close: () => {
      live.stop()
      server.closeAllConnections()
      server.close()
    },
  }
}
