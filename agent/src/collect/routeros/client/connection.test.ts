import assert from "node:assert/strict"
import { connect } from "node:net"
import { test } from "node:test"
import {
  type CommandHandler,
  type FakeRouter,
  fakeRouter,
  sentence,
} from "../../../../test/fake-router.ts"
import { CollectError, type CollectReason } from "../../collector.ts"
import { Connection } from "./connection.ts"
import { TRAP_CATEGORY, TrapError } from "./trap.ts"
import { encodeSentence } from "./words.ts"

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
const failsWith = (reason: CollectReason) => (error: unknown) =>
  error instanceof CollectError && error.reason === reason
const bytes = (...parts: Buffer[]): Buffer => Buffer.concat(parts)

test("rows are returned by property name: values with =, with line ends, and empty ones", () =>
  withRouter(
    ({ socket, tag }) =>
      void socket.write(
        bytes(
          sentence("!re", "=.id=*1", "=comment=a=b\nc", "=empty=", "=bare", ...tag),
          sentence("!done", ...tag),
        ),
      ),
    async (connection, router) => {
      const [row] = await connection.print("/interface", {
        proplist: [".id", "comment"],
        queries: ["?type=ether", "?#!"],
      })
      assert.equal(row?.get(".id"), "*1")
      assert.equal(row?.get("comment"), "a=b\nc")
      assert.equal(row?.get("empty"), "")
      assert.equal(row?.get("bare"), "")
      assert.equal(row?.get("missing"), undefined)
      assert.deepEqual(router.received[0]?.words.slice(0, 3), [
        "=.proplist=.id,comment",
        "?type=ether",
        "?#!",
      ])
    },
  ))

test("!empty before !done is no rows", () =>
  withRouter(
    ({ socket, tag }) =>
      void socket.write(bytes(sentence("!empty", ...tag), sentence("!done", ...tag))),
    async (connection) => assert.deepEqual(await connection.print("/ip/route"), []),
  ))

test("!done alone is no rows, and its ret is returned", () =>
  withRouter(
    ({ socket, tag }) => void socket.write(sentence("!done", "=ret=*1F", ...tag)),
    async (connection) =>
      assert.deepEqual(await connection.run(["/ip/address/add"]), { rows: [], ret: "*1F" }),
  ))

test("!trap rejects with category and message after its !done, and the connection stays open", () =>
  withRouter(
    ({ socket, tag, command }) => {
      if (command === "/bad/print")
        socket.write(sentence("!trap", "=category=0", "=message=no such command prefix", ...tag))
      socket.write(sentence("!done", ...tag))
    },
    async (connection) => {
      const trap = await connection.print("/bad").catch((error: unknown) => error)
      assert.ok(trap instanceof TrapError)
      assert.equal(trap.category, TRAP_CATEGORY.missing)
      assert.match(trap.message, /no such command prefix/)
      assert.deepEqual(await connection.print("/good"), [])
    },
  ))

test("!fatal rejects every command of every tag with the router's message", () =>
  withRouter(
    ({ socket, command }) => {
      if (command === "/b/print") socket.write(sentence("!fatal", "session terminated"))
    },
    async (connection) => {
      const both = await Promise.allSettled([connection.print("/a"), connection.print("/b")])
      for (const each of both) {
        assert.equal(each.status, "rejected")
        assert.match(String(each.status === "rejected" ? each.reason : ""), /session terminated/)
      }
      assert.equal(connection.isOpen, false)
      await assert.rejects(connection.print("/c"), failsWith("failed"))
    },
  ))

test("a thousand concurrent commands, answered in reverse and interleaved, each get their own rows", () => {
  const waiting: { name: string; tag: readonly string[] }[] = []
  return withRouter(
    ({ socket, words, tag }) => {
      waiting.push({ name: words[0] ?? "", tag })
      if (waiting.length < 1_000) return
      for (const each of waiting) socket.write(sentence("!re", each.name, ...each.tag))
      for (const each of waiting.reverse()) socket.write(sentence("!done", ...each.tag))
    },
    async (connection) => {
      const numbers = Array.from({ length: 1_000 }, (_, index) => index)
      const answers = await Promise.all(
        numbers.map((number) => connection.run(["/echo", `=number=${number}`])),
      )
      assert.deepEqual(
        answers.map(({ rows }) => rows.map((row) => row.get("number"))),
        numbers.map((number) => [String(number)]),
      )
    },
  )
})

