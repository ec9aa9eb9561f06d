/** The appliance's root certificate, fetched without verification and checked by its fingerprint. */
import { createHash, X509Certificate } from "node:crypto"
import https from "node:https"
import { PATHS } from "@ispvm/wire"
import { request } from "../transport/request.ts"

export type Root =
  | { readonly ok: true; readonly rootPem: string }
  | {
      readonly ok: false
      readonly reason: "not-agent-api" | "fingerprint-mismatch"
      readonly message: string
    }

const TIMEOUT_MS = 10_000

/** The sender is not verified: the certificate counts only if it matches the token's fingerprint. */
export const checkRoot = (pem: string, fingerprint: string): Root => {
  let root: X509Certificate
  try {
    root = new X509Certificate(pem)
  } catch {
    const message =
      "The server at this address is not the appliance's agent API (GET /ca returned no certificate). Check the address and port."
    return { ok: false, reason: "not-agent-api", message }
  }
  if (createHash("sha256").update(root.raw).digest("base64url") === fingerprint)
    return { ok: true, rootPem: root.toString() }
  const message =
    "The server's certificate does not match the token. Either the address belongs to another appliance, or the connection is intercepted. Nothing was sent."
  return { ok: false, reason: "fingerprint-mismatch", message }
}

const pemOf = (body: string): string =>
  /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(body)?.[0] ?? ""

/** Throws `Unreachable`. */
export const fetchRoot = async (
  url: URL,
  fingerprint: string,
  signal: AbortSignal,
): Promise<Root> => {
  // Without verification: the fingerprint covers the whole answer.
  const agent = new https.Agent({ rejectUnauthorized: false })
  try {
    const reply = await request({
      method: "GET",
      url: new URL(PATHS.ca, url),
      agent,
      body: null,
      timeoutMs: TIMEOUT_MS,
      signal,
    })
    return checkRoot(reply.status === 200 ? pemOf(reply.body) : "", fingerprint)
  } finally {
    agent.destroy()
  }
}
