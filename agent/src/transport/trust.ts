/**
 * The agent connects only to the holder of a valid server certificate of one pinned root. The
 * caller gives the time for the validity dates: a host's clock may be years off, and OpenSSL knows
 * no other.
 */
import { X509Certificate } from "node:crypto"
import https from "node:https"
import { TLSSocket } from "node:tls"

export type CertificateStatus = "good" | "not-yet-valid" | "expired" | "untrusted"

/** The certificate is of our root, but its dates do not match the time. Nothing was sent. */
export class ServerDateError extends Error {
  override readonly name = "ServerDateError"
  readonly status: "not-yet-valid" | "expired"
  /** Epoch ms. */
  readonly validFromMs: number
  readonly validToMs: number
  constructor(status: "not-yet-valid" | "expired", leaf: X509Certificate) {
    const dates = `valid from ${leaf.validFromDate.toISOString()} to ${leaf.validToDate.toISOString()}`
    super(
      `the appliance's certificate is ${status === "expired" ? "no longer" : "not yet"} valid at this time (${dates})`,
    )
    this.status = status
    this.validFromMs = leaf.validFromDate.getTime()
    this.validToMs = leaf.validToDate.getTime()
  }
}

const SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
/** Server and issuing authority. We never create a longer chain. */
const MAX_CHAIN = 2

const signedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)

/** Pure. `chain`: the server's own certificate first; it may contain the root. */
export const checkServer = (
  chain: readonly X509Certificate[],
  root: X509Certificate,
  atMs: number,
): CertificateStatus => {
  const links = chain.filter(({ fingerprint256 }) => fingerprint256 !== root.fingerprint256)
  const [leaf] = links
  if (
    leaf === undefined ||
    links.length > MAX_CHAIN ||
    leaf.ca ||
    !(leaf.keyUsage ?? []).includes(SERVER_AUTH)
  )
    return "untrusted"
  if (!links.every((link, at) => signedBy(link, links[at + 1] ?? root))) return "untrusted"
  const all = [...links, root]
  if (all.some(({ validFromDate }) => atMs < validFromDate.getTime())) return "not-yet-valid"
  return all.every(({ validToDate }) => atMs <= validToDate.getTime()) ? "good" : "expired"
}

/** The server's certificates, its own first. */
const chainOf = (socket: TLSSocket): X509Certificate[] => {
  const chain: X509Certificate[] = []
  let shown = socket.getPeerCertificate(true)
  const seen = new Set<string>()
  while (shown?.raw !== undefined && !seen.has(shown.fingerprint256) && chain.length < 8) {
    seen.add(shown.fingerprint256)
    chain.push(new X509Certificate(shown.raw))
    shown = shown.issuerCertificate
  }
  return chain
}

/**
 * OpenSSL's errors for dates by the host's clock. It checks dates last, so another error may be
 * hidden: everything is checked again here.
 */
const DATES: ReadonlySet<string> = new Set(["CERT_NOT_YET_VALID", "CERT_HAS_EXPIRED"])

/** Why this connection must end, or null. `timeMs`: epoch ms; null means the host's clock. */
const connectionError = (
  socket: TLSSocket,
  root: X509Certificate,
  timeMs: number | null,
): Error | null => {
  const authError = String(socket.authorizationError ?? "")
  if (!socket.authorized && !DATES.has(authError))
    return new Error(`the server's certificate is not the appliance's (${authError})`)
  const chain = chainOf(socket)
  const [leaf] = chain
  const status = checkServer(chain, root, timeMs ?? Date.now())
  if (status === "good") return null
  if (status === "untrusted" || leaf === undefined)
    return new Error("the server's certificate is not the appliance's")
  return new ServerDateError(status, leaf)
}

type Client = { readonly keyPem: string; readonly chainPem: string }

/**
 * Trusts one root and nothing else. The host name is not compared: this root certifies no other
 * server (an agent's certificate is for clients only), and agents reach the appliance by whatever
 * address their network gives it. `timeMs` is called at each handshake.
 */
export const trustOnly = (
  rootPem: string,
  client?: Client,
  timeMs: () => number | null = () => null,
): https.Agent => {
  const root = new X509Certificate(rootPem)
  const agent = new https.Agent({
    keepAlive: true,
    keepAliveMsecs: 10_000,
    maxFreeSockets: 4,
    ca: rootPem,
    minVersion: "TLSv1.2",
    rejectUnauthorized: false, // checked below, before the request is sent
    maxCachedSessions: 0, // a resumed session has no certificate chain
    checkServerIdentity: () => undefined,
    ...(client ? { key: client.keyPem, cert: client.chainPem } : {}),
  })
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback)
    if (!(socket instanceof TLSSocket)) throw new Error("an HTTPS agent connects by TLS")
    socket.once("secureConnect", () => {
      const error = connectionError(socket, root, timeMs())
      if (error !== null) socket.destroy(error)
    })
    return socket
  }
  return agent
}
