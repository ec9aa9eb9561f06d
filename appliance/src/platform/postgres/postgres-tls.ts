/** TLS to a Postgres as libpq has it: what the mode and the root's file ask of the certificate. */
import { readFileSync } from "node:fs"
import type { ConnectionOptions } from "node:tls"
import type { Connection } from "./database-url.ts"

/**
 * `require` alone checks no certificate; with a root it asks that the root has signed it. The root
 * is read for each connection, so that a renewed one holds without a restart.
 */
export const tlsOptions = (at: Connection["at"]): ConnectionOptions | false => {
  if (at.kind === "socket" || at.tls === "disable") return false
  const root = at.rootFile === null || at.tls === "prefer" ? null : readRoot(at.rootFile)
  return {
    ...(root === null ? {} : { ca: root }),
    rejectUnauthorized: at.tls === "verify-full" || at.tls === "verify-ca" || root !== null,
    ...(at.tls === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
  }
}

const readRoot = (file: string): string => {
  const invalidRoot = (why: string, cause?: unknown) =>
    new Error(`the root certificate ${file} ${why}`, { cause })
  try {
    const text = readFileSync(file, "utf8")
    if (text.includes("-----BEGIN CERTIFICATE-----")) return text
  } catch (cause) {
    throw invalidRoot(
      `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    )
  }
  throw invalidRoot("holds no certificate")
}
