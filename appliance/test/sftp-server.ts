/** A server for SFTP on loopback that keeps files in a folder, and can fail as servers do. */

import { createHash } from "node:crypto"
import { once } from "node:events"
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs"
import { join } from "node:path"
import ssh2, { type AuthContext, type Connection, type SFTPWrapper } from "ssh2"

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp

/** What happens as soon as this many bytes were written, or read. */
export type Trouble = { readonly afterBytes: number; readonly is: "cut" | "full" }
export type SftpServer = {
  readonly port: number
  /** Of its host key, as people compare it. */
  readonly fingerprint: string
  /** Names under which somebody has tried to log in. */
  readonly logins: string[]
  readonly trouble: (trouble: Trouble | null) => void
  readonly close: () => Promise<void>
}
type Options = {
  readonly folder: string
  readonly username: string
  readonly password: string
  /** In OpenSSH's form. */
  readonly publicKey: string
}

const parsed = (key: string) => {
  const found = ssh2.utils.parseKey(key)
  if (found instanceof Error) throw found
  return found
}

const mayLogIn = (context: AuthContext, { username, password, publicKey }: Options): boolean => {
  if (context.username !== username) return false
  if (context.method === "password") return context.password === password
  if (context.method !== "publickey") return false
  const key = parsed(publicKey)
  const { signature, blob, hashAlgo } = context
  if (!context.key.data.equals(key.getPublicSSH())) return false
  return !signature || !blob || key.verify(blob, signature, hashAlgo) === true
}

const codeOf = (error: unknown): number =>
  error instanceof Error && "code" in error && error.code === "ENOENT"
    ? STATUS_CODE.NO_SUCH_FILE
    : STATUS_CODE.FAILURE

type Session = {
  readonly folder: string
  readonly failing: (bytes: number) => Trouble["is"] | null
}

const serve = (sftp: SFTPWrapper, { folder, failing }: Session, cut: () => void): void => {
  const at = (path: string): string => join(folder, path)
  const open = new Map<number, number>()
  let next = 0
  const fileOf = (handle: Buffer): number => open.get(handle.readUInt32BE(0)) ?? -1
  /** Answers with what the work says, or with its error. */
  const answer = (id: number, work: () => void): void => {
    try {
      work()
    } catch (error) {
      sftp.status(id, codeOf(error))
    }
  }
  const done = (id: number, work: () => void): void =>
    answer(id, () => {
      work()
      sftp.status(id, STATUS_CODE.OK)
    })
  /** Null: go on. */
  const isInTrouble = (id: number, bytes: number): boolean => {
    const trouble = failing(bytes)
    if (trouble === "cut") cut()
    // As OpenSSH answers when the disk is full: the protocol has no code of its own for it.
    if (trouble === "full") sftp.status(id, STATUS_CODE.FAILURE)
    return trouble !== null
  }
  sftp.on("OPEN", (id, path, flags) =>
    answer(id, () => {
      const isWritten = (flags & OPEN_MODE.WRITE) !== 0
      const file = openSync(at(path), isWritten ? "w" : "r", 0o600)
      const handle = Buffer.alloc(4)
      handle.writeUInt32BE(next)
      open.set(next, file)
      next += 1
      sftp.handle(id, handle)
    }),
  )
  sftp.on("WRITE", (id, handle, offset, data) => {
    if (isInTrouble(id, data.length)) return
    done(id, () => writeSync(fileOf(handle), data, 0, data.length, offset))
  })
  sftp.on("READ", (id, handle, offset, length) => {
    if (isInTrouble(id, length)) return
    answer(id, () => {
      const bytes = Buffer.alloc(length)
      const read = readSync(fileOf(handle), bytes, 0, length, offset)
      if (read === 0) sftp.status(id, STATUS_CODE.EOF)
      else sftp.data(id, bytes.subarray(0, read))
    })
  })
  sftp.on("FSTAT", (id, handle) =>
    answer(id, () => {
      const { mode, uid, gid, size } = fstatSync(fileOf(handle))
      sftp.attrs(id, { mode, uid, gid, size, atime: 0, mtime: 0 })
    }),
  )
  sftp.on("FSETSTAT", (id) => sftp.status(id, STATUS_CODE.OK))
  sftp.on("CLOSE", (id, handle) => done(id, () => closeSync(fileOf(handle))))
  sftp.on("MKDIR", (id, path) => done(id, () => mkdirSync(at(path))))
  sftp.on("REMOVE", (id, path) => done(id, () => unlinkSync(at(path))))
  sftp.on("RENAME", (id, from, to) => done(id, () => renameSync(at(from), at(to))))
}

export const startSftpServer = async (options: Options): Promise<SftpServer> => {
  const host = ssh2.utils.generateKeyPairSync("ed25519")
  const logins: string[] = []
  const connections = new Set<Connection>()
  let trouble: Trouble | null = null
  let bytes = 0
  const failing = (more: number): Trouble["is"] | null => {
    bytes += more
    return trouble !== null && bytes > trouble.afterBytes ? trouble.is : null
  }
  const server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
    connections.add(client)
    client.on("error", () => undefined) // the client has gone, or was cut off
    client.on("close", () => connections.delete(client))
    client.on("authentication", (context) => {
      if (context.method === "none") return context.reject(["password", "publickey"])
      logins.push(context.username)
      if (mayLogIn(context, options)) context.accept()
      else context.reject()
    })
    client.on("session", (accept) =>
      accept().on("sftp", (begin) =>
        serve(begin(), { folder: options.folder, failing }, () => {
          for (const one of connections) one.end()
        }),
      ),
    )
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const hash = createHash("sha256").update(parsed(host.private).getPublicSSH()).digest("base64")
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    fingerprint: `SHA256:${hash.replace(/=+$/, "")}`,
    logins,
    trouble: (next) => {
      trouble = next
      bytes = 0
    },
    close: async () => {
      for (const one of connections) one.end()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}