for (const size of [1, 2, 3, 7])
  test(`a reply cut into pieces of ${size} bytes is read`, () =>
    withRouter(
      ({ socket, tag }) => {
        const reply = bytes(
          sentence("!re", `=comment=${"y".repeat(300)}`, ...tag),
          sentence("!done", ...tag),
        )
        socket.setNoDelay(true)
        for (let at = 0; at < reply.length; at += size) socket.write(reply.subarray(at, at + size))
      },
      async (connection) => {
        const [row] = await connection.print("/x")
        assert.equal(row?.get("comment")?.length, 300)
      },
    ))

test("words with 1 to 4 length bytes are sent and received", () =>
  withRouter(
    ({ socket, words, tag }) =>
      void socket.write(
        bytes(encodeSentence(["!re", words[0] ?? "", ...tag]), sentence("!done", ...tag)),
      ),
    async (connection) => {
      for (const size of [10, 300, 20_000]) {
        const { rows } = await connection.run(["/echo", `=v=${"v".repeat(size)}`])
        assert.equal(rows[0]?.get("v")?.length, size)
      }
    },
  ))

test("text beyond ASCII is sent and read as UTF-8", () =>
  withRouter(
    ({ socket, words, tag }) =>
      void socket.write(bytes(sentence("!re", words[0] ?? "", ...tag), sentence("!done", ...tag))),
    async (connection) => {
      const { rows } = await connection.run(["/echo", "=name=Łódź 中"])
      assert.equal(rows[0]?.get("name"), "Łódź 中")
    },
  ))

test("each command has its own deadline, whatever the connection receives; late replies are counted", () => {
  let slow: readonly string[] = []
  return withRouter(
    ({ socket, command, tag }) => {
      if (command === "/slow/print") slow = tag
      else if (command === "/cancel")
        socket.write(
          bytes(
            sentence("!trap", "=category=2", "=message=interrupted", ...slow),
            sentence("!done", ...slow),
            sentence("!done", ...tag),
          ),
        )
      else socket.write(bytes(sentence("!re", "=a=b", ...slow), sentence("!done", ...tag)))
    },
    async (connection, router) => {
      const late = connection.print("/slow", { deadlineMs: 40 })
      const busy = setInterval(() => void connection.print("/quick").catch(() => undefined), 5)
      await assert.rejects(late, failsWith("timed-out"))
      clearInterval(busy)
      await connection.print("/quick")
      assert.ok(
        router.received.some(
          (each) => each.command === "/cancel" && each.words[0] === `=tag=${slow[0]?.slice(5)}`,
        ),
      )
      assert.ok(connection.counts.late > 0)
      assert.equal(connection.isOpen, true)
    },
  )
})

test("an abort ends a command at once", () =>
  withRouter(
    () => undefined,
    async (connection) => {
      const giving = new AbortController()
      const pendingPrint = connection.print("/x", { signal: giving.signal })
      giving.abort()
      await assert.rejects(pendingPrint, failsWith("timed-out"))
      await assert.rejects(
        connection.print("/x", { signal: giving.signal }),
        failsWith("timed-out"),
      )
    },
  ))

test("replies with unknown tags, without a tag, and of unknown kinds are counted and ignored", () =>
  withRouter(
    ({ socket, tag }) =>
      void socket.write(
        bytes(
          sentence("!re", "=a=b", ".tag=zzz"),
          sentence("!done", ".tag=zzz"),
          sentence("!re", "=a=b"),
          sentence("!new-in-8", ...tag),
          sentence("!done", ...tag),
        ),
      ),
    async (connection) => {
      assert.deepEqual(await connection.print("/x"), [])
      assert.deepEqual(connection.counts, { late: 0, unsolicited: 3, unknown: 1 })
    },
  ))

