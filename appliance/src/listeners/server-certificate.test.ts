import assert from "node:assert/strict"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { connect } from "node:tls"
import { openAuthority } from "@ispvm/pki"
import { createConnectionLimit } from "../platform/http/connection-limit.ts"
import { TLS_MODERN } from "../platform/http/tls.ts"
import { createServerCertificate } from "./server-certificate.ts"
import { startWebServer } from "./ui/ui-listener.ts"

const authorityOf = async (t: TestContext) => {
  const directory = mkdtempSync(join(tmpdir(), "ispvm-cert-"))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return await openAuthority({ directory, now: Date.now, caBits: 2048 })
}

test("a new address of the machine is in the certificate after the next check, under the same root", async (t) => {
  const authority = await authorityOf(t)
  let names = ["localhost", "10.77.0.9"]
  const renewed = Promise.withResolvers<string>()
  const certificate = createServerCertificate({
    name: "x",
    authority,
    names: () => names,
    tls: TLS_MODERN,
    onFresh: ({ cert }) => renewed.resolve(cert),
    onError: renewed.reject,
    everyMs: 20,
  })
  const first = await certificate.start()
  t.after(() => certificate.stop())
  names = ["localhost", "10.77.0.77"]
  const cert = await renewed.promise
  assert.notEqual(cert, first.cert)
  assert.ok(cert.endsWith(authority.issuingPem))
})

const serve = async (t: TestContext) => {
  const authority = await authorityOf(t)
  const limits = { perSource: 100, unauthenticated: 100, perIdentity: 100, authenticated: 100 }
  const web = await startWebServer({
    listener: (_, response) => void response.end("ok"),
    at: { host: "127.0.0.1", port: 0, errorPrefix: "", portSetting: "", hostSetting: "" },
    tls: { authority, names: () => ["localhost", "127.0.0.1"] },
    connections: createConnectionLimit({ limits, onDrop: () => undefined }),
    onError: assert.ifError,
  })
  t.after(() => web.stop())
  return { port: web.port, ca: authority.rootPem }
}

test("the UI offers ECDHE with AEAD and nothing older", async (t) => {
  const at = { ...(await serve(t)), host: "127.0.0.1", servername: "localhost" }
  const suiteOf = async (more: object): Promise<string> => {
    const socket = connect({ ...at, ...more })
    try {
      await once(socket, "secureConnect")
      return socket.getCipher().standardName
    } catch (error) {
      return error instanceof Error && "code" in error ? String(error.code) : String(error)
    } finally {
      socket.destroy()
    }
  }
  const old = { maxVersion: "TLSv1.2" }
  assert.match(await suiteOf({}), /^TLS_AES_/)
  assert.match(await suiteOf(old), /^TLS_ECDHE_RSA_WITH_AES_128_GCM/)
  for (const ciphers of [
    "ECDHE-RSA-AES128-SHA256",
    "AES128-GCM-SHA256",
    "AES256-SHA",
    "DHE-RSA-AES128-GCM-SHA256",
  ])
    assert.match(await suiteOf({ ...old, ciphers }), /^ERR_SSL|ECONNRESET/, ciphers)
})
