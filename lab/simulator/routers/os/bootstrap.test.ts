/** The line to paste: whom it trusts, what it requests, and what it leaves on the router. */
import assert from "node:assert/strict"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import { describe, type TestContext, test } from "node:test"
import { bootstrapCommand, exampleConfig, makeScript } from "@ispvm/routeros-scripts/companion"
import { selfSign } from "../certificate.ts"
import type { PersonaName } from "../personas.ts"
import { testRouter } from "./test/router.ts"

const identity = selfSign("127.0.0.1", "127.0.0.1", Date.now())
const SECRET = "one-time-secret-of-this-test"

type ReceivedRequest = {
  readonly path: string
  readonly authorization: string
  readonly body: string
}
/** The appliance of one test: received requests, and the script it serves. */
const appliance = async (t: TestContext) => {
  const requests: ReceivedRequest[] = []
  const served = { script: "" }
  const server = createServer(
    { key: identity.keyPem, cert: identity.certificatePem },
    (request, response) => {
      let body = ""
      request.on("data", (chunk) => {
        body += chunk
      })
      request.on("end", () => {
        const authorization = request.headers.authorization ?? ""
        requests.push({ path: `${request.method} ${request.url}`, authorization, body })
        if (request.url === "/push/v1/ca") return response.end(identity.certificatePem)
        if (request.url === "/push/v1/script" && authorization === `Bearer ${SECRET}`)
          return response.end(served.script)
        if (request.url === "/push/v1" && request.method === "POST")
          return response.end('{"taken":1,"known":0,"refused":[]}')
        response.statusCode = 401
        return response.end()
      })
    },
  )
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const lineFor = (release: string, caFingerprint: string, secret = SECRET): string =>
    bootstrapCommand({ host: "127.0.0.1", port, caFingerprint, secret, release })
  return { requests, served, port, lineFor }
}

const installTest = (persona: PersonaName): void => {
  test(`${persona}: one line fetches the script, runs it and leaves no file; the router reports in`, async (t) => {
    const { requests, served, port, lineFor } = await appliance(t)
    const { os, run, output } = testRouter(persona)
    const desired = exampleConfig(os.release.name, "cpe")
    served.script = makeScript("onboard", {
      ...desired,
      authority: { pem: identity.certificatePem, fingerprint: identity.fingerprint },
      push:
        desired.push === null
          ? null
          : { ...desired.push, url: `https://127.0.0.1:${port}/push/v1` },
    }).text
    await run(lineFor(os.release.name, identity.fingerprint))
    assert.deepEqual(
      output.filter((line) => line.includes("FAILED")),
      [],
    )
    assert.deepEqual(
      requests.slice(0, 2).map(({ path, authorization }) => [path, authorization]),
      [
        ["GET /push/v1/ca", ""],
        ["GET /push/v1/script", `Bearer ${SECRET}`],
      ],
    )
    const hello = requests.find(({ body }) => body.includes('"queue":"hello"'))
    assert.ok(hello !== undefined)
    const [item] = JSON.parse(hello.body).items
    assert.equal(item.kind, "hello")
    assert.deepEqual(item.failed, [])
    assert.ok(item.done.includes("push-watch"))
    assert.deepEqual(
      os.files.all.map((file) => file.name),
      [],
    )
    assert.deepEqual(
      os
        .rows("/certificate")
        ?.flatMap((row) => (row.fingerprint === identity.fingerprint ? [row.name] : [])),
      ["ispvm-ca"],
    )
    await run(lineFor(os.release.name, identity.fingerprint))
    assert.equal(
      os.rows("/certificate")?.filter((row) => row.fingerprint === identity.fingerprint).length,
      1,
    )
    await run(makeScript("remove", desired).text)
    os.halt()
  })
}

const rejectionTests = (persona: PersonaName): void => {
  test(`${persona}: another server gets no secret and leaves no certificate`, async (t) => {
    const { requests, lineFor } = await appliance(t)
    const { os, errorOf } = testRouter(persona)
    const names = () => os.rows("/certificate")?.map((row) => `${row[".id"]} ${row.name}`)
    const had = names()
    assert.match(
      await errorOf(lineFor(os.release.name, "ab".repeat(32))),
      /not the appliance this line was made for/,
    )
    assert.deepEqual(
      requests.map(({ path, authorization }) => [path, authorization]),
      [["GET /push/v1/ca", ""]],
    )
    assert.deepEqual(names(), had)
    assert.deepEqual(os.files.all, [])
    os.halt()
  })

  test(`${persona}: a used link is reported, and leaves no file`, async (t) => {
    const { lineFor } = await appliance(t)
    const { os, errorOf } = testRouter(persona)
    assert.match(
      await errorOf(lineFor(os.release.name, identity.fingerprint, "used")),
      /could not be fetched.*get a new one/,
    )
    assert.deepEqual(os.files.all, [])
    assert.equal(
      os.rows("/user")?.some((row) => `${row.comment ?? ""}`.startsWith("ispvm")),
      false,
    )
    os.halt()
  })
}

// In parallel, because the tests mostly wait.
describe("the line to paste", { concurrency: 12 }, () => {
  for (const persona of ["ccr1036-6.49", "rb5009-7.12", "ccr2004-7.18", "chr-7.22"] as const) {
    installTest(persona)
    rejectionTests(persona)
  }
})
