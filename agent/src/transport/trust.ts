/**
 * Whom the agent speaks to: the holder of a server certificate of one pinned root, valid now. What "now" is, is asked of the caller:
 * a host's clock may be years off, and OpenSSL knows no other.
 */
import { X509Certificate } from "node:crypto"
import https from "node:https"
import { TLSSocket } from "node:tls"

export type CertificateStatus = "good" | "not-yet-valid" | "expired" | "untrusted"

/** The certificate is of our root, and its dates do not fit the time that was asked about. Nothing was sent. */
export class ServerDateError extends Error {
  override readonly name = "ServerDateError"
  readonly status: "not-yet-valid" | "expired"
  /** Epoch ms. */
  readonly validFromMs: number
  readonly validToMs: number
  constructor(status: "not-yet-valid" | "expired", leaf: X509Certificate) {
    const dates = `valid from ${leaf.validFromDate.toISOString()} to ${leaf.validToDate.toISOString()}`
    super(
      `the appliance's certificate is ${status === "expired" ? "no longer" : "not yet"} valid by the time at hand (${dates})`,
    )
    this.status = status
    this.validFromMs = leaf.validFromDate.getTime()
    this.validToMs = leaf.validToDate.getTime()
  }
}

const SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
/** Server, issuing authority. More would be an authority that ours never makes. */
const MAX_CHAIN = 2

const signedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)

/** Pure. `chain`: the server's own certificate first; the root itself may be in it. */
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

/** What the server showed, its own certificate first. */
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

/** OpenSSL's words for dates by the host's clock. They are the last it checks, so they may hide another: all is checked here again. */
const DATES: ReadonlySet<string> = new Set(["CERT_NOT_YET_VALID", "CERT_HAS_EXPIRED"])

/** Why this connection must end, or null. `timeMs`: epoch ms; null where only the host's clock is at hand. */
const connectionError = (
  socket: TLSSocket,
  root: X509Certificate,
  timeMs: number | null,
): Error | null => {
  const authError = String(socket.authorizationError ?? "")
  if (!socket.authorized && !DATES.has(authError))
    return new Error(`the certificate shown there is not the appliance's (${authError})`)
  const chain = chainOf(socket)
  const [leaf] = chain
  const status = checkServer(chain, root, timeMs ?? Date.now())
  if (status === "good") return null
  if (status === "untrusted" || leaf === undefined)
    return new Error("the certificate shown there is not the appliance's")
  return new ServerDateError(status, leaf)
}

type Client = { readonly keyPem: string; readonly chainPem: string }

/**
 * Trusts one root and nothing else. The host name is not compared: that root gives server certificates to the appliance
 * alone (an agent's own certificate will not do), and an appliance is reached by whatever address its network gives it.
 * `timeMs` is asked at each handshake.
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
    rejectUnauthorized: false, // judged below, before a byte of the request is written
    maxCachedSessions: 0, // a resumed session shows no chain
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
