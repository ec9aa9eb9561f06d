/**
 * Debian's Postgres out of a root that is only read: its programs run in a mount namespace of their
 * own, its data and socket are in a temporary folder that both sides see.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"

export type DebianPostgres = {
  /** Holds the socket and database.json, as the tests of the appliance take it. */
  readonly folder: string
  readonly version: string
  readonly hasTimescale: boolean
  readonly stop: () => Promise<void>
}

const VERSIONS = ["17", "15"]
const START_MS = 60_000
const POLL_MS = 100
/** `/mnt` of the root is the temporary folder. */
const MOUNTS = `set -e
mount --bind "$FOLDER" "$ROOT/mnt"
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
mount -t tmpfs tmpfs "$ROOT/dev/shm"
chroot "$ROOT" chown postgres: /mnt
exec chroot "$ROOT" setpriv --reuid=postgres --regid=postgres --init-groups "$@"`

/** As the package writes them (`images/package/files/ispvm/bin/database`); tests need no fsync. */
const settingsOf = (hasTimescale: boolean, isDurable: boolean): string =>
  [
    "listen_addresses = ''",
    "unix_socket_directories = '/mnt'",
    "max_connections = 200",
    "shared_buffers = 256MB",
    "max_wal_size = 2GB",
    "jit = off",
    "timezone = 'UTC'",
    "log_min_messages = warning",
    ...(isDurable ? [] : ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]),
    ...(hasTimescale
      ? [
          "shared_preload_libraries = 'timescaledb'",
          "timescaledb.telemetry_level = off",
          // Its scheduler would connect to the template that databases of tests are copied from.
          "timescaledb.max_background_workers = 0",
        ]
      : []),
  ].join("\n")

const writePasswords = (folder: string): string => {
  const secret = (): string => randomBytes(24).toString("base64url")
  const passwords = { postgres: secret(), ispvm_owner: secret(), ispvm_app: secret() }
  writeFileSync(join(folder, "database.json"), JSON.stringify(passwords), { mode: 0o600 })
  writeFileSync(join(folder, "password"), passwords.postgres, { mode: 0o644 })
  return passwords.postgres
}

const namespace = ["--mount", "--propagation", "private", "sh", "-c", MOUNTS, "sh"]

const makeCluster = (env: NodeJS.ProcessEnv, bin: string): void => {
  const { status, stdout, stderr } = spawnSync(
    "unshare",
    [
      ...namespace,
      ...[join(bin, "initdb"), "--pgdata=/mnt/cluster", "--username=postgres"],
      ...["--auth=scram-sha-256", "--pwfile=/mnt/password", "--encoding=UTF8"],
      ...["--locale=C.UTF-8", "--no-sync", "--no-instructions"],
    ],
    { env, encoding: "utf8" },
  )
  if (status !== 0) throw new Error(`initdb: ${(stderr || stdout).slice(-2_000)}`)
}

const waitForSocket = async (server: ChildProcess, folder: string, log: string): Promise<void> => {
  const pidFile = join(folder, "cluster/postmaster.pid")
  for (const until = performance.now() + START_MS; performance.now() < until; ) {
    const isReady =
      existsSync(pidFile) && readFileSync(pidFile, "utf8").split("\n")[7]?.trim() === "ready"
    if (isReady) return
    if (server.exitCode !== null) break
    await delay(POLL_MS)
  }
  throw new Error(`Postgres does not start: ${readFileSync(log, "utf8").slice(-2_000)}`)
}

/**
 * `isDurable`: commits reach the disk, as in production. What fails leaves nothing running; the
 * server ends with this process.
 */
export const startDebianPostgres = async (
  root: string,
  { isDurable }: { readonly isDurable: boolean },
): Promise<DebianPostgres> => {
  const version = VERSIONS.find((each) => existsSync(join(root, "usr/lib/postgresql", each, "bin")))
  if (version === undefined) throw new Error(`${root} has no PostgreSQL ${VERSIONS.join(" or ")}`)
  const bin = `/usr/lib/postgresql/${version}/bin`
  const hasTimescale = existsSync(
    join(root, `usr/share/postgresql/${version}/extension/timescaledb.control`),
  )
  const folder = mkdtempSync(join(tmpdir(), "ispvm-pg-"))
  chmodSync(folder, 0o755)
  const log = join(folder, "server.log")
  const env = {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C.UTF-8",
    ROOT: root,
    FOLDER: folder,
  }
  writePasswords(folder)
  makeCluster(env, bin)
  writeFileSync(
    join(folder, "cluster/postgresql.conf"),
    `${settingsOf(hasTimescale, isDurable)}\n`,
    {
      flag: "a",
    },
  )
  writeFileSync(log, "", { mode: 0o666 })
  // `exec` all the way: this process is the server itself.
  const command = `${join(bin, "postgres")} -D /mnt/cluster 2>>/mnt/server.log`
  const server = spawn("unshare", [...namespace, "sh", "-c", `exec ${command}`], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  })
  chmodSync(log, 0o666)
  const kill = (): void => void server.kill("SIGINT")
  // Of an interrupted run only the folder is left, which the ending server still writes to.
  process.once("exit", kill)
  try {
    await waitForSocket(server, folder, log)
  } catch (error) {
    kill()
    throw error
  }
  return {
    folder,
    version,
    hasTimescale,
    stop: async () => {
      process.removeListener("exit", kill)
      const ended = server.exitCode === null ? once(server, "exit") : Promise.resolve()
      kill()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
