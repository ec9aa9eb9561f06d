/**
 * The embedded Postgres 18: one server of our own below the data folder, reached by a Unix socket only, stopped with us.
 * A server that outlived its appliance (kill -9) is adopted; two appliances on one data folder are refused before they touch it.
 */
import { randomBytes } from "node:crypto"
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { z } from "zod"
import type { Connection } from "./database-url.ts"
import { openSql } from "./db.ts"
import { cleanUpCrash, livingPid, readPid } from "./postgres-cleanup.ts"
import { choosePlace, chooseSocket, type Place } from "./postgres-place.ts"
import {
  findServerUser,
  prepareRuntime,
  type Runtime,
  runTool,
  type ServerUser,
} from "./postgres-runtime.ts"

/** This installation's own passwords: of the embedded server's superuser, of the tables' owner, and of the program. */
export const Passwords = z.strictObject({
  postgres: z.string().min(20),
  ispvm_owner: z.string().min(20),
  ispvm_app: z.string().min(20),
})
export type Passwords = z.infer<typeof Passwords>

type Settings = Readonly<Record<string, string>>
export type PostgresOptions = {
  readonly dataDir: string
  /** ISPVM_DB_USER, for a start as root. */
  readonly user: string | null
  readonly info: (message: string) => void
  /** Further lines of postgresql.conf; tests switch fsync off. */
  readonly settings?: Settings
}
export type RunningPostgres = {
  readonly passwords: Passwords
  readonly connection: (role: keyof Passwords, database: string) => Connection
  /** True where a server left alive by a killed appliance was taken over. */
  readonly adopted: boolean
  readonly directory: string
  /** Whether its process is there; says nothing about whether it answers. */
  readonly isAlive: () => boolean
  readonly stop: () => Promise<void>
  /** Asks for the same and does not wait: for the last moment of a process. */
  readonly stopNow: () => void
}

/** Starts the server, making its files the first time. Throws with the tail of the server's log where it does not come up. */
export const startPostgres = async (options: PostgresOptions): Promise<RunningPostgres> => {
  const dataDir = resolve(options.dataDir)
  mkdirSync(dataDir, { recursive: true })
  const user = findServerUser(options.user)
  const place = choosePlace(dataDir, user, options.info)
  const runtime = prepareRuntime(user, place.runtimeFolder)
  const passwords = readPasswords(dataDir, existsSync(join(place.directory, "PG_VERSION")))
  const server = { runtime, place, user, passwords }
  await makeCluster(server, options.settings ?? {})
  const left = await findLeftServer(server)
  const at = left ?? (await start(server, options.settings ?? {}))
  return {
    passwords,
    connection: (role, database) => ({ at, database, user: role, password: passwords[role] }),
    adopted: left !== null,
    directory: place.directory,
    isAlive: () => livingPid(place.directory) !== null,
    stop: () => stop(server),
    stopNow: () => {
      const pid = livingPid(place.directory)
      // SIGINT is Postgres's fast shutdown.
      if (pid !== null) process.kill(pid, "SIGINT")
    },
  }
}

type Server = {
  readonly runtime: Runtime
  readonly place: Place
  readonly user: ServerUser
  readonly passwords: Passwords
}

/** Read or made: `database.json`, for our eyes only. */
export const readPasswords = (dataDir: string, clusterExists: boolean): Passwords => {
  const file = join(dataDir, "database.json")
  if (existsSync(file)) {
    try {
      return Passwords.parse(JSON.parse(readFileSync(file, "utf8")))
    } catch (cause) {
      throw new Error(
        `${file} does not hold this installation's database passwords: bring it back from a backup.`,
        { cause },
      )
    }
  }
  if (clusterExists)
    throw new Error(
      `${file} is missing, and without it the database cannot be opened: bring it back from a backup.`,
    )
  const secret = () => randomBytes(24).toString("base64url")
  const made = { postgres: secret(), ispvm_owner: secret(), ispvm_app: secret() }
  writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: "wx" })
  return made
}

