/**
 * The `postgres` package, mended while it is read. In 3.4.9 a small write waits for the next turn of the event loop; where the
 * connection is lost meanwhile, that turn writes to null and ends the process, and the connection it belonged to never sends again
 * (porsager/postgres issues 1154 and 1208, open). Seen here with every transaction that was under way when the server went away.
 *
 * Loaded by this file only, so that no other import reads the package first; a test holds both to it.
 */
import { registerHooks } from "node:module"
import type { PostgresError } from "postgres"

const FILE = /\/node_modules\/postgres\/src\/(connection|index)\.js$/

/** What is replaced by what; each stands in the file exactly as often as told. */
export const MENDED = [
  {
    // A query that comes after the end is refused like any other that the end met.
    was: "  function execute(q) {\n    if (terminated)",
    is: "  function execute(q) {\n    if (socket === null)\n      return queryError(q, Errors.connection('CONNECTION_CLOSED', options)), true\n\n    if (terminated)",
    times: 1,
  },
  {
    // What was not sent yet is not owed to the next connection, which may then send again.
    was: "\n    clearImmediate(nextWriteTimer)\n",
    is: "\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n",
    times: 2,
  },
  {
    was: "  function nextWrite(fn) {\n    const x = socket.write(chunk, fn)",
    is: "  function nextWrite(fn) {\n    const x = socket !== null && socket.write(chunk, fn)",
    times: 1,
  },
  {
    // The rollback of a transaction that lost its connection must not run on whatever that connection serves next.
    was: "      , connection\n      , prepare = null\n",
    is: "      , connection\n      , lost = null\n      , prepare = null\n",
    times: 1,
  },
  {
    was: "new Promise((_, reject) => connection.onclose = reject)",
    is: "new Promise((_, reject) => connection.onclose = e => (lost = e, reject(e)))",
    times: 1,
  },
  {
    was: "        q.catch(e => uncaughtError || (uncaughtError = e))\n",
    is: "        q.catch(e => uncaughtError || (uncaughtError = e))\n        if (lost !== null)\n          return q.reject(lost)\n",
    times: 1,
  },
] as const

export const mend = (source: string): string => MENDED.reduce((text, { was, is }) => text.replaceAll(was, is), source)

const hooks = registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context)
    if (!FILE.test(url) || loaded.source === undefined || loaded.source === null) return loaded
    return { ...loaded, source: mend(Buffer.from(loaded.source as Uint8Array).toString("utf8")) }
  },
})
export const { default: postgres } = await import("postgres")
hooks.deregister()

/** An error of the server's, by its SQLSTATE. */
export const hasSqlState = (error: unknown, sqlState: string): error is PostgresError =>
  error instanceof postgres.PostgresError && error.code === sqlState
