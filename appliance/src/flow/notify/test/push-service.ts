/** A push service on loopback, and a browser behind it that decrypts what it gets. */
import assert from "node:assert/strict"
import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
} from "node:crypto"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

const LAST_RECORD = 2
/** A browser: its keys, and RFC 8291 (aes128gcm of RFC 8188, one record) from its side. */
export const makeBrowser = () => {
  const ecdh = createECDH("prime256v1")
  const publicKey = ecdh.generateKeys()
  const auth = randomBytes(16)
  return {
    p256dh: publicKey.toString("base64url"),
    auth: auth.toString("base64url"),
    decrypt: (body: Buffer): string => {
      const salt = body.subarray(0, 16)
      const keyLength = body.readUInt8(20)
      const sender = body.subarray(21, 21 + keyLength)
      const sealed = body.subarray(21 + keyLength)
      const info = Buffer.concat([Buffer.from("WebPush: info\0"), publicKey, sender])
      const ikm = hkdfSync("sha256", ecdh.computeSecret(sender), auth, info, 32)
      const of = (what: string, length: number): Buffer =>
        Buffer.from(
          hkdfSync("sha256", Buffer.from(ikm), salt, `Content-Encoding: ${what}\0`, length),
        )
      const cipher = createDecipheriv("aes-128-gcm", of("aes128gcm", 16), of("nonce", 12))
      cipher.setAuthTag(sealed.subarray(-16))
      const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()])
      const end = plain.lastIndexOf(LAST_RECORD)
      return plain.subarray(0, end).toString("utf8")
    },
  }
}

/** RFC 8292: the token is signed with the key it names, for this push service. */
export const checkVapid = (authorization: string, origin: string): string => {
  const [, token = "", key = ""] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? []
  const [head = "", claims = "", signature = ""] = token.split(".")
  const point = Buffer.from(key, "base64url")
  const publicKey = createPublicKey({
    format: "jwk",
    key: {
      ...{ kty: "EC", crv: "P-256" },
      x: point.subarray(1, 33).toString("base64url"),
      y: point.subarray(33).toString("base64url"),
    },
  })
  const signed = Buffer.from(`${head}.${claims}`)
  const raw = Buffer.from(signature, "base64url")
  assert.ok(verify("sha256", signed, { key: publicKey, dsaEncoding: "ieee-p1363" }, raw))
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, "base64url").toString())
  assert.equal(aud, origin)
  assert.ok(exp * 1_000 > Date.now() && exp * 1_000 < Date.now() + 86_400_000)
  assert.match(sub, /^(?:mailto:|https:\/\/)/)
  return key
}

type Got = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer }
export type PushService = {
  readonly url: string
  readonly got: readonly Got[]
  /** By path. */
  readonly answers: Map<string, number[]>
  readonly close: () => void
}
/** Answers 201, or what is next in `answers` of the path. */
export const startPushService = async (): Promise<PushService> => {
  const got: Got[] = []
  const answers = new Map<string, number[]>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const path = request.url ?? ""
      got.push({ path, headers: request.headers, body: Buffer.concat(chunks) })
      const status = answers.get(path)?.shift() ?? 201
      response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end()
    })
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    got,
    answers,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
