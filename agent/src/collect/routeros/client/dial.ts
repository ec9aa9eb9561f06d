/**
 * Opens a connection on which it is safe to log in: name, TCP, and TLS with the certificate
 * compared with the pin.
 *
 * A router's certificate is self-signed, so its fingerprint is what is trusted. Node calls no check
 * of ours if the chain is not verified, so the fingerprint is compared here, before anything is
 * sent.
 */
import { createHash } from "node:crypto"
import { lookup as systemLookup } from "node:dns/promises"
import { connect as connectSocket, isIP, type Socket } from "node:net"
import { connect as connectTls, type TLSSocket } from "node:tls"
import { CollectError, type CollectReason } from "../../collector.ts"

export type Dial = {
  /** Every address of a name, the best first. */
  readonly lookup: (host: string) => Promise<readonly string[]>
  readonly connect: (port: number, address: string) => Socket
  /** Throws for an address that may not be contacted; called for each one before it is. */
  readonly guard?: (address: string) => void
}
export const systemDial: Dial = {
  lookup: async (host) => (await systemLookup(host, { all: true })).map((each) => each.address),
  connect: (port, host) => connectSocket({ port, host }),
}

export type Limit = { readonly signal: AbortSignal }

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : ""
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Gives the result of `start`, or rejects with `late` as soon as `signal` aborts. */
const orAborted = <T>(
  signal: AbortSignal,
  late: CollectError,
  start: () => Promise<T>,
): Promise<T> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(late)
    const onAbort = (): void => reject(late)
    signal.addEventListener("abort", onAbort, { once: true })
    start()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", onAbort))
  })

export const resolveAddress = async (
  address: string,
  dial: Dial,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  if (isIP(address) !== 0) return [address]
  const late = new CollectError("timed-out", `${address}: the name servers did not answer in time`)
  try {
    const found = await orAborted(signal, late, () => dial.lookup(address))
    if (found.length > 0) return found
  } catch (error) {
    if (error instanceof CollectError) throw error
    throw new CollectError(
      "name-not-found",
      `${address}: no address found for this name (${codeOf(error) || textOf(error)})`,
      error,
    )
  }
  throw new CollectError("name-not-found", `${address}: no address found for this name`)
}

const TCP_REASONS: Readonly<Record<string, CollectReason>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "refused",
  ENETUNREACH: "no-route",
  EHOSTUNREACH: "no-route",
  ENETDOWN: "no-route",
  EHOSTDOWN: "no-route",
  EADDRNOTAVAIL: "no-route",
  EACCES: "no-route", // A broadcast address, or this host's own firewall.
  EPERM: "no-route",
  EINVAL: "no-route",
  ETIMEDOUT: "no-answer",
}
export const tcpReason = (code: string): CollectReason => TCP_REASONS[code] ?? "failed"

const connectOne = (
  address: string,
  port: number,
  dial: Dial,
  signal: AbortSignal,
): Promise<Socket> => {
  const late = new CollectError("no-answer", `${address} port ${port}: no answer`)
  const socket = dial.connect(port, address)
  const opened = orAborted(
    signal,
    late,
    () =>
      new Promise<Socket>((resolve, reject) => {
        socket.once("connect", () => resolve(socket))
        socket.on("error", (error) => {
          const reason = tcpReason(codeOf(error))
          reject(new CollectError(reason, `${address} port ${port}: ${textOf(error)}`, error))
        })
      }),
  )
  opened.catch(() => socket.destroy())
  return opened
}

/**
 * A name often has an IPv6 address without a route: it must not use up the time of the working one.
 */
const NEXT_ADDRESS_MS = 2_000

/** Tries the addresses one after another; the error is that of the last one. */
export const connectTcp = async (
  addresses: readonly string[],
  port: number,
  dial: Dial,
  signal: AbortSignal,
): Promise<Socket> => {
  let lastError: unknown = new CollectError("name-not-found", "no address to connect to")
  for (const [index, address] of addresses.entries()) {
    const isLast = index === addresses.length - 1
    try {
      dial.guard?.(address)
      return await connectOne(
        address,
        port,
        dial,
        isLast ? signal : AbortSignal.any([signal, AbortSignal.timeout(NEXT_ADDRESS_MS)]),
      )
    } catch (error) {
      lastError = error
      if (signal.aborted) break
    }
  }
  throw lastError
}

export type Secured = { readonly socket: TLSSocket; readonly fingerprint: string }

/**
 * SHA-256 of the certificate in DER, lower-case hex: the form of `Access.routerosApi.fingerprint`.
 */
export const fingerprintOf = (der: Uint8Array): string =>
  createHash("sha256").update(der).digest("hex")

const tlsFailure = (error: unknown): CollectError => {
  const text = textOf(error)
  const code = codeOf(error)
  if (
    /handshake failure|no shared cipher|no ciphers|SSLV3_ALERT_HANDSHAKE_FAILURE/i.test(
      `${text} ${code}`,
    )
  )
    return new CollectError(
      "tls-failed",
      "no common cipher: without a certificate, api-ssl offers only anonymous ones. Assign a certificate to the service on the router",
      error,
    )
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/.test(code))
    return new CollectError(
      "tls-failed",
      "the router offers only TLS versions before 1.2. Install a newer release",
      error,
    )
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNEXPECTED_MESSAGE/.test(code))
    return new CollectError(
      "tls-failed",
      "this port does not use TLS. It may be the API without TLS (8728)",
      error,
    )
  if (/ECONNRESET|EPIPE/.test(code) || /disconnected/i.test(text))
    return new CollectError(
      "tls-failed",
      "the router closed the connection during the TLS handshake: api-ssl may have no certificate, or does not allow this address",
      error,
    )
  return new CollectError("tls-failed", `the TLS handshake failed: ${text}`, error)
}

/**
 * The handshake only; `checkPin` checks the certificate. After a failure the socket is closed too.
 * From here on, only the TLS socket may be destroyed: destroying the one below it first crashes the
 * runtime (24.21).
 */
export const startTls = async (socket: Socket, signal: AbortSignal): Promise<Secured> => {
  const late = new CollectError("timed-out", "the TLS handshake did not end in time")
  const secure = connectTls({ socket, rejectUnauthorized: false })
  try {
    await orAborted(
      signal,
      late,
      () =>
        new Promise<void>((resolve, reject) => {
          secure.once("secureConnect", () => resolve())
          secure.on("error", reject)
          secure.once("close", () => reject(new Error("disconnected")))
        }),
    )
    const certificate = secure.getPeerX509Certificate()
    if (certificate === undefined)
      throw new CollectError("tls-failed", "the router sent no certificate")
    return { socket: secure, fingerprint: fingerprintOf(certificate.raw) }
  } catch (error) {
    secure.destroy()
    throw error instanceof CollectError ? error : tlsFailure(error)
  }
}

/** The message for a certificate that was not confirmed yet. */
export const UNCONFIRMED =
  "This router's certificate is not confirmed yet, so no password was sent. Compare the fingerprint with the one on the router (/certificate print detail), and confirm it"

/**
 * Accepts only the pinned fingerprint. A device with another or an unconfirmed one may be an
 * attacker's, and gets no password.
 */
export const checkPin = (shown: string, pinned: string | null): void => {
  if (pinned === null) throw new CollectError("unconfirmed-certificate", `${UNCONFIRMED}: ${shown}`)
  if (shown !== pinned)
    throw new CollectError(
      "wrong-certificate",
      `the router's certificate is ${shown}, not the confirmed ${pinned}; no password was sent`,
    )
}
