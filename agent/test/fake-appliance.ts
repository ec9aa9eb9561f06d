/** For tests: the agent API over real TLS with a root of its own; the test gives the answers. */
import { createHash, generateKeyPairSync, sign, X509Certificate } from "node:crypto"
import { once } from "node:events"
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http"
import https from "node:https"
import { TLSSocket } from "node:tls"
import { gunzipSync } from "node:zlib"
import { COMPACT_TYPE, decodeBatch } from "@ispvm/wire/compact"
import forge from "node-forge"

const BOUNDS = { items: 5_000, values: 500_000, inflatedBytes: 8 * 1024 * 1024 } as const
const { pki } = forge
type Keys = { readonly publicPem: string; readonly privatePem: string }
const newKeys = (): Keys => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
  return {
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  }
}

const certificateOf = (
  name: string,
  publicPem: string,
  signer: { readonly name: string; readonly keys: Keys },
  usage: object[],
  validFromMs = Date.now() - 60_000,
): string => {
  const certificate = pki.createCertificate()
  certificate.publicKey = pki.publicKeyFromPem(publicPem)
  certificate.serialNumber = `01${Math.floor(Math.random() * 1e12)
    .toString(16)
    .padStart(12, "0")}`
  certificate.validity.notBefore = new Date(validFromMs)
  certificate.validity.notAfter = new Date(validFromMs + 3_660_000)
  certificate.setSubject([{ name: "commonName", value: name }])
  certificate.setIssuer([{ name: "commonName", value: signer.name }])
  certificate.setExtensions(usage)
  certificate.sign(pki.privateKeyFromPem(signer.keys.privatePem), forge.md.sha256.create())
  return pki.certificateToPem(certificate).replaceAll("\r\n", "\n")
}

/** A root that signs for servers and for agents. */
export const createRoot = (name = "root") => {
  const signer = { name, keys: newKeys() }
  const isCa = [
    { name: "basicConstraints", critical: true, cA: true },
    { name: "keyUsage", critical: true, keyCertSign: true },
  ]
  const rootPem = certificateOf(name, signer.keys.publicPem, signer, isCa)
  const issue = (
    subject: string,
    publicPem: string,
    usage: "serverAuth" | "clientAuth",
    validFromMs?: number,
  ): string =>
    certificateOf(
      subject,
      publicPem,
      signer,
      [
        { name: "basicConstraints", critical: true },
        { name: "extKeyUsage", [usage]: true },
      ],
      validFromMs,
    )
  return {
    rootPem,
    fingerprint: createHash("sha256").update(new X509Certificate(rootPem).raw).digest("base64url"),
    issue,
    /** As an issuing authority signs a statement. */
    sign: (text: string): string =>
      sign("sha256", Buffer.from(text), signer.keys.privatePem).toString("base64url"),
    issueFor: (csrPem: string): string =>
      issue(
        "agent",
        pki.publicKeyToPem(pki.certificationRequestFromPem(csrPem).publicKey ?? fail()),
        "clientAuth",
      ),
  }
}
const fail = (): never => {
  throw new Error("the request carries no key")
}
export type Root = ReturnType<typeof createRoot>

export type ReceivedRequest = {
  readonly path: string
  readonly body: unknown
  readonly headers: IncomingHttpHeaders
  readonly hasCertificate: boolean
  readonly connection: number
}
export type Answer = {
  readonly status: number
  readonly json?: unknown
  readonly text?: string
  readonly headers?: Record<string, string>
}

export const openFakeAppliance = async (
  root: Root,
  answer: (request: ReceivedRequest) => Answer | Promise<Answer>,
  usage: "serverAuth" | "clientAuth" = "serverAuth",
  validFromMs?: number,
) => {
  const keys = newKeys()
  const cert = root.issue("appliance", keys.publicPem, usage, validFromMs)
  const sockets = new WeakMap<object, number>()
  let connections = 0
  const options = {
    cert,
    key: keys.privatePem,
    ca: root.rootPem,
    requestCert: true,
    rejectUnauthorized: false,
  }
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const text = (
      incoming.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes
    ).toString()
    const isCompact = incoming.headers["content-type"] === COMPACT_TYPE
    if (!sockets.has(incoming.socket)) sockets.set(incoming.socket, ++connections)
    const hasCertificate = incoming.socket instanceof TLSSocket && incoming.socket.authorized
    const request = {
      path: incoming.url ?? "",
      body: isCompact ? decodeBatch(bytes, BOUNDS) : text === "" ? null : JSON.parse(text),
      headers: incoming.headers,
      hasCertificate,
      connection: sockets.get(incoming.socket) ?? 0,
    }
    const { status, json, text: plain, headers } = await answer(request)
    outgoing.writeHead(status, headers)
    outgoing.end(plain ?? (json === undefined ? "" : JSON.stringify(json)))
  }
  const server = https.createServer(options, (incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) =>
      outgoing.destroy(error instanceof Error ? error : undefined),
    )
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    url: `https://127.0.0.1:${port}`,
    close: async (): Promise<void> => {
      const closed = once(server, "close")
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
