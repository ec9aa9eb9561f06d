import assert from "node:assert/strict"
import { createServer } from "node:net"
import { test } from "node:test"
import { createDestinations } from "./destinations.ts"
import { systemDial } from "./routeros/client/dial.ts"
import { openConnection } from "./routeros/client/open.ts"

const make = (allowLoopback = false, own: readonly string[] = ["192.0.2.9"]) =>
  createDestinations({ allowLoopback, steady: () => 0, own: () => own })

test("a name that resolves to loopback gets no secret, and the reason is reported", async () => {
  const destinations = make()
  await assert.rejects(
    destinations.forAccess(async () => "127.0.0.1")("r1.example.net"),
    /127\.0\.0\.1 is a loopback address.*nothing was sent/,
  )
  assert.equal(await destinations.forAccess(async () => "192.0.2.1")("r1.example.net"), "192.0.2.1")
  assert.equal(await destinations.forAccess(async () => null)("r1.example.net"), null)
  assert.equal(destinations.counts.rejected, 1)
})

test("an address that the appliance has checked may be probed, a name that resolves to it may not", async () => {
  const destinations = make()
  const probe = destinations.forProbe(async () => "127.0.0.1")
  assert.equal(await probe("127.0.0.1"), "127.0.0.1")
  assert.equal(await probe("r1.example.net"), null)
  assert.equal(await destinations.forProbe(async () => "169.254.169.254")("169.254.169.254"), null)
})

test("the allowed networks of the appliance apply as soon as they arrive", () => {
  const destinations = make()
  assert.equal(destinations.rejectionReason("198.51.100.1"), null)
  destinations.allow(["192.0.2.0/24", "127.0.0.1/32"])
  assert.match(destinations.rejectionReason("198.51.100.1") ?? "", /outside the networks/)
  assert.equal(destinations.rejectionReason("127.0.0.1"), null)
  assert.match(destinations.rejectionReason("192.0.2.9") ?? "", /own machine/)
})

test("an address that this machine gets later is its own within ten seconds", () => {
  const clock = { nowMs: 0 }
  const own = ["192.0.2.9"]
  const destinations = createDestinations({
    ...{ allowLoopback: false, steady: () => clock.nowMs, own: () => [...own] },
  })
  assert.equal(destinations.rejectionReason("192.0.2.10"), null)
  own.push("192.0.2.10")
  clock.nowMs = 10_001
  assert.match(destinations.rejectionReason("192.0.2.10") ?? "", /own machine/)
})

test("no byte is sent to a listener on loopback, whichever address of a name it is", async () => {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const at = server.address()
  const port = typeof at === "object" && at !== null ? at.port : 0
  const access = {
    port,
    tls: false,
    fingerprint: null,
    username: "watch",
    password: "the-password",
  }
  try {
    for (const found of [["127.0.0.1"], ["::ffff:127.0.0.1", "127.0.0.1"]]) {
      const dial = { ...systemDial, lookup: async () => found, guard: make().require }
      const opening = openConnection("r1.example.net", access, {
        dial,
        deadlineMs: 2_000,
        signal: AbortSignal.timeout(3_000),
      })
      await assert.rejects(opening, /loopback/)
    }
    assert.equal(connections, 0)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})
