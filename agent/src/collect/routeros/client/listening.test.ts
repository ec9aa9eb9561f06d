import assert from "node:assert/strict"
import { connect } from "node:net"
import { test } from "node:test"
import {
  type CommandHandler,
  type FakeRouter,
  fakeRouter,
  sentence,
} from "../../../../test/fake-router.ts"
import { CollectError } from "../../collector.ts"
import { Connection } from "./connection.ts"
import { TrapError } from "./trap.ts"

const withRouter = async (
  answer: CommandHandler,
  run: (connection: Connection, router: FakeRouter) => Promise<void>,
): Promise<void> => {
  const router = await fakeRouter(answer)
  const connection = new Connection(connect(router.port, "127.0.0.1"))
  try {
    await run(connection, router)
  } finally {
    await connection.close()
    await router.close()
  }
}

/**
 * Streams three changes, and ends the listen when it is cancelled, as routers do: a trap of
 * category 2, then `!done`.
 */
const streaming: CommandHandler = ({ socket, command, words, tag }) => {
  if (command === "/interface/listen") {
    socket.write(sentence("!re", "=.id=*1", "=name=ether1", "=running=true", ...tag))
    socket.write(sentence("!re", "=.id=*2", "=.dead=yes", ...tag))
    socket.write(sentence("!re", "=.id=*3", "=.dead=true", ...tag))
  } else if (command === "/cancel") {
    const stopped = (words[0] ?? "").replace("=tag=", ".tag=")
    socket.write(sentence("!trap", "=category=2", "=message=interrupted", stopped))
    socket.write(sentence("!done", ...tag))
    socket.write(sentence("!done", stopped))
  } else socket.write(sentence("!done", ...tag))
}

test("changes arrive one by one, removed items with either form of .dead, and breaking off cancels", () =>
  withRouter(streaming, async (connection, router) => {
    const seen: [string | null, boolean][] = []
    for await (const { id, isRemoved } of connection.listen("/interface", {
      proplist: ["name", "running"],
    })) {
      seen.push([id, isRemoved])
      if (seen.length === 3) break
    }
    assert.deepEqual(seen, [
      ["*1", false],
      ["*2", true],
      ["*3", true],
    ])
    await connection.print("/x")
    assert.equal(router.received.filter((each) => each.command === "/cancel").length, 1)
    assert.equal(connection.counts.unsolicited, 0)
  }))

test("a listen that the router interrupts ends without an error", () =>
  withRouter(
    ({ socket, tag }) => {
      socket.write(sentence("!trap", "=category=2", "=message=interrupted", ...tag))
      socket.write(sentence("!done", ...tag))
    },
    async (connection) => {
      for await (const _ of connection.listen("/log")) assert.fail("no row was sent")
    },
  ))

test("a menu that cannot be listened to throws its trap", () =>
  withRouter(
    ({ socket, tag }) => {
      socket.write(sentence("!trap", "=category=0", "=message=no such command", ...tag))
      socket.write(sentence("!done", ...tag))
    },
    async (connection) => {
      await assert.rejects(connection.listen("/x").next(), TrapError)
    },
  ))

for (const [how, drop] of [
  ["FIN", (socket: Parameters<CommandHandler>[0]["socket"]) => socket.end()],
  ["RST", (socket: Parameters<CommandHandler>[0]["socket"]) => socket.resetAndDestroy()],
] as const)
  test(`a ${how} during a listen throws once`, () =>
    withRouter(
      ({ socket, tag }) =>
        void socket.write(sentence("!re", "=.id=*1", ...tag), () => drop(socket)),
      async (connection) => {
        const listening = connection.listen("/interface")
        assert.equal((await listening.next()).done, false)
        await assert.rejects(listening.next(), CollectError)
        assert.equal((await listening.next()).done, true)
      },
    ))

test("an abort ends the iterator and cancels on the router", () =>
  withRouter(streaming, async (connection, router) => {
    const giving = new AbortController()
    let rows = 0
    for await (const _ of connection.listen("/interface", { signal: giving.signal })) {
      rows++
      if (rows === 3) giving.abort()
    }
    assert.equal(rows, 3)
    await connection.print("/x")
    assert.ok(router.received.some((each) => each.command === "/cancel"))
  }))

test("a listen whose signal is aborted beforehand is not sent", () =>
  withRouter(streaming, async (connection, router) => {
    for await (const _ of connection.listen("/interface", { signal: AbortSignal.abort() }))
      assert.fail("no row was asked for")
    await connection.print("/x")
    assert.deepEqual(
      router.received.map((each) => each.command),
      ["/x/print"],
    )
  }))

test("a listen on a lost connection throws", () =>
  withRouter(streaming, async (connection) => {
    await connection.close()
    await assert.rejects(connection.listen("/interface").next(), CollectError)
  }))

test("a listen that is never read is cancelled and does not grow without limit", () =>
  withRouter(
    ({ socket, command, tag }) => {
      if (command === "/log/listen")
        socket.write(
          Buffer.concat(Array.from({ length: 10_050 }, () => sentence("!re", "=.id=*1", ...tag))),
        )
      else socket.write(sentence("!done", ...tag))
    },
    async (connection, router) => {
      const listening = connection.listen("/log")
      while (!router.received.some((each) => each.command === "/cancel"))
        await connection.print("/x")
      let rows = 0
      await assert.rejects(async () => {
        for await (const _ of listening) rows++
      }, CollectError)
      assert.equal(rows, 10_001)
    },
  ))
