import assert from "node:assert/strict"
import { connect, createServer, type Socket } from "node:net"
import { after, before, test } from "node:test"
import { setTimeout as wait } from "node:timers/promises"
import { Relay } from "./relay.ts"

/** Long enough for data that is not held to arrive. */
const LONG_MS = 100
const echo = createServer((socket) => socket.on("error", () => undefined).pipe(socket))
let relay: Relay
let port = 0

const dial = (): {
  readonly socket: Socket
  readonly received: () => string
  readonly until: (text: string) => Promise<void>
} => {
  let received = ""
  const socket = connect({ host: "127.0.0.1", port })
  socket.on("data", (bytes: Buffer) => {
    received += bytes.toString()
  })
  const until = async (text: string): Promise<void> => {
    for (let tries = 0; received !== text; tries++) {
      if (tries === 200)
        assert.fail(`received ${JSON.stringify(received)}, not ${JSON.stringify(text)}`)
      await wait(10)
    }
  }
  return { socket, received: () => received, until }
}

before(async () => {
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve))
  const address = echo.address()
  relay = new Relay(typeof address === "object" && address !== null ? address.port : 0)
  port = await relay.start()
})
after(async () => {
  await relay.stop()
  await new Promise((resolve) => echo.close(resolve))
})

test("data sent on a cut path arrives only after the repair, in both directions", async () => {
  const line = dial()
  line.socket.write("a")
  await line.until("a")
  relay.setOpen(false)
  line.socket.write("b")
  await wait(LONG_MS)
  assert.equal(line.received(), "a")
  relay.setOpen(true)
  await line.until("ab")
  line.socket.destroy()
})

test("a connection over a cut path waits until the repair", async () => {
  relay.setOpen(false)
  const line = dial()
  line.socket.write("late")
  await wait(LONG_MS)
  assert.equal(line.received(), "")
  relay.setOpen(true)
  await line.until("late")
  line.socket.destroy()
})
