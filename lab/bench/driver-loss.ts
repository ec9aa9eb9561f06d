/** How each driver handles lost connections; one process per driver and kind of loss. */
import { spawn } from "node:child_process"
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { connect, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { pathToFileURL } from "node:url"
import type { Connection } from "@ispvm/appliance/platform/postgres/database-url"
import { openSql } from "@ispvm/appliance/platform/postgres/db"
import { type RunningPostgres, startPostgres } from "@ispvm/appliance/platform/postgres/postgres"
import { z } from "zod"
import { DRIVERS, type DriverName, type Face, openDriver } from "./driver-faces.ts"
import { ms, table } from "./figures.ts"

const Result = z.object({
  units: z.number(),
  failed: z.number(),
  /** Neither done nor failed at the end of the wait. */
  hung: z.number(),
  /** From the loss to the end of the last unit. */
  endedMs: z.number(),
  /** From the repair to the first answer; null: none within 20 s. */
  backMs: z.number().nullable(),
})
type Result = z.infer<typeof Result>

const LIMITS = { statementMs: 1_000, unitMs: 3_000, lifeMs: 1_800_000 }
const WAIT_MS = 12_000

type Stage = {
  readonly folder: string
  readonly server: RunningPostgres
  readonly restart: () => Promise<void>
}
type Loss = {
  readonly what: string
  /** Begins the loss; the returned function ends it. */
  readonly lose: (stage: Stage) => Promise<() => Promise<void>>
  /** Connect through a proxy that can stall. */
  readonly proxied?: boolean
}

const postmasterOf = ({ server }: Stage): number =>
  Number(readFileSync(join(server.directory, "postmaster.pid"), "utf8").split("\n")[0])
const serverPids = async (stage: Stage): Promise<number[]> => {
  const admin = openSql(stage.server.connection("postgres", "postgres"), { name: "pids", max: 1 })
  const rows = await admin<
    { pid: number }[]
  >`select pid from pg_stat_activity where pid <> pg_backend_pid()`
  await admin.end(1_000)
  return [...rows.map(({ pid }) => pid), postmasterOf(stage)]
}
let isStalled = false

export const LOSSES: Readonly<Record<string, Loss>> = {
  kill: {
    what: "server killed and started again",
    lose: async (stage) => {
      process.kill(postmasterOf(stage), "SIGKILL")
      return stage.restart
    },
  },
  terminate: {
    what: "every connection ended by the server",
    lose: async (stage) => {
      const admin = openSql(stage.server.connection("postgres", "postgres"), {
        name: "end",
        max: 1,
      })
      await admin`select pg_terminate_backend(pid) from pg_stat_activity
        where pid <> pg_backend_pid() and application_name like 'ispvm %'`
      await admin.end(1_000)
      return async () => undefined
    },
  },
  stop: {
    what: "server stopped (SIGSTOP), then continued",
    lose: async (stage) => {
      const pids = await serverPids(stage)
      for (const pid of pids) process.kill(pid, "SIGSTOP")
      return async () => {
        for (const pid of pids.toReversed()) process.kill(pid, "SIGCONT")
      }
    },
  },
  silent: {
    what: "network silent in both directions (half-open)",
    proxied: true,
    lose: async () => {
      isStalled = true
      return async () => {
        isStalled = false
      }
    },
  },
}

/** Work that a loss can interrupt in every phase of a transaction. */
const load = (face: Face): Promise<unknown>[] =>
  Array.from({ length: 36 }, async (_, index) => {
    if (index % 6 === 5) return await face.query`select pg_sleep(0.05), ${index}::int`
    return await face.begin(async (tx) => {
      await tx`select ${index}::int`
      if (index % 2 === 0) await delay(index % 40)
      if (index % 3 === 0)
        await Promise.all([1, 2, 3].map((n) => tx`select ${n}::int, pg_sleep(0.01)`))
      await tx`select pg_sleep(0.02)`
    })
  })

const measure = async (face: Face, stage: Stage, loss: Loss): Promise<Result> => {
  await face.query`select 1`
  let units = 0
  let open = 0
  let failed = 0
  let lastMs = 0
  const begin = (): void => {
    for (const unit of load(face)) {
      units += 1
      open += 1
      void unit
        .catch(() => {
          failed += 1
        })
        .finally(() => {
          open -= 1
          lastMs = performance.now()
        })
    }
  }
  begin()
  await delay(60)
  const lostMs = performance.now()
  const restore = await loss.lose(stage)
  begin()
  while (open > 0 && performance.now() - lostMs < WAIT_MS) await delay(20)
  const hung = open
  const endedMs = lastMs - lostMs
  await restore()
  const restoredMs = performance.now()
  const works = () =>
    face
      .begin(async (tx) => await tx`select 1`)
      .then(
        () => true,
        () => false,
      )
  while (!(await works())) {
    if (performance.now() - restoredMs > 20_000)
      return { units, failed, hung, endedMs, backMs: null }
    await delay(20)
  }
  return { units, failed, hung, endedMs, backMs: performance.now() - restoredMs }
}

const openProxy = async (at: Connection["at"]) => {
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const server =
      at.kind === "socket"
        ? connect(`${at.directory}/.s.PGSQL.${at.port}`)
        : connect(at.port, at.host)
    for (const end of [client, server]) sockets.add(end.on("error", () => undefined))
    client.on("data", (bytes) => isStalled || server.write(bytes))
    server.on("data", (bytes) => isStalled || client.write(bytes))
    client.on("close", () => server.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
  const address = proxy.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  const place: Connection["at"] = {
    kind: "tcp",
    host: "127.0.0.1",
    port: address.port,
    tls: "disable",
    rootFile: null,
  }
  return {
    place,
    close: () => {
      for (const socket of sockets) socket.destroy()
      proxy.close()
    },
  }
}

const runChild = async (driver: DriverName, loss: Loss, folder: string): Promise<void> => {
  const start = () =>
    startPostgres({
      dataDir: join(folder, "data"),
      user: null,
      info: () => undefined,
      settings: { fsync: "off" },
    })
  const server = await start()
  const connection = server.connection("postgres", "postgres")
  const proxy = loss.proxied ? await openProxy(connection.at) : null
  const face = openDriver(driver, { ...connection, ...(proxy && { at: proxy.place }) }, LIMITS)
  try {
    const restart = async () => void (await start())
    const result = await measure(face, { folder, server, restart }, loss)
    process.stdout.write(`${JSON.stringify(result)}\n`)
  } finally {
    await Promise.race([face.close(), delay(2_000)])
    proxy?.close()
    await server.stop()
  }
  process.exit(0)
}

const CHILD_MS = 45_000

/** Null if the process ended, or was killed, without a result. */
const runOne = (driver: DriverName, name: string): Promise<Result | null> =>
  new Promise((resolve) => {
    const folder = mkdtempSync(join(tmpdir(), "ispvm-driver-"))
    chmodSync(folder, 0o755)
    const child = spawn(process.execPath, [import.meta.filename, driver, name, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    let out = ""
    child.stdout.on("data", (bytes) => {
      out += String(bytes)
    })
    const late = setTimeout(() => child.kill("SIGKILL"), CHILD_MS)
    child.once("close", () => {
      clearTimeout(late)
      void endServer(folder).then(() => resolve(out === "" ? null : Result.parse(JSON.parse(out))))
    })
  })

/** A process that was ended leaves its server behind. */
const endServer = async (folder: string): Promise<void> => {
  for (const file of globSync("data/*/postmaster.pid", { cwd: folder })) {
    const pid = Number(readFileSync(join(folder, file), "utf8").split("\n")[0])
    if (!existsSync(`/proc/${pid}`)) continue
    for (const signal of ["SIGCONT", "SIGQUIT"] as const) process.kill(pid, signal)
    for (let waits = 0; waits < 50 && existsSync(`/proc/${pid}`); waits += 1) await delay(100)
  }
  rmSync(folder, { recursive: true, force: true })
}

export const runLosses = async (): Promise<void> => {
  const rows = [["loss", "driver", "failed of", "hung", "all ended after", "back after"]]
  for (const [name, { what }] of Object.entries(LOSSES))
    for (const driver of DRIVERS) {
      const result = await runOne(driver, name)
      rows.push(
        result === null
          ? [what, driver, "no report: the process ended or hung", "", "", ""]
          : [
              what,
              driver,
              `${result.failed} of ${result.units}`,
              String(result.hung),
              result.hung > 0 ? "–" : ms(result.endedMs),
              result.backMs === null ? "never" : ms(result.backMs),
            ],
      )
    }
  console.log(`${table(rows)}\n`)
}

const [, script = "", driver, name = "", folder = ""] = process.argv
if (import.meta.url === pathToFileURL(script).href) {
  const loss = LOSSES[name]
  const known = DRIVERS.find((each) => each === driver)
  if (loss === undefined || known === undefined) throw new Error("usage: DRIVER LOSS")
  await runChild(known, loss, folder)
}
