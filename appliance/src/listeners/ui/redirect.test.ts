/** What plain HTTP answers, asked over a real connection. */
import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer, request } from "node:http"
import { after, before, test } from "node:test"
import { createRedirect } from "./redirect.ts"

const servers = [443, 8443].map((port) =>
  createServer(createRedirect({ names: () => ["monitor.example.net"], port })),
)
before(async () => {
  for (const server of servers) {
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
  }
})
after(() => {
  for (const server of servers) server.close()
})

const ask = async (at: number, host: string, path: string) => {
  const bound = servers[at]?.address()
  const port = typeof bound === "object" ? bound?.port : undefined
  const sent = request({
    port: port ?? 0,
    host: "127.0.0.1",
    path,
    headers: { host },
    agent: false,
  })
  sent.end()
  const [answer] = await once(sent, "response")
  answer.resume()
  return { status: answer.statusCode, location: answer.headers.location }
}

test("a request is sent to the same address under HTTPS", async () => {
  assert.deepEqual(await ask(0, "monitor.example.net:80", "/devices?q=a%20b"), {
    status: 308,
    location: "https://monitor.example.net/devices?q=a%20b",
  })
  assert.equal((await ask(1, "192.0.2.1", "/")).location, "https://192.0.2.1:8443/")
  assert.equal((await ask(1, "[2001:db8::1]", "/")).location, "https://[2001:db8::1]:8443/")
})

test("a name that is not the appliance's is not repeated", async () => {
  assert.deepEqual(await ask(0, "stranger.example", "/"), { status: 421, location: undefined })
})

test("an absurd path leads to the first page", async () => {
  const { location } = await ask(0, "localhost", `/${"a".repeat(3_000)}`)
  assert.equal(location, "https://localhost/")
})
