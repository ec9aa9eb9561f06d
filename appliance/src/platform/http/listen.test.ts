import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer } from "node:net"
import { test } from "node:test"
import { type Address, checkFree, listen } from "./listen.ts"

const at = (host: string, port: number): Address => ({
  host,
  port,
  errorPrefix: "The UI cannot be served",
  portSetting: "PORT",
  hostSetting: "BIND",
})

test("free ports are released again, and the error for a port in use names its setting", async () => {
  const server = createServer()
  const port = await listen(server, at("127.0.0.1", 0))
  await assert.rejects(checkFree([at("127.0.0.1", 0), at("127.0.0.1", port)]), {
    message: `The UI cannot be served on 127.0.0.1 port ${port}: another program uses it; stop that one, or choose another port with PORT.`,
  })
  server.close()
  await once(server, "close")
  await checkFree([at("127.0.0.1", port)])
  await checkFree([at("127.0.0.1", port)])
})

test("two listeners on the same port are detected", async () => {
  const server = createServer()
  const port = await listen(server, at("127.0.0.1", 0))
  server.close()
  await once(server, "close")
  await assert.rejects(
    checkFree([at("127.0.0.1", port), at("127.0.0.1", port)]),
    /another program uses it/,
  )
  await checkFree([at("127.0.0.1", port)])
})

test("an address of another machine is reported", async () => {
  await assert.rejects(checkFree([at("192.0.2.1", 0)]), /no such address; see BIND/)
})
