import assert from "node:assert/strict"
import { connect } from "node:net"
import { test } from "node:test"
import { fakeRouter, sentence } from "../../../../test/fake-router.ts"
import { CollectError } from "../../collector.ts"
import { AnswerMemory, rowBytes } from "./answer-memory.ts"
import { Connection } from "./connection.ts"
import { SENTENCE_LIMITS } from "./sentences.ts"

test("an answer beyond its own limit is aborted once, and releases its memory", () => {
  const memory = new AnswerMemory({ answerBytes: 100, allBytes: 1_000 })
  const why: string[] = []
  const reservation = memory.open((reason) => why.push(reason))
  reservation.add(60)
  reservation.add(60)
  reservation.add(60)
  reservation.free()
  assert.equal(why.length, 1)
  assert.deepEqual([memory.bytes, memory.counts.aborted], [0, 1])
})

test("beyond the limit of all answers the largest is aborted, not the latest", () => {
  const memory = new AnswerMemory({ answerBytes: 1_000, allBytes: 1_000 })
  const ended: string[] = []
  const large = memory.open(() => ended.push("large"))
  const small = memory.open(() => ended.push("small"))
  large.add(900)
  small.add(50)
  small.add(60)
  assert.deepEqual(ended, ["large"])
  assert.equal(memory.bytes, 110)
  small.free()
  assert.equal(memory.bytes, 0)
})

test("a row counts for more than its text", () => {
  assert.ok(rowBytes(new Map([["name", "ether1"]])) > 200)
})

/** Answers `/endless` with rows until the socket is closed, and anything else with one row. */
const endlessRouter = () =>
  fakeRouter(({ socket, command, tag }) => {
    if (command === "/small/print")
      return void socket.write(
        Buffer.concat([sentence("!re", "=a=b", ...tag), sentence("!done", ...tag)]),
      )
    if (command !== "/endless/print") return void socket.write(sentence("!done", ...tag))
    const rows = Buffer.concat(
      Array.from({ length: 500 }, (_, n) =>
        sentence("!re", `=name=port${n}`, "=comment=x", ...tag),
      ),
    )
    const send = (): void => {
      while (!socket.destroyed && socket.write(rows));
    }
    socket.on("drain", send)
    send()
  })

test("an endless answer is aborted at its limit, and a small one beside it is complete", {
  timeout: 30_000,
}, async () => {
  const router = await endlessRouter()
  const memory = new AnswerMemory({ answerBytes: 2_000_000, allBytes: 4_000_000 })
  const open = () => new Connection(connect(router.port, "127.0.0.1"), SENTENCE_LIMITS, memory)
  const [bad, good] = [open(), open()]
  try {
    const endless = bad.print("/endless").then(
      () => "ended",
      (error: unknown) => error,
    )
    assert.equal((await good.print("/small")).length, 1)
    const error = await endless
    assert.ok(error instanceof CollectError, String(error))
    assert.match(
      error.message,
      /^\/endless\/print: the answer was aborted, because it takes more than 2 MB/,
    )
    assert.equal((await good.print("/small")).length, 1)
    assert.deepEqual([bad.isOpen, good.isOpen], [false, true])
  } finally {
    await Promise.all([bad.close(), good.close()])
    await router.close()
  }
  assert.equal(memory.bytes, 0)
})

test("an endless sentence has the same limit", { timeout: 30_000 }, async () => {
  const router = await fakeRouter(({ socket }) => {
    const word = Buffer.alloc(0x10_0000, "x")
    socket.write(
      Buffer.concat([
        Buffer.of(3),
        Buffer.from("!re"),
        Buffer.of(0xe2, 0x00, 0x00, 0x00),
        word,
        word,
        word,
      ]),
    )
  })
  const memory = new AnswerMemory({ answerBytes: 2_000_000, allBytes: 4_000_000 })
  const connection = new Connection(connect(router.port, "127.0.0.1"), SENTENCE_LIMITS, memory)
  await assert.rejects(
    connection.print("/x"),
    /a sentence was aborted, because it takes more than 2 MB/,
  )
  await connection.close()
  await router.close()
  assert.equal(memory.bytes, 0)
})
