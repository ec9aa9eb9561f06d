/**
 * Checks the Host header against DNS rebinding: another site can resolve its own name to our
 * address, and its page then counts as same-origin. An IP address cannot be rebound, so every
 * address is accepted.
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

const isLoopbackAddress = (address: string | undefined): boolean => {
  const plain = plainAddress(address)
  return plain === "::1" || /^127\./.test(plain)
}
const isLoopbackHost = (header: string): boolean => {
  const name = hostName(header)
  return name !== null && (name === "localhost" || isLoopbackAddress(name))
}

/** A direct request from this host to one of its own names. A proxy without headers looks alike. */
export const isLocalRequest = ({ req }: Context): boolean =>
  isLoopbackAddress(req.socket.remoteAddress) &&
  !isForwarded(req.headers) &&
  req.httpVersion !== "1.0" &&
  isLoopbackHost(req.headers.host ?? "")

/** Health probes on this host may use any name: the answer reveals nothing. */
const HEALTH: ReadonlySet<string> = new Set(["/healthz", "/readyz"])
const isLocalProbe = ({ req, path }: Context): boolean =>
  HEALTH.has(path) && isLoopbackAddress(req.socket.remoteAddress) && !isForwarded(req.headers)

/** Throws 421 for an unknown Host. `names` is read for each request, since they may change. */
export const rejectUnknownHost = (ctx: Context, names: () => readonly string[]): void => {
  const name = hostName(ctx.req.headers.host ?? "")
  if (name !== null && (isIP(name) !== 0 || name === "localhost" || names().includes(name))) return
  if (isLocalProbe(ctx)) return
  const requested = name === null ? "no name" : `"${name.slice(0, 100)}"`
  throw new HttpError(
    421,
    "host-unknown",
    `${requested} is not a name of this appliance. Use one of its names, or add this one to ISPVM_ALLOWED_HOSTS.`,
  )
}
