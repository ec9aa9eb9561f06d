/** Which TLS modes of libpq each driver implements correctly. */
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Connection, Tls } from "@ispvm/appliance/platform/postgres/database-url"
import { startPostgres } from "@ispvm/appliance/platform/postgres/postgres"
import { findServerUser } from "@ispvm/appliance/platform/postgres/postgres-runtime"
import { openAuthority } from "@ispvm/pki"
import { DRIVERS, openDriver } from "./driver-faces.ts"
import { table } from "./figures.ts"

/** Mode, root, host, and the expected result: encrypted, plain, or refused. */
const CASES: readonly (readonly [Tls, string | null, string, "tls" | "plain" | "refused"])[] = [
  ["disable", null, "127.0.0.1", "plain"],
  ["prefer", null, "127.0.0.1", "tls"],
  ["require", null, "127.0.0.1", "tls"],
  ["require", "root.crt", "127.0.0.1", "tls"],
  ["verify-ca", "root.crt", "127.0.0.1", "tls"],
  ["verify-full", "root.crt", "localhost", "tls"],
  ["require", "other.crt", "localhost", "refused"],
  ["verify-ca", "other.crt", "localhost", "refused"],
  ["verify-full", null, "localhost", "refused"],
  ["verify-full", "root.crt", "127.0.0.1", "refused"],
]

export const runTls = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-driver-"))
  chmodSync(folder, 0o755)
  const file = (name: string) => join(folder, name)
  const authority = (name: string) =>
    openAuthority({ directory: file(name), now: Date.now, name, caBits: 2048, leafBits: 2048 })
  const [ours, others] = [await authority("ours"), await authority("others")]
  writeFileSync(file("root.crt"), ours.rootPem)
  writeFileSync(file("other.crt"), others.rootPem)
  const { certificate, keyPem } = await ours.issueServer(["localhost"])
  writeFileSync(file("server.crt"), certificate.pem + ours.issuingPem)
  writeFileSync(file("server.key"), keyPem, { mode: 0o600 })
  const user = findServerUser(null)
  if (user !== null) chownSync(file("server.key"), user.uid, user.gid)
  const port = await freePort()
  const server = await startPostgres({
    dataDir: file("data"),
    user: null,
    info: () => undefined,
    settings: {
      fsync: "off",
      listen_addresses: "127.0.0.1",
      port: String(port),
      ssl: "on",
      ssl_cert_file: file("server.crt"),
      ssl_key_file: file("server.key"),
    },
  })
  const rows = [["sslmode", "root", "host", "expected", ...DRIVERS]]
  for (const [tls, root, host, expected] of CASES) {
    const at = { kind: "tcp", host, port, tls, rootFile: root && file(root) } as const
    const connection: Connection = { ...server.connection("postgres", "postgres"), at }
    const found: string[] = []
    for (const driver of DRIVERS) found.push(await modeOf(driver, connection))
    rows.push([tls, root ?? "", host, expected, ...found])
  }
  console.log(table(rows))
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

const modeOf = async (
  driver: (typeof DRIVERS)[number],
  connection: Connection,
): Promise<"tls" | "plain" | "refused"> => {
  const face = openDriver(driver, connection)
  try {
    const [row] = await face.query<{ ssl: boolean }[]>`
      select ssl from pg_stat_ssl where pid = pg_backend_pid()`
    return row?.ssl === true ? "tls" : "plain"
  } catch {
    return "refused"
  } finally {
    await face.close()
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const other = createServer().listen(0, "127.0.0.1", () => {
      const address = other.address()
      other.close(() => resolve(typeof address === "object" && address ? address.port : 0))
    })
  })