const makeCluster = async (
  { runtime, place, user, passwords }: Server,
  settings: Settings,
): Promise<void> => {
  const { directory } = place
  if (existsSync(join(directory, "ispvm.ok"))) return
  // Without that mark an earlier initdb was cut off half-way; nothing of ours can be in it.
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const scratch = mkdtempSync(join(tmpdir(), "ispvm-initdb-"))
  try {
    const passwordFile = join(scratch, "password")
    writeFileSync(passwordFile, passwords.postgres, { mode: 0o600 })
    if (user !== null)
      for (const path of [directory, scratch, passwordFile]) chownSync(path, user.uid, user.gid)
    // The built-in C.UTF-8 needs no locale of the host's; left to itself initdb makes a SQL_ASCII database where there is none.
    const locale = [
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
    ]
    const sync = settings.fsync === "off" ? ["--no-sync"] : []
    const { code, output } = await runTool(
      runtime,
      "initdb",
      [
        "--pgdata",
        directory,
        "--username=postgres",
        "--auth=scram-sha-256",
        `--pwfile=${passwordFile}`,
        ...locale,
        ...sync,
      ],
      user,
      directory,
    )
    if (code !== 0)
      throw new Error(
        `The database could not be made in ${directory}${asUser(user)}: ${hint(output)}`,
      )
    writeFileSync(join(directory, "postgresql.conf"), "include 'ispvm.conf'\n", { flag: "a" })
    writeFileSync(join(directory, "ispvm.ok"), "")
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const start = async (server: Server, settings: Settings): Promise<Connection["at"]> => {
  const { runtime, place, user } = server
  const at = await chooseSocket(place.directory, user)
  const quote = (value: string) => `'${value.replaceAll("'", "''")}'`
  const conf: Record<string, string> = {
    listen_addresses: at.kind === "tcp" ? at.host : "",
    // A list by itself, hence the inner quotes: a path may hold a comma or a blank.
    unix_socket_directories: at.kind === "socket" ? `"${at.directory}"` : "",
    unix_socket_permissions: "0700",
    port: String(at.port),
    max_connections: "60",
    shared_buffers: "128MB",
    timezone: "UTC",
    log_timezone: "UTC",
    log_min_messages: "warning",
    jit: "off",
    // After an import, plans that were made without statistics are slow until the next round.
    autovacuum_naptime: "15s",
    ...settings,
  }
  const file = join(place.directory, "ispvm.conf")
  writeFileSync(
    file,
    Object.entries(conf)
      .map(([name, value]) => `${name} = ${quote(value)}\n`)
      .join(""),
    { mode: 0o600 },
  )
  if (user !== null) chownSync(file, user.uid, user.gid)
  const log = join(place.directory, "server.log")
  writeFileSync(log, "", { mode: 0o600 }) // of this start alone: it cannot grow over the years
  chmodSync(log, 0o600)
  if (user !== null) chownSync(log, user.uid, user.gid)
  const { code, output } = await runTool(
    runtime,
    "pg_ctl",
    ["start", "--silent", "--wait", "--timeout=120", "--pgdata", place.directory, "--log", log],
    user,
    place.directory,
  )
  if (code !== 0) {
    const tail = readFileSync(log, "utf8").trim().split("\n").slice(-8).join("\n")
    throw new Error(
      `The database in ${place.directory} does not start${asUser(user)}: ${hint(output)}\n${tail}`,
    )
  }
  return at
}

/**
 * `postmaster.pid` says where a server of an earlier run listens; only one that takes our password is ours. One that is on its way
 * up or down is waited for.
 */
const findLeftServer = async ({ place, passwords }: Server): Promise<Connection["at"] | null> => {
  for (const until = performance.now() + 30_000; performance.now() < until; await delay(100)) {
    const [, , , port = "", socketDirectory = "", host = ""] = readPid(place.directory)
    if (livingPid(place.directory) === null) {
      await cleanUpCrash(place.directory)
      return null
    }
    if (!/^\d+$/.test(port)) continue
    const at: Connection["at"] =
      socketDirectory !== ""
        ? { kind: "socket", directory: socketDirectory, port: Number(port) }
        : { kind: "tcp", host, port: Number(port), tls: "disable", rootFile: null }
    if (
      await isOurs(
        { at, database: "postgres", user: "postgres", password: passwords.postgres },
        place.directory,
      )
    )
      return at
  }
  return null
}

const isOurs = async (connection: Connection, directory: string): Promise<boolean> => {
  const sql = openSql(connection, { name: "adopt", max: 1 })
  try {
    const [row] = await sql<
      { directory: string }[]
    >`select current_setting('data_directory') as directory`
    return row?.directory === directory
  } catch {
    return false // Nobody answers there yet, or it is not ours.
  } finally {
    await sql.end(1_000)
  }
}

const stop = async ({ runtime, place, user }: Server): Promise<void> => {
  const pgCtl = (...args: string[]) =>
    runTool(
      runtime,
      "pg_ctl",
      ["stop", "--silent", "--wait", "--pgdata", place.directory, ...args],
      user,
      place.directory,
    )
  // One that was killed leaves its file; the next start clears it away.
  if (livingPid(place.directory) === null) return
  if ((await pgCtl("--mode=fast", "--timeout=30")).code === 0) return
  const { code, output } = await pgCtl("--mode=immediate", "--timeout=10")
  if (code !== 0 && livingPid(place.directory) !== null) {
    throw new Error(`The database in ${place.directory} does not stop: ${output}`)
  }
}

const asUser = (user: ServerUser): string => (user === null ? "" : ` (as user ${user.name})`)
const hint = (output: string): string =>
  output.includes("could not look up effective user ID")
    ? "the user this runs as has no entry in /etc/passwd, and Postgres asks for one: run as a named user, or set DATABASE_URL"
    : output || "no message"
