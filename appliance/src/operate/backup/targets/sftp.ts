/** Backups on a server by SFTP. The server's key is compared with the one that is configured. */
import { createHash } from "node:crypto"
import { once } from "node:events"
import { posix } from "node:path"
import type { Readable, Writable } from "node:stream"
import { Client, type ConnectConfig, type SFTPWrapper } from "ssh2"
import { BackupError } from "../backup-error.ts"
import { PARTIAL } from "./directory.ts"
import type { Target } from "./target.ts"

export type SftpOptions = {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly path: string
  readonly hostKey: string | null
  /** A password, or a private key in PEM or OpenSSH's form. */
  readonly secret: string
}
const CONNECT_MS = 20_000
const KEEP_ALIVE_MS = 15_000

export const sftpTarget = (options: SftpOptions): Target => {
  const pathOf = (file: string): string => posix.join(options.path, file)
  return {
    name: `sftp://${options.host}:${options.port}/${options.path.replace(/^\//, "")}`,
    write: (file, content) =>
      withSftp(options, async (sftp) => {
        await makeFolder(sftp, options.path)
        const stream = sftp.createWriteStream(pathOf(`${file}${PARTIAL}`), { mode: 0o600 })
        await writeAll(stream, content)
        // An older file of this name would be in the way.
        await call((done) => sftp.unlink(pathOf(file), done)).catch(() => undefined)
        await call((done) => sftp.rename(pathOf(`${file}${PARTIAL}`), pathOf(file), done))
      }),
    read: (file) => readAll(options, pathOf(file)),
    remove: (file) =>
      withSftp(options, async (sftp) => {
        for (const name of [`${file}${PARTIAL}`, file])
          await call((done) => sftp.unlink(pathOf(name), done)).catch(ignoreMissing)
      }),
  }
}

const NO_SUCH_FILE = 2
const ignoreMissing = (error: unknown): void => {
  if (!(error instanceof Error && "code" in error && error.code === NO_SUCH_FILE)) throw error
}

/** A callback of this library as a promise. */
const call = (begin: (done: (error?: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    begin((error) => (error ? reject(error) : resolve()))
  })

const makeFolder = async (sftp: SFTPWrapper, path: string): Promise<void> => {
  const parts = path.split("/").filter((part) => part !== "")
  for (let length = 1; length <= parts.length; length += 1) {
    const folder = `${path.startsWith("/") ? "/" : ""}${parts.slice(0, length).join("/")}`
    // Whether it is there already shows itself when the file is written.
    await call((done) => sftp.mkdir(folder, { mode: 0o700 }, done)).catch(() => undefined)
  }
}

/**
 * The library destroys a stream before it reports a write that failed, and the stream then emits
 * only `close`: the reason comes to the callback of the write alone.
 */
const writeAll = async (stream: Writable, content: AsyncIterable<Uint8Array>): Promise<void> => {
  const { promise: failed, reject } = Promise.withResolvers<never>()
  failed.catch(() => undefined)
  let waiting = 0
  const onWritten = (error: Error | null | undefined): void => {
    if (error) reject(error)
    else waiting -= 1
  }
  const closed = new Promise<void>((resolve) => {
    stream.once("close", () => {
      if (waiting === 0) resolve()
      else reject(new Error("the file was closed before its end"))
    })
  })
  stream.on("error", reject)
  for await (const chunk of content) {
    waiting += 1
    if (!stream.write(chunk, onWritten)) await Promise.race([once(stream, "drain"), failed])
  }
  stream.end()
  await Promise.race([closed, failed])
}

async function* readAll(options: SftpOptions, path: string): AsyncGenerator<Uint8Array> {
  const { client, sftp } = await connect(options)
  try {
    const stream: Readable = sftp.createReadStream(path)
    // Its handle is still being closed when the connection ends: an error nobody waits for.
    stream.on("error", () => undefined)
    for await (const chunk of stream) yield chunk
  } catch (error) {
    throw asTargetError(error)
  } finally {
    client.end()
  }
}

const withSftp = async (
  options: SftpOptions,
  work: (sftp: SFTPWrapper) => Promise<void>,
): Promise<void> => {
  const { client, sftp } = await connect(options)
  // A connection that is lost would leave the work waiting.
  const lost = new Promise<never>((_, reject) => {
    client.once("error", reject)
    client.once("close", () => reject(new Error("the connection was closed")))
  })
  lost.catch(() => undefined)
  try {
    await Promise.race([work(sftp), lost])
  } catch (error) {
    throw asTargetError(error)
  } finally {
    client.end()
  }
}

const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`

const connect = (options: SftpOptions): Promise<{ client: Client; sftp: SFTPWrapper }> =>
  new Promise((resolve, reject) => {
    const client = new Client()
    let found = ""
    const fail = (error: unknown): void => {
      client.end()
      reject(
        found !== "" && found !== options.hostKey
          ? new BackupError({ code: "backup.host-key", params: { fingerprint: found } }, error)
          : asTargetError(error),
      )
    }
    client.on("error", fail)
    client.once("ready", () =>
      client.sftp((error, sftp) => (error ? fail(error) : resolve({ client, sftp }))),
    )
    try {
      client.connect({
        ...login(options),
        hostVerifier: (key: Buffer): boolean => {
          found = fingerprintOf(key)
          return found === options.hostKey
        },
      })
    } catch (error) {
      fail(error)
    }
  })

const login = ({ host, port, username, secret }: SftpOptions): ConnectConfig => ({
  host,
  port,
  username,
  readyTimeout: CONNECT_MS,
  keepaliveInterval: KEEP_ALIVE_MS,
  ...(secret.includes("PRIVATE KEY-----") ? { privateKey: secret } : { password: secret }),
})

const asTargetError = (error: unknown): unknown => {
  if (error instanceof BackupError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new BackupError({ code: "backup.target", params: { reason: reason.slice(0, 300) } }, error)
}
