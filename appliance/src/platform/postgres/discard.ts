/** A database for a trial: everything done on it is discarded, and nobody else ever sees any of it. */
import type { OrgId } from "../ids.ts"
import { createSerialQueues } from "../serial-queue.ts"
import type { Db, Sql, Tx } from "./db.ts"

class Discarded extends Error {}

/** Units of work one after another: they share one connection, each with a savepoint of its own. */
const dbOf = (tx: Tx): Db => {
  const queue = createSerialQueues<"units">()
  const begin = <T>(work: (tx: Tx) => PromiseLike<T>): Promise<T> =>
    queue.run("units", async () => {
      await tx`savepoint unit`
      try {
        const value = await work(tx)
        await tx`release savepoint unit`
        return value
      } catch (error) {
        await tx`rollback to savepoint unit`
        throw error
      }
    })
  return {
    sql: Object.assign(tx, { begin }),
    asOrg: (org: OrgId, work) =>
      begin(async (unit) => {
        await unit`select set_config('app.org_id', ${org}, true)`
        return await work(unit)
      }),
  }
}

/**
 * One transaction around `work`, which is rolled back at its end, also when the process is killed.
 * It holds a connection of `sql` meanwhile.
 */
export const withDiscardedChanges = async <T>(
  sql: Sql,
  work: (db: Db) => Promise<T>,
): Promise<T> => {
  let done: { readonly value: T } | undefined
  try {
    await sql.begin(async (tx) => {
      done = { value: await work(dbOf(tx)) }
      throw new Discarded("discarded")
    })
  } catch (error) {
    if (done === undefined) throw error
  }
  if (done === undefined) throw new Error("the transaction has ended too early")
  return done.value
}
