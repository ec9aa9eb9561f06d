import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer } from "node:net"
import { test } from "node:test"
import { type Address, checkFree, listen } from "./listen.ts"

const at = (host: string, port: number): Address => ({
  host,
  port,
  errorPrefix: "The screens cannot be served",
  portSetting: "PORT",
  hostSetting: "BIND",
})

test("free ports are let go of again, a taken one is named with the setting that chooses another", async () => {
  const server = createServer()
  const port = await listen(server, at("127.0.0.1", 0))
  await assert.rejects(checkFree([at("127.0.0.1", 0), at("127.0.0.1", port)]), {
    message: `The screens cannot be served on 127.0.0.1 port ${port}: another program uses it; stop that one, or choose another port with PORT.`,
  })
  server.close()
  await once(server, "close")
  await checkFree([at("127.0.0.1", port)])
  await checkFree([at("127.0.0.1", port)])
})

test("two that want the same port are found", async () => {
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

test("an address of another machine is told", async () => {
  await assert.rejects(checkFree([at("192.0.2.1", 0)]), /no such address; see BIND/)
})
