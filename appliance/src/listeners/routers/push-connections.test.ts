import assert from "node:assert/strict"
import { connect as connectPlain, type Socket } from "node:net"
import { after, before, test } from "node:test"
import { connect as connectTls } from "node:tls"
import { PUSH_PATH } from "@ispvm/wire/push"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { link, rawPushOf as pushOf } from "../../../test/make-push.ts"
import { openRig } from "../../../test/push-rig.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

test("a flood of connections from one address is rejected before TLS, and the limit recovers", async (t) => {
  const tight = await openRig(db, { burst: 5, perSecond: 1, atOnce: 3 })
  t.after(() => tight.close())
  const sockets: Socket[] = []
  const open = (): Promise<string> =>
    new Promise((resolve) => {
      const socket = connectPlain({ host: "127.0.0.1", port: tight.port })
      sockets.push(socket)
      socket.on("error", () => resolve("reset"))
      socket.on("close", () => resolve("reset"))
      setTimeout(() => resolve("open"), 300)
    })
  const first = await Promise.all(Array.from({ length: 20 }, open))
  assert.equal(first.filter((how) => how === "open").length, 3)
  assert.ok((tight.counts.get("connection too-many-of-address") ?? 0) >= 1)
  for (const socket of sockets) socket.destroy()
  const slow = await openRig(db, { burst: 5, perSecond: 1 })
  t.after(() => slow.close())
  const { key: other } = await slow.router()
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () => slow.send({ key: other, body: pushOf([]) })),
  )
  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 5)
  assert.ok((slow.counts.get("connection too-fast") ?? 0) >= 15)
  slow.clock.aheadMs += 10_000
  assert.equal((await slow.send({ key: other, body: pushOf([]) })).status, 200)
})

test("a slow sender is disconnected, and delays nobody", async (t) => {
  const hasty = await openRig(db, { headersMs: 500, requestMs: 1_000 })
  t.after(() => hasty.close())
  const { key } = await hasty.router()
  const trickle = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const socket = connectTls({
        host: "127.0.0.1",
        port: hasty.port,
        ca: hasty.authority.rootPem,
      })
      socket.on("error", () => undefined)
      socket.on("data", () => undefined)
      socket.on("close", () => resolve())
      socket.write(text)
    })
  const idle = trickle("")
  const inHeaders = trickle(`POST ${PUSH_PATH} HTTP/1.1\r\nhost: x\r\n`)
  const inBody = trickle(
    `POST ${PUSH_PATH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 100\r\n\r\n{`,
  )
  assert.equal((await hasty.send({ key, body: pushOf([link(1)]) })).json.taken, 1)
  await Promise.all([idle, inHeaders, inBody])
  assert.equal((await hasty.send({ key, body: pushOf([link(2)]) })).json.taken, 1)
})
