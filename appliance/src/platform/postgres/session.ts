/**
 * One connection for a long piece of work: statements in order, and COPY as streams. Unlike a pool
 * it waits without end, because a table of gigabytes takes its time.
 */
import type { Readable, Writable } from "node:stream"
import pg from "pg"
import { from as copyFrom, to as copyTo } from "pg-copy-streams"
import { CopyIn } from "./copy-in.ts"
import type { Connection } from "./database-url.ts"
import { explain, hasNoTls } from "./errors.ts"
import { clientConfig, type PoolOptions } from "./pool.ts"
import { createTx, type Tx } from "./sql.ts"

export type Session = {
  readonly tx: Tx
  /** The text of `copy … to stdout`. Read it to its end before the next statement. */
  readonly copyOut: (statement: string) => Readable
  /** Takes the text of `copy … from stdin`; its `finish` says that the server has it. */
  readonly copyIn: (statement: string) => Writable & { readonly rowCount: number }
  /** What was not committed is rolled back. */
  readonly end: () => Promise<void>
}

export const openSession = async (
  connection: Connection,
  options: Pick<PoolOptions, "name" | "settings">,
): Promise<Session> => {
  const client = await connect(connection, options)
  const tx = createTx(async (config) => {
    try {
      return await (config instanceof CopyIn ? config.run(client) : client.query(config))
    } catch (error) {
      throw explain(error)
    }
  })
  return {
    tx,
    copyOut: (statement) => client.query(copyTo(statement)),
    copyIn: (statement) => client.query(copyFrom(statement)),
    end: async () => {
      // A COPY that was given up would keep `end` waiting.
      const late = setTimeout(() => client.connection.stream.destroy(), END_MS)
      await client.end().catch(() => undefined)
      clearTimeout(late)
    },
  }
}

const END_MS = 2_000

const connect = async (
  connection: Connection,
  options: Pick<PoolOptions, "name" | "settings">,
): Promise<pg.Client> => {
  const { at } = connection
  const open = async (isPlain: boolean): Promise<pg.Client> => {
    const client = new pg.Client(clientConfig(connection, options, isPlain))
    // A pending statement gets the error; without a listener it would end the process.
    client.on("error", () => undefined)
    await client.connect()
    return client
  }
  try {
    return await open(false)
  } catch (error) {
    if (at.kind !== "tcp" || at.tls !== "prefer" || !hasNoTls(error)) throw explain(error, at)
    return await open(true)
  }
}
