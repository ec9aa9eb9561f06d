/** The queues that are compared, each behind the same calls. */
import { join } from "node:path"
import { createCounters } from "@ispvm/appliance/platform/counters"
import { createJobs, defineJob, RETRY } from "@ispvm/appliance/platform/jobs/jobs"
import { createLog } from "@ispvm/appliance/platform/log"
import { parseDatabaseUrl } from "@ispvm/appliance/platform/postgres/database-url"
import { openDbs } from "@ispvm/appliance/platform/postgres/db"
import { migrate } from "@ispvm/appliance/platform/postgres/migrate"
import pg from "pg"
import { z } from "zod"
import { connectionConfig } from "./jobs-connection.ts"

const MIGRATIONS = join(import.meta.dirname, "../../appliance/migrations")

export const QUEUES = ["ours", "table"] as const
export type QueueName = (typeof QUEUES)[number]
export type Work = (payload: { readonly sentMs: number }) => Promise<void>
export type Queue = {
  readonly add: (payloads: readonly { readonly sentMs: number }[]) => Promise<void>
  readonly stop: () => Promise<void>
}
export type QueueMaker = {
  /** As the owner of the tables, once an installation. */
  readonly install: (ownerUrl: string) => Promise<void>
  /** As the role that owns nothing. */
  readonly start: (appUrl: string, work: Work) => Promise<Queue>
}

const APP = "ispvm_app"
/** The one that is measured; the others are there and empty. */
const QUEUE = "job0"
const EMPTY = Array.from({ length: 8 }, (_, index) => `job${index}`)

const execute = async (url: string, ...statements: string[]): Promise<void> => {
  const client = new pg.Client(connectionConfig(url))
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

const ours: QueueMaker = {
  install: async (url) => {
    await migrate(parseDatabaseUrl(url), MIGRATIONS)
  },
  start: async (url, work) => {
    const dbs = openDbs({ appUrl: url })
    const counters = createCounters({ process: false })
    const jobs = createJobs({ db: dbs.queue, counters, log: createLog("silent") })
    const payload = z.object({ sentMs: z.number() })
    const all = EMPTY.map((name) =>
      defineJob({
        name,
        payload,
        isUnique: false,
        retry: RETRY,
        timeoutS: 60,
        ...(name === "job1" ? { schedule: { cron: "* * * * *", payload: { sentMs: 0 } } } : {}),
        run: async (given) => {
          if (name === QUEUE) await work(given)
        },
      }),
    )
    for (const job of all) jobs.add(job)
    await jobs.start()
    const [measured] = all
    if (measured === undefined) throw new Error("no queue")
    return {
      add: async (payloads) => {
        await Promise.all(payloads.map((given) => jobs.send(measured, given)))
      },
      stop: async () => {
        await jobs.stop()
        await dbs.close()
      },
    }
  },
}

const poolOf = (url: string, max = 2): pg.Pool => {
  const pool = new pg.Pool({ ...connectionConfig(url), max, idleTimeoutMillis: 0 })
  pool.on("error", () => undefined)
  pool.on("connect", (client) => client.on("error", () => undefined))
  return pool
}

const ownTable: QueueMaker = {
  install: (url) =>
    execute(
      url,
      `create table job (id bigint generated always as identity primary key, name text not null,
        data jsonb not null, run_at timestamptz not null default now(), attempts int not null default 0)`,
      "create index on job (name, run_at)",
      `grant select, insert, update, delete on job to ${APP}`,
    ),
  start: async (url, work) => {
    const pool = poolOf(url)
    const listener = new pg.Client(connectionConfig(url))
    let isStopped = false
    let wake = Promise.withResolvers<void>()
    listener.on("notification", () => wake.resolve())
    await listener.connect()
    await listener.query("listen job")
    const one = async (): Promise<boolean> => {
      const client = await pool.connect()
      try {
        await client.query("begin")
        const { rows } = await client.query<{ data: { sentMs: number } }>(
          `delete from job where id = (select id from job where name = '${QUEUE}' and run_at <= now()
            order by run_at limit 1 for update skip locked) returning data`,
        )
        if (rows[0] !== undefined) await work(rows[0].data)
        await client.query("commit")
        return rows.length > 0
      } finally {
        client.release()
      }
    }
    const loop = async (): Promise<void> => {
      while (!isStopped) {
        if (await one()) continue
        const timer = setTimeout(() => wake.resolve(), 2_000)
        await wake.promise
        clearTimeout(timer)
        wake = Promise.withResolvers()
      }
    }
    const loops = [loop()]
    return {
      add: async (payloads) => {
        await pool.query(
          "insert into job (name, data) select $1, data from unnest($2::jsonb[]) as given (data)",
          [QUEUE, payloads.map((payload) => JSON.stringify(payload))],
        )
        await pool.query("notify job")
      },
      stop: async () => {
        isStopped = true
        wake.resolve()
        await Promise.all(loops)
        await Promise.all([listener.end(), pool.end()])
      },
    }
  },
}

export const MAKERS: Readonly<Record<QueueName, QueueMaker>> = {
  ours,
  table: ownTable,
}
