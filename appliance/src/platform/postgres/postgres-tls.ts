/** TLS to a Postgres: asked for in the clear with one message, answered with one byte, then spoken on the same socket. */
import { once } from "node:events"
import { readFile } from "node:fs/promises"
import { isIP, type Socket } from "node:net"
import { type ConnectionOptions, connect } from "node:tls"
import type { Connection } from "./database-url.ts"

export type TlsPlace = Extract<Connection["at"], { kind: "tcp" }>

const ANSWER_MS = 10_000
/** SSLRequest: length 8, code 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const YES = 0x53

export const secure = async (
  socket: Socket,
  at: TlsPlace,
  root: string | null,
): Promise<Socket> => {
  try {
    socket.write(SSL_REQUEST)
    const [answer]: unknown[] = await answered(socket, "data", at)
    // More than the one byte was put there by somebody in between.
    if (!(answer instanceof Buffer) || answer.length !== 1)
      throw new Error(`${at.host} does not answer the wish for TLS as Postgres does`)
    if (answer[0] !== YES) {
      if (at.tls === "prefer") return socket
      throw new Error(`${at.host} offers no TLS, and sslmode=${at.tls} asks for it`)
    }
    socket.pause()
    const secured = connect({ socket, host: at.host, ...checksOf(at, root) })
    // Told by whoever waits; after that nobody is left to hear it.
    secured.on("error", () => undefined)
    await answered(secured, "secureConnect", at)
    return secured
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** As libpq has it: `require` alone looks at no certificate, with a root given it asks that the root has signed it. */
const checksOf = ({ host, tls }: TlsPlace, root: string | null): ConnectionOptions => ({
  ...(isIP(host) === 0 ? { servername: host } : {}),
  ...(root === null ? {} : { ca: root }),
  rejectUnauthorized: tls === "verify-full" || tls === "verify-ca" || root !== null,
  ...(tls === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
})

/** The root of sslrootcert, read for each connection: one that was renewed holds without a restart. */
export const readRoot = async ({ tls, rootFile }: TlsPlace): Promise<string | null> => {
  if (rootFile === null || tls === "disable" || tls === "prefer") return null
  const rootError = (why: string, cause?: unknown) =>
    new Error(`the root certificate ${rootFile} ${why}`, { cause })
  const text = await readFile(rootFile, "utf8").catch((cause) => {
    throw rootError(
      `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    )
  })
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw rootError("holds no certificate")
  return text
}

/** Neither a silent server nor one that hangs up without a word is waited for longer. */
const answered = async (
  socket: Socket,
  event: string,
  { host, port }: TlsPlace,
): Promise<unknown[]> => {
  const over = new AbortController()
  const give = (code: string, why: string) =>
    over.abort(Object.assign(new Error(`${host}:${port} ${why}`), { code }))
  const late = setTimeout(
    () => give("CONNECT_TIMEOUT", `did not speak TLS within ${ANSWER_MS} ms`),
    ANSWER_MS,
  )
  const onClose = () => give("ECONNRESET", "hung up when it was asked for TLS")
  socket.once("close", onClose)
  try {
    return await once(socket, event, { signal: over.signal })
  } catch (error) {
    throw over.signal.aborted ? over.signal.reason : error
  } finally {
    clearTimeout(late)
    socket.off("close", onClose)
  }
}
