/** Files of backups, and readers and writers that stop in the middle. */
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { makeKeyPair, openFile, sealFile } from "./seal-file.ts"

const CHUNK = 70_000
const PAUSE_MS = 60
/** What does not compress. `onEnd`: the reader has stopped, or has read all. */
async function* chunks(count: number, onEnd = (): void => undefined): AsyncGenerator<Uint8Array> {
  try {
    for (let made = 0; made < count; made += 1) {
      await new Promise(setImmediate)
      yield randomBytes(CHUNK)
    }
  } finally {
    onEnd()
  }
}
const { recipient, identity } = await makeKeyPair()

for (const [name, to] of [
  ["an encrypted file", recipient],
  ["a local copy", null],
] as const) {
  for (const [size, count] of [
    ["long", 400],
    ["short", 1],
  ] as const)
    test(`${name}: a writer that fails in the middle of a ${size} dump ends it, and nothing else fails`, async () => {
      let hasEnded = false
      const sealed = sealFile(
        chunks(count, () => {
          hasEnded = true
        }),
        to,
      )
      const write = async (): Promise<void> => {
        for await (const _ of sealed)
          throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" })
      }
      await assert.rejects(write(), { code: "ENOSPC" })
      // An error that nobody handles would end the process, and with it this test.
      await sleep(PAUSE_MS)
      assert.equal(hasEnded, true)
    })

  test(`${name}: a dump that fails is the error of its reader`, async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* chunks(3)
      throw new Error("the database has gone")
    }
    await assert.rejects(async () => {
      for await (const _ of sealFile(failing(), to));
    }, /the database has gone/)
  })

  test(`${name}: a reader that stops early leaves nothing behind`, async () => {
    const file: Uint8Array[] = []
    for await (const chunk of sealFile(chunks(1), to)) file.push(chunk)
    const opened = openFile(
      (async function* () {
        yield* file
      })(),
      identity,
    )
    assert.ok(((await opened.next()).value?.length ?? 0) > 0)
    await opened.return(undefined)
    await sleep(PAUSE_MS)
  })
}
