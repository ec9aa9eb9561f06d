/** The pool as pg-boss asks for it: text and values in, rows out, and transactions by hand. */
import type { Db as QueueDatabase } from "pg-boss"
import type { Sql, Tx } from "../postgres/db.ts"

class RolledBack extends Error {}

/** Which transaction of ours stands behind one that pg-boss was given. */
const transactions = new WeakMap<QueueDatabase, Tx>()

export const transactionOf = (db: QueueDatabase): Tx => {
  const tx = transactions.get(db)
  if (tx === undefined) throw new Error("not a transaction of the job queue")
  return tx
}

/** For pg-boss, nothing and null are the same value. */
export const asDatabase = (sql: Tx): QueueDatabase => ({
  executeSql: async (text, values = []) => ({
    rows: await sql.unsafe(
      text,
      values.map((value) => value ?? null),
    ),
  }),
})

export const openQueueDatabase = (sql: Sql): QueueDatabase => ({
  ...asDatabase(sql),
  beginTransaction: async (): ReturnType<NonNullable<QueueDatabase["beginTransaction"]>> => {
    const opened = Promise.withResolvers<Tx>()
    const ending = Promise.withResolvers<boolean>()
    const done = sql.begin(async (tx) => {
      opened.resolve(tx)
      if (!(await ending.promise)) throw new RolledBack("rolled back")
    })
    done.catch(opened.reject)
    const tx = await opened.promise
    const db = asDatabase(tx)
    transactions.set(db, tx)
    return {
      db,
      commit: () => {
        ending.resolve(true)
        return done
      },
      rollback: async () => {
        ending.resolve(false)
        await done.catch(() => undefined)
      },
    }
  },
})
