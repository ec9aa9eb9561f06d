/** What the agents' door and the routers' door have in common: how TLS is spoken, how a fault becomes a refusal, and how a door closes. */
import { constants } from "node:crypto"
import { once } from "node:events"
import type { Server } from "node:https"
import { isConnectionLost } from "./platform/db.ts"
import { AppError } from "./platform/errors.ts"
import { Refusal } from "./registry/agents/refusal.ts"

/** A client of TLS 1.2 may ask for handshake after handshake on one connection: that is work for us alone, and nobody needs it. */
export const TLS = { minVersion: "TLSv1.2", secureOptions: constants.SSL_OP_NO_RENEGOTIATION } as const

/** What is not said already is a fault of ours: the sender keeps what it has, and comes again after a while. */
export const refusalOf = (error: unknown, retryAfterMs: number): Refusal => {
  if (error instanceof Refusal) return error
  if (error instanceof AppError) return new Refusal(error.status, error.code, error.message)
  const options = { retryAfterMs, cause: error }
  return isConnectionLost(error)
    ? new Refusal(503, "unavailable", "The appliance cannot reach its database; try again.", options)
    : new Refusal(500, "failed", "The appliance failed at this request; try again.", options)
}

/** The body came to no end because the sender went away. */
export const isBrokenOff = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ECONNRESET"

/** In whole seconds, and never at once. */
export const retryAfter = ({ retryAfterMs }: Refusal): { readonly "retry-after"?: string } =>
  retryAfterMs === null ? {} : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }

/** Resolves when the last connection is gone; what does not come to an end within 2 s is cut. */
export const closeServer = async (server: Server): Promise<void> => {
  if (!server.listening) return
  const closed = once(server, "close")
  server.close()
  const idle = setInterval(() => server.closeIdleConnections(), 20) // what answers now becomes idle a moment later
  const cut = setTimeout(() => server.closeAllConnections(), 2_000)
  await closed
  clearInterval(idle)
  clearTimeout(cut)
}
