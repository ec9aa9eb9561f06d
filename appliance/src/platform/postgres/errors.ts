/** Errors of the database: what the server said, what the connection suffered, what took too long. */
import pg from "pg"
import type { Connection } from "./database-url.ts"

/** A unit of work that was not done within its time. */
export class LateError extends Error {
  /** As the server has it for a statement that was cancelled. */
  readonly code = "57014"
  constructor(unitMs: number) {
    super(`the database did not finish within ${unitMs} ms`)
  }
}

export const lostError = (why: string, cause?: unknown): Error =>
  Object.assign(new Error(`the connection to the database was lost: ${why}`, { cause }), {
    code: "CONNECTION_CLOSED",
  })

const NO_TLS = "The server does not support SSL connections"
export const hasNoTls = (error: unknown): boolean =>
  error instanceof Error && error.message === NO_TLS

/** `pg` gives its own errors no code: here they get one, and the words of this program. */
export const explain = (error: unknown, at?: Connection["at"]): unknown => {
  if (!(error instanceof Error) || error instanceof pg.DatabaseError || "code" in error)
    return error
  const { message } = error
  const where = at?.kind === "tcp" ? at.host : "the server"
  if (message === NO_TLS && at?.kind === "tcp")
    return new Error(`${where} offers no TLS, and sslmode=${at.tls} asks for it`)
  if (message === "There was an error establishing an SSL connection")
    return new Error(`${where} does not answer a request for TLS as Postgres does`)
  if (
    message === "timeout expired" ||
    message === "Connection terminated due to connection timeout"
  )
    return Object.assign(new Error(`no answer from ${where}`), { code: "CONNECT_TIMEOUT" })
  if (
    /^(Connection terminated|Client (was closed|has encountered)|Query read timeout|Cannot use a pool)/.test(
      message,
    )
  )
    return lostError(message, error)
  return error
}

const LOST = new Set([
  "CONNECTION_CLOSED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOENT",
  "57P01",
  "57P02",
  "57P03",
])
/** True where the server went away: what is idempotent may be tried again. */
export const isConnectionLost = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  typeof error.code === "string" &&
  LOST.has(error.code)

/** An error of the server's, by its SQLSTATE. */
export const hasSqlState = (error: unknown, sqlState: string): error is pg.DatabaseError =>
  error instanceof pg.DatabaseError && error.code === sqlState
