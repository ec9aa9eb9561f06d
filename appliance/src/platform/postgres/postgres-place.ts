/** Where the embedded server's files and its socket can be, given who has to reach them. */
import { createHash } from "node:crypto"
import { chownSync, mkdirSync, rmSync, statSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import type { Connection } from "./database-url.ts"
import { inaccessibleFolder, type ServerUser } from "./postgres-runtime.ts"

/** The major version is in the folder's name: another major cannot read it, and makes its own beside it. */
const CLUSTER = "pg18"
/** Linux and macOS cut the path of a socket at 108 and 104 bytes, the ending zero included. */
const SOCKET_PATH_BYTES = process.platform === "darwin" ? 103 : 107
const PORT = 5432

export type Place = {
  readonly directory: string
  /** Where a copy of the programs goes if the server's user cannot reach the installed ones. */
  readonly runtimeFolder: string
}

/** Beside our other data, unless the server's user cannot walk there; then below /var/lib/ispvm, under a name made of the wanted one. */
export const choosePlace = (
  dataDir: string,
  user: ServerUser,
  info: (message: string) => void,
  elsewhere = "/var/lib/ispvm",
): Place => {
  const closed = inaccessibleFolder(dataDir, user)
  if (closed === null || user === null)
    return { directory: join(dataDir, CLUSTER), runtimeFolder: elsewhere }
  const folder = join(elsewhere, createHash("sha256").update(dataDir).digest("hex").slice(0, 12))
  const directory = join(folder, CLUSTER)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    const stillClosed = inaccessibleFolder(folder, user)
    if (stillClosed !== null)
      throw new Error(`user ${user.name} cannot walk through ${stillClosed} either`)
  } catch (cause) {
    throw new Error(
      `The database's user ${user.name} cannot reach ${dataDir}, because ${closed} is closed to it, and ${folder} cannot take its place: ` +
        `set ISPVM_DATA_DIR to a folder that ${user.name} can walk to.`,
      { cause },
    )
  }
  info(
    `The database is in ${directory}: its user ${user.name} cannot reach ${dataDir}, because ${closed} is closed to it.`,
  )
  return { directory, runtimeFolder: elsewhere }
}

/** A socket in the server's own closed folder; where its path is too long, one in /tmp; where there are no sockets, a loopback port. */
export const chooseSocket = async (
  directory: string,
  user: ServerUser,
): Promise<Connection["at"]> => {
  if (process.platform !== "win32" && directory.search(/["\n]/) < 0) {
    const short = join(
      "/tmp",
      `ispvm-${createHash("sha256").update(directory).digest("hex").slice(0, 16)}`,
    )
    for (const folder of [directory, short]) {
      if (Buffer.byteLength(`${folder}/.s.PGSQL.${PORT}`) > SOCKET_PATH_BYTES) continue
      if (folder === short && !makePrivate(short, user)) continue
      if (await canListen(`${folder}/.s.probe`))
        return { kind: "socket", directory: folder, port: PORT }
    }
  }
  return { kind: "tcp", host: "127.0.0.1", port: await freePort(), tls: "disable", rootFile: null }
}

/** /tmp is everybody's: a folder of that name that is not the server user's own is not used. */
const makePrivate = (folder: string, user: ServerUser): boolean => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (user !== null && statSync(folder).uid === 0) chownSync(folder, user.uid, user.gid)
  const { uid, mode } = statSync(folder)
  return uid === (user?.uid ?? process.getuid?.()) && (mode & 0o077) === 0
}

const canListen = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    rmSync(path, { force: true })
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(path, () => server.close(() => resolve(true)))
  })

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("no free port on 127.0.0.1")),
      )
    })
  })