for (const [how, drop] of [
  ["FIN", (socket: Parameters<CommandHandler>[0]["socket"]) => socket.end()],
  ["RST", (socket: Parameters<CommandHandler>[0]["socket"]) => socket.resetAndDestroy()],
] as const)
  test(`a ${how} in the middle of a reply rejects every pending command`, () =>
    withRouter(
      ({ socket, command, tag }) => {
        if (command !== "/b/print") return
        socket.write(bytes(sentence("!re", "=a=b", ...tag), Buffer.of(3, 0x21)), () => drop(socket))
      },
      async (connection) => {
        const results = await Promise.allSettled([connection.print("/a"), connection.print("/b")])
        for (const each of results)
          assert.ok(each.status === "rejected" && failsWith("failed")(each.reason))
      },
    ))

test("a peer that closes at once is reported as refusing the connection", async () => {
  const router = await fakeRouter(() => undefined, { raw: (socket) => socket.end() })
  const connection = new Connection(connect(router.port, "127.0.0.1"))
  await assert.rejects(connection.print("/x"), failsWith("refused"))
  await connection.close()
  await router.close()
})

test("a peer with another protocol is reported as such", async () => {
  const router = await fakeRouter(() => undefined, {
    raw: (socket) => void socket.write("SSH-2.0-OpenSSH_9.2\r\n"),
  })
  const connection = new Connection(connect(router.port, "127.0.0.1"))
  await assert.rejects(connection.print("/x"), failsWith("not-routeros"))
  await connection.close()
  await router.close()
})

test("closing rejects what is pending", () =>
  withRouter(
    () => undefined,
    async (connection) => {
      const pendingPrint = connection.print("/x")
      const rejection = assert.rejects(pendingPrint, failsWith("failed"))
      await connection.close()
      await rejection
    },
  ))

test("a command leaves in one piece: the second of two would wait 40 ms for an acknowledgement", () => {
  let [chunks, commands] = [0, 0]
  const count = (): void => {
    chunks += 1
  }
  return withRouter(
    ({ socket, tag }) => {
      // The chunk of the first command is already here.
      if (commands === 0) {
        chunks = 1
        socket.on("data", count)
      }
      commands += 1
      socket.write(sentence("!done", ...tag))
    },
    async (connection) => {
      for (let run = 0; run < 300; run += 1) await connection.run(["/x", "=a=b", "=c=d"])
      assert.deepEqual([commands, chunks], [300, 300])
    },
  )
})

test("a table of 100,000 rows leaves turns of the event loop to others", () =>
  withRouter(
    ({ socket, tag }) => {
      const row = sentence(
        "!re",
        "=.id=*1",
        "=name=ether1",
        "=rx-byte=123456789012",
        "=running=true",
        ...tag,
      )
      const thousand = Buffer.concat(Array.from({ length: 1_000 }, () => row))
      for (let count = 0; count < 100; count++) socket.write(thousand)
      socket.write(sentence("!done", ...tag))
    },
    async (connection) => {
      let rows = 0
      let turns = 0
      const ticking = setInterval(() => turns++, 1)
      await connection.print("/ip/route", { onRow: () => rows++, deadlineMs: 60_000 })
      clearInterval(ticking)
      assert.equal(rows, 100_000)
      assert.ok(turns >= 5, `${turns} turns`)
    },
  ))

test("a thousand connections opened and closed leave nothing behind", () =>
  withRouter(
    ({ socket, tag }) => void socket.write(sentence("!done", ...tag)),
    async (_connection, router) => {
      for (let count = 0; count < 200; count++) {
        await Promise.all(
          Array.from({ length: 5 }, async () => {
            const each = new Connection(connect(router.port, "127.0.0.1"))
            await each.print("/x")
            await each.close()
          }),
        )
      }
      assert.equal(router.connections(), 1_001)
    },
  ))
