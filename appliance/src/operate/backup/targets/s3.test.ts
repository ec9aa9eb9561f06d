/** Backups in S3-compatible storage, against one that keeps them. */
import assert from "node:assert/strict"
import { createHash, randomBytes } from "node:crypto"
import { after, before, beforeEach, test } from "node:test"
import { type S3Server, startS3Server } from "../../../../test/s3-server.ts"
import { BackupError, messageOf } from "../backup-error.ts"
import { type S3Options, s3Target } from "./s3.ts"
import type { Target } from "./target.ts"

const MB = 1024 * 1024
const PART = 16 * MB
const KEY = "AKIDEXAMPLE"
const FILE = "ispvm-20261130T020000Z.age"
const PATH = `/backups.example/isp/${FILE}`
/** Two whole parts and a short one. */
const CONTENT = randomBytes(2 * PART + 3 * MB + 5)

let server: S3Server
before(async () => {
  server = await startS3Server(KEY)
})
beforeEach(() => server.refuse(null))
after(() => server.close())

const targetWith = (over: Partial<S3Options> = {}): Target =>
  s3Target({
    ...{ endpoint: server.url, region: "eu-central-1", bucket: "backups.example", prefix: "isp" },
    ...{ accessKeyId: KEY, secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCY" },
    ...over,
  })
/** Pieces whose ends are never those of parts. */
async function* inPieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < content.length; from += 700_001)
    yield content.subarray(from, from + 700_001)
}
const hashOf = async (content: AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash("sha256")
  for await (const chunk of content) hash.update(chunk)
  return hash.digest("hex")
}
const reasonOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => assert.fail("it succeeded"),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof BackupError, String(error))
  const { code, params } = messageOf(error)
  return `${code} ${JSON.stringify(params)}`
}

test("what is longer than a part is stored in parts, read back as it was, and removed", async () => {
  const target = targetWith()
  await target.write(FILE, inPieces(CONTENT))
  assert.deepEqual(server.parts(), [PART, PART, 3 * MB + 5])
  assert.ok(server.objects.get(PATH)?.equals(CONTENT))
  assert.equal(await hashOf(target.read(FILE)), await hashOf(inPieces(CONTENT)))
  await target.write(FILE, inPieces(CONTENT.subarray(0, PART)))
  assert.deepEqual(server.parts(), [PART], "no part without content follows a whole one")
  await target.remove(FILE)
  assert.equal(server.objects.size, 0)
  await target.remove(FILE)
  assert.match(await reasonOf(hashOf(target.read(FILE))), /backup\.target.*HTTP 404, NoSuchKey/)
})

test("a backup that fails midway leaves neither an object nor an upload that costs room", async () => {
  const fault = new Error("the database has gone")
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield CONTENT.subarray(0, PART + MB)
    throw fault
  }
  await assert.rejects(targetWith().write(FILE, broken()), fault)
  assert.deepEqual([server.objects.size, server.unfinished()], [0, 0])
})

for (const [what, status, expected] of [
  ["part", 403, /HTTP 403, QuotaExceeded/],
  // S3 may answer 200 before it knows.
  ["completion", 200, /HTTP 200, QuotaExceeded/],
] as const)
  test(`a ${what} that the storage refuses fails the backup with its answer`, async () => {
    server.refuse(what, { status, code: "QuotaExceeded" })
    assert.match(await reasonOf(targetWith().write(FILE, inPieces(CONTENT))), expected)
    assert.deepEqual([server.objects.size, server.unfinished()], [0, 0])
  })

test("a foreign key is refused, and its secret is not in the reason", async () => {
  const reason = await reasonOf(
    targetWith({ accessKeyId: "SOMEBODY" }).write(FILE, inPieces(CONTENT)),
  )
  assert.match(reason, /HTTP 403, InvalidAccessKeyId/)
  assert.doesNotMatch(reason, /wJalr/)
})
