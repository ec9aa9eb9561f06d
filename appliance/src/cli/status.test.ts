import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { openAuthority } from "@ispvm/pki"
import { startWebServer } from "../listeners/ui/ui-listener.ts"
import { createConnectionLimit } from "../platform/http/connection-limit.ts"
import { listen } from "../platform/http/listen.ts"
import { waitUntilReady } from "./status.ts"

const MAIN = join(import.meta.dirname, "main.ts")
const at = (port: number) => ({
  ...{ host: "127.0.0.1", port, errorPrefix: "", portSetting: "", hostSetting: "" },
})
const freePort = async (): Promise<number> => {
  const server = createServer()
  const port = await listen(server, at(0))
  server.close()
  await once(server, "close")
  return port
}
/** Not ready for the first requests. */
const serve = async (t: TestContext, port: number, notReady: number) => {
  const directory = mkdtempSync(join(tmpdir(), "ispvm-ready-"))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const authority = await openAuthority({ directory, now: Date.now, caBits: 2048 })
  const limits = { perSource: 100, unauthenticated: 100, perIdentity: 100, authenticated: 100 }
  const seen: (string | undefined)[] = []
  const web = await startWebServer({
    listener: (request, response) => {
      seen.push(request.url)
      response.writeHead(seen.length > notReady ? 200 : 503).end("{}")
    },
    at: at(port),
    tls: { authority, names: () => ["localhost"] },
    connections: createConnectionLimit({ limits, onDrop: () => undefined }),
    onError: assert.ifError,
  })
  t.after(() => web.stop())
  return seen
}

test("waits while nothing listens and while the answer is no, and ends with the first yes", async (t) => {
  const port = await freePort()
  let isOver = false
  const waiting = waitUntilReady(port, 600_000).then(() => {
    isOver = true
  })
  const seen = await serve(t, port, 2)
  assert.equal(isOver, false)
  await waiting
  assert.deepEqual(seen, ["/readyz", "/readyz", "/readyz"])
})

test("ends when the time is over", async () => {
  await waitUntilReady(await freePort(), 50)
})

test("a time that is none is an error of usage", () => {
  for (const wait of ["soon", "-1", "1.5", "99999", ""]) {
    const args = [MAIN, "status", `--wait=${wait}`]
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" })
    assert.equal(status, 2, wait)
    assert.match(stderr, /usage: ispvm status \[--json\] \[--wait SECONDS\]/)
  }
})
