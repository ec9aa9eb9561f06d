/**
 * A pool of connections on `pg`. Nothing waits without end: an answer, a transaction and the wait
 * for a connection have their time, and a connection that misses it is closed.
 */
import { setTimeout as delay } from "node:timers/promises"
import pg from "pg"
import { CopyIn } from "./copy-in.ts"
import type { Connection } from "./database-url.ts"
import { explain, hasNoTls, isConnectionLost, LateError, lostError } from "./errors.ts"
import { tlsOptions } from "./postgres-tls.ts"
import { columnTypes } from "./postgres-types.ts"
import { createTx, type Send, type Sql, type Tx } from "./sql.ts"

export type PoolOptions = {
  readonly name: string
  readonly max: number
  readonly settings?: Readonly<Record<string, string | number>>
  /** What one unit of work may take, the wait for a connection included. Null: no end. */
  readonly unitMs?: number | null
  /** How long the answer to one statement may take. Null: no end. */
  readonly answerTimeoutMs?: number | null
  /** Connections are replaced at this age: what they have prepared is kept that long. */
  readonly lifeMs?: number
  readonly onNotice?: ((message: string) => void) | undefined
}
export type Pool = Sql & {
  /** Waits so long for what runs, 5 s if not told; afterwards no connection is left. */
  readonly end: (waitMs?: number) => Promise<void>
}

const CONNECT_MS = 10_000
const END_MS = 5_000
const KEEP_ALIVE_MS = 60_000

export const openPool = (connection: Connection, options: PoolOptions): Pool => {
  const { unitMs = null } = options
  const clients = new Set<pg.Client>()
  const pool = createClients(connection, options, clients)
  /** Of the units under way. No promise for all of them: each wait would stay noted on it. */
  const open = new Set<(why: Error) => void>()

  /** One connection for `work`, which is closed after a loss and when `work` is late. */
  const withClient = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    const over = Promise.withResolvers<never>()
    open.add(over.reject)
    const timer =
      unitMs === null ? undefined : setTimeout(() => over.reject(new LateError(unitMs)), unitMs)
    const connecting = connect(pool, connection)
    let isTaken = false
    try {
      const client = await Promise.race([connecting, over.promise])
      isTaken = true
      let isWhole = true
      try {
        return await Promise.race([work(client), over.promise])
      } catch (error) {
        // One that may still run something is closed, so that it cannot commit later.
        isWhole = !isConnectionLost(error) && !(error instanceof LateError)
        if (!isWhole) client.connection.stream.destroy()
        throw error
      } finally {
        client.release(!isWhole)
      }
    } finally {
      clearTimeout(timer)
      open.delete(over.reject)
      if (!isTaken)
        connecting.then(
          (client) => client.release(),
          () => undefined,
        )
    }
  }
  return Object.assign(
    createTx((config) => withClient((client) => ask(client, config))),
    {
      begin: <T>(work: (tx: Tx) => PromiseLike<T>) =>
        withClient((client) => transaction(client, work)),
      end: async (waitMs = END_MS) => {
        const ending = pool.end()
        const late = new AbortController()
        await Promise.race([ending, delay(waitMs, null, { signal: late.signal }).catch(() => null)])
        late.abort()
        for (const reject of open) reject(lostError("the pool was closed"))
        for (const client of clients) client.connection.stream.destroy()
        await ending
      },
    },
  )
}

/** `isPlain`: without TLS, whatever the connection asks for. */
export const clientConfig = (
  { at, database, user, password }: Connection,
  { name, settings, answerTimeoutMs = null }: Omit<PoolOptions, "max">,
  isPlain: boolean,
): pg.ClientConfig => ({
  host: at.kind === "socket" ? at.directory : at.host,
  port: at.port,
  database,
  user,
  password,
  ssl: isPlain ? false : tlsOptions(at),
  connectionTimeoutMillis: Math.min(CONNECT_MS, answerTimeoutMs ?? CONNECT_MS),
  ...(answerTimeoutMs === null ? {} : { query_timeout: answerTimeoutMs }),
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  application_name: `ispvm ${name}`,
  options: Object.entries({ TimeZone: "UTC", ...settings })
    .map(([key, value]) => `-c ${key}=${value}`)
    .join(" "),
  types: columnTypes,
})

const createClients = (
  connection: Connection,
  options: PoolOptions,
  clients: Set<pg.Client>,
): pg.Pool & { isPlain?: boolean } => {
  const { max, lifeMs, onNotice } = options
  class Client extends pg.Client {
    constructor() {
      // Statements are sent without waiting for the answers before them.
      super({ ...clientConfig(connection, options, own.isPlain === true), pipeline: true })
      clients.add(this)
      this.on("end", () => clients.delete(this))
      this.on("notice", ({ severity, message }) => onNotice?.(`${severity}: ${message}`))
      // A pending query gets the error; without a listener it would end the process.
      this.on("error", () => undefined)
    }
  }
  const own: pg.Pool & { isPlain?: boolean } = new pg.Pool({
    Client,
    max,
    idleTimeoutMillis: 0,
    maxLifetimeSeconds: (lifeMs ?? 0) / 1_000,
  })
  own.on("error", () => undefined)
  return own
}

/** With `prefer` a server that has no TLS is spoken to without, from then on. */
const connect = async (
  pool: pg.Pool & { isPlain?: boolean },
  { at }: Connection,
): Promise<pg.PoolClient> => {
  try {
    return await pool.connect()
  } catch (error) {
    const isPreferred = at.kind === "tcp" && at.tls === "prefer"
    if (!isPreferred || !hasNoTls(error)) throw explain(error, at)
    pool.isPlain = true
    return await pool.connect()
  }
}

const ask = async (client: pg.PoolClient, config: pg.QueryConfig | CopyIn): ReturnType<Send> => {
  try {
    return await (config instanceof CopyIn ? config.run(client) : client.query(config))
  } catch (error) {
    throw explain(error)
  }
}

const transaction = async <T>(
  client: pg.PoolClient,
  work: (tx: Tx) => PromiseLike<T>,
): Promise<T> => {
  await ask(client, { text: "begin" })
  const failures: unknown[] = []
  const send: Send = async (config) => {
    try {
      return await ask(client, config)
    } catch (error) {
      failures.push(error)
      throw error
    }
  }
  try {
    const result = await work(createTx(send))
    // The server would answer the commit of a failed transaction with a rollback, and no error.
    if (failures.length > 0) throw failures[0]
    await ask(client, { text: "commit" })
    return result
  } catch (error) {
    await ask(client, { text: "rollback" }).catch(() => client.connection.stream.destroy())
    throw error
  }
}
