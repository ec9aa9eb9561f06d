/**
 * Whose name a request asks for. A page of another site can have its own name resolve to our address (DNS rebinding), and a browser then
 * takes us for that site: its Host header gives it away. An address in place of a name cannot be rebound, so every address is taken.
 */
import { isIP } from "node:net"
import type { Context } from "koa"
import { isForwarded } from "./client-address.ts"
import { HttpError } from "./http-error.ts"
import { plainAddress } from "./source-address.ts"

/** The name in a Host header, without its port and in lower case; null where it is none. */
export const hostName = (header: string): string | null => {
  const found = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]]+))(?::\d{1,5})?$/i.exec(header)
  return (found?.[1] ?? found?.[2] ?? null)?.toLowerCase().replace(/\.$/, "") ?? null
}

export const isLoopbackAddress = (address: string | undefined): boolean => {
  const plain = plainAddress(address)
  return plain === "::1" || /^127\./.test(plain)
}
const isLoopbackHost = (header: string): boolean => {
  const name = hostName(header)
  return name !== null && (name === "localhost" || isLoopbackAddress(name))
}

/** From this machine, by nobody in between, to a name of this machine. A proxy that adds no header cannot be told from it. */
export const isLocalRequest = ({ req }: Context): boolean =>
  isLoopbackAddress(req.socket.remoteAddress) &&
  !isForwarded(req.headers) &&
  req.httpVersion !== "1.0" &&
  isLoopbackHost(req.headers.host ?? "")

/** A probe on this machine may ask for health by any name: the answer tells nothing, and such probes send odd names. */
const HEALTH: ReadonlySet<string> = new Set(["/healthz", "/readyz"])
const isLocalProbe = ({ req, path }: Context): boolean =>
  HEALTH.has(path) && isLoopbackAddress(req.socket.remoteAddress) && !isForwarded(req.headers)

/** Throws 421 where the Host header names none of ours. `names` is read at each request: a machine's name may change. */
export const rejectUnknownHost = (ctx: Context, names: () => readonly string[]): void => {
  const name = hostName(ctx.req.headers.host ?? "")
  if (name !== null && (isIP(name) !== 0 || name === "localhost" || names().includes(name))) return
  if (isLocalProbe(ctx)) return
  const requested = name === null ? "no name" : `"${name.slice(0, 100)}"`
  throw new HttpError(
    421,
    "host-unknown",
    `This appliance was asked for as ${requested}, which is not a name of it. Use one of its names, or add this one to ISPVM_ALLOWED_HOSTS.`,
  )
}
