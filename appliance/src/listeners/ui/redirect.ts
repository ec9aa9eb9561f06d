/** Plain HTTP answers with the same address under HTTPS, and with nothing else. */
import type { RequestListener } from "node:http"
import { isIP } from "node:net"
import { hostName } from "../../platform/http/host-guard.ts"

export type RedirectOptions = {
  /** Names of this appliance besides its addresses, in lower case. */
  readonly names: () => readonly string[]
  /** Port of the UI's HTTPS. */
  readonly port: number
}

const HTTPS_PORT = 443
/** A longer path is a mistake or an attack; it is redirected to the first page. */
const MAX_PATH = 2_000

const withPort = (host: string, port: number): string => {
  const literal = isIP(host) === 6 ? `[${host}]` : host
  return port === HTTPS_PORT ? literal : `${literal}:${port}`
}

/** A name that is not ours is not repeated: the answer would send a visitor to a stranger's host. */
export const createRedirect = ({ names, port }: RedirectOptions): RequestListener => {
  const isOwn = (name: string): boolean =>
    isIP(name) !== 0 || name === "localhost" || names().includes(name)
  return (request, response) => {
    const name = hostName(request.headers.host ?? "")
    if (name === null || !isOwn(name)) {
      response
        .writeHead(421, { "content-type": "text/plain" })
        .end("Not a name of this appliance.\n")
      return
    }
    const path = request.url?.startsWith("/") === true ? request.url : "/"
    const location = `https://${withPort(name, port)}${path.length > MAX_PATH ? "/" : path}`
    response.writeHead(308, { location, "content-length": 0 }).end()
  }
}
