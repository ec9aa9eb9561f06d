import assert from "node:assert/strict"
import dgram from "node:dgram"
import { once } from "node:events"
import { endianness } from "node:os"
import { test } from "node:test"
import { dropsOf, readDrops } from "./kernel-drops.ts"
import { watchUdp } from "./udp-watch.ts"

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 6365: 0100007F:971B 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5988148 2 00000000645c0dce 7
 6366: 00000000:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5988147 2 00000000ed96d552 12345
`
test("the drops of a socket are found by its port and address", {
  skip: endianness() !== "LE",
}, () => {
  assert.equal(dropsOf(TABLE, "0.0.0.0", 514), 12_345)
  assert.equal(dropsOf(TABLE, "127.0.0.1", 0x971b), 7)
  assert.equal(dropsOf(TABLE, "0.0.0.0", 515), null)
  assert.equal(dropsOf(TABLE, "127.0.0.2", 0x971b), null, "another socket with this port")
  assert.equal(dropsOf("", "0.0.0.0", 514), null)
})

const skip = process.platform !== "linux" && "only Linux counts drops per socket"

test("what does not fit into the buffer of a socket is counted, and noted", { skip }, async (t) => {
  const small = 8_192
  // Nobody reads: without a listener for messages Node does not receive.
  const socket = dgram.createSocket({ type: "udp4", recvBufferSize: small })
  const listening = once(socket, "listening")
  socket.bind(0, "127.0.0.1")
  await listening
  const sender = dgram.createSocket("udp4")
  t.after(() => {
    socket.close()
    sender.close()
  })
  let atMs = 0
  const watch = watchUdp(socket, 4 * 1024 * 1024, () => atMs)
  t.after(() => watch.stop())
  assert.equal(watch.receiveBytes, small)
  assert.equal(watch.note(), null)
  const { port } = socket.address()
  // Sent without a turn of the event loop in which the socket could be read.
  for (let n = 0; n < 500; n += 1) sender.send(Buffer.alloc(1_000), port, "127.0.0.1")
  await new Promise((resolve) => sender.send(Buffer.alloc(1), port, "127.0.0.1", resolve))
  const drops = (await readDrops("127.0.0.1", port)) ?? 0
  await watch.read()
  assert.ok(watch.dropped() >= drops)
  assert.match(watch.note() ?? "", /dropped \d+ syslog datagrams .* 0\.0 of 4 MB: raise net\.core/)
  atMs = 600_001
  assert.equal(watch.note(), null)
})
