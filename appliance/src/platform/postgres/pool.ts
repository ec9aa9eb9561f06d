/**
 * One generation of connections: opened together, and given up together when the first of them is lost. Nothing in it is ever
 * connected again; whoever wants to go on opens another (docs/decisions/0006).
 */
import postgres from "postgres"
import type { Connection } from "./database-url.ts"
import { addLists } from "./postgres-arrays.ts"
import { lostError, openStream, type PostgresStream } from "./postgres-stream.ts"

// int8 comes back as a JS number by `types` (ids, byte counts and bit/s stay far below 2^53); numeric is cast in SQL.
export type Sql = postgres.Sql<{ bigint: number }>
/** What store functions take first: a transaction that already works for one organisation. */
export type Tx = postgres.TransactionSql<{ bigint: number }>

export type PoolOptions = {
  readonly name: string
  readonly max: number
  readonly settings?: Readonly<Record<string, string | number>>
  /** What one transaction may take, waiting for a connection included; then it is refused and the generation given up. Null: no end. */
  readonly unitMs?: number | null
  /** How long the server may owe an answer without a byte of it. Null: no end. */
  readonly answerTimeoutMs?: number | null
  readonly onNotice?: ((message: string) => void) | undefined
}
export type Pool = {
  readonly sql: Sql
  /** True once a connection was lost or the pool was ended: what is asked of it then is refused. */
  readonly isOver: () => boolean
  /** Waits so long for what runs; afterwards no socket of it is left. */
  readonly end: (options: { readonly timeout: number }) => Promise<void>
}

export const openPool = (connection: Connection, options: PoolOptions): Pool => {
  const { name, max, settings, unitMs = null, answerTimeoutMs = null, onNotice } = options
  const { at, database, user, password } = connection
  const streams = new Set<PostgresStream>()
  const waiting = new Set<(why: Error) => void>()
  let over = false

  const giveUp = (why: Error): void => {
    if (over) return
    over = true
    for (const stream of streams) stream.fail("it was given up with the others")
    void end({ timeout: 0 })
    // After the lines have told the package, so that each answer comes the way it always does wherever it still can.
    setImmediate(() => {
      for (const reject of waiting) reject(why)
      waiting.clear()
    })
  }
  const open = async (): Promise<PostgresStream> => {
    try {
      if (over) throw lostError("it was given up with the others")
      const stream = await openStream(at, {
        answerTimeoutMs,
        onLost: (lost, why) => {
          streams.delete(lost)
          giveUp(why)
        },
      })
      if (over) stream.fail("it was given up with the others")
      else streams.add(stream)
      return stream
    } catch (error) {
      giveUp(error instanceof Error ? error : lostError(String(error)))
      throw error
    }
  }
  const endpoint = {
    host: at.kind === "socket" ? at.directory : at.host,
    port: at.port,
    socket: open,
  }
  const sql = postgres({
    ...endpoint,
    database,
    user,
    password,
    max,
    connect_timeout: 10,
    // Its own renewal of connections is the way back that is not to be taken: generations are renewed instead.
    max_lifetime: null,
    idle_timeout: 0,
    fetch_types: false,
    onnotice: (notice) => onNotice?.(`${notice.severity}: ${notice.message}`),
    connection: { application_name: `ispvm ${name}`, TimeZone: "UTC", ...settings },
    types: {
      bigint: {
        to: 20,
        from: [20],
        serialize: (value: number) => String(value),
        parse: (text: string) => Number(text),
      },
    },
  })
  addLists(sql.options)
  const begin = sql.begin.bind(sql)
  const end = sql.end.bind(sql)

  /** Whoever waits is refused when the generation ends or their time is over; what is returned says that they wait no more. */
  const wait = (reject: (why: Error) => void): (() => void) => {
    const tooLate = (): void => {
      waiting.delete(reject)
      const why = `the database was not through with it within ${unitMs} ms`
      reject(Object.assign(new Error(why), { code: "57014" }))
      giveUp(lostError(why))
    }
    const late = unitMs === null ? undefined : setTimeout(tooLate, unitMs)
    waiting.add(reject)
    return () => {
      clearTimeout(late)
      waiting.delete(reject)
    }
  }
  const bounded = <T>(start: () => Promise<T>): Promise<T> => {
    if (over) return Promise.reject(lostError("it was given up with the others"))
    const ended = Promise.withResolvers<T>()
    const done = wait(ended.reject)
    start().then(ended.resolve, ended.reject)
    return ended.promise.finally(done)
  }
  /** A lone query runs when it is first waited for (`handle`); a part of another one never does. */
  const boundQuery = (query: Promise<unknown>): void => {
    const handle: unknown = Reflect.get(query, "handle")
    const reject: unknown = Reflect.get(query, "reject")
    if (typeof handle !== "function" || typeof reject !== "function")
      throw new Error("the postgres package has changed its queries")
    let isRunning = false
    Reflect.set(query, "handle", () => {
      if (!isRunning) {
        isRunning = true
        const done = wait((why) => Reflect.apply(reject, query, [why]))
        Promise.prototype.then.call(query, done, done)
      }
      return Reflect.apply(handle, query, [])
    })
  }
  const endAll = async (how: { readonly timeout?: number } = {}): Promise<void> => {
    await end(how)
    over = true
    for (const stream of streams) stream.fail("it was ended")
    streams.clear()
  }
  const own = Object.assign(sql, {
    begin: (...order: Parameters<typeof begin>) => bounded(() => begin(...order)),
    end: endAll,
  })
  return {
    sql: new Proxy(own, {
      apply: (target, self, order) => {
        const query: unknown = Reflect.apply(target, self, order)
        if (query instanceof Promise) boundQuery(query)
        return query
      },
    }),
    isOver: () => over,
    end: endAll,
  }
}
