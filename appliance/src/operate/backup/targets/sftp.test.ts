/** Backups on a server by SFTP, against a server of the same protocol. */
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, beforeEach, test } from "node:test"
import ssh2 from "ssh2"
import { type SftpServer, startSftpServer } from "../../../../test/sftp-server.ts"
import { BackupError, messageOf } from "../backup-error.ts"
import { type SftpOptions, sftpTarget } from "./sftp.ts"
import type { Target } from "./target.ts"

const PASSWORD = "a-password-of-the-server"
const KEYS = ssh2.utils.generateKeyPairSync("ed25519")
const FILE = "ispvm-20261130T020000Z.age"
/** Longer than what one message of SFTP carries. */
const CONTENT = randomBytes(700_000)
const HALF = CONTENT.length / 2

let folder: string
let server: SftpServer
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ispvm-sftp-"))
  const login = { username: "noc", password: PASSWORD, publicKey: KEYS.public }
  server = await startSftpServer({ folder, ...login })
})
beforeEach(() => server.trouble(null))
after(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const targetWith = (over: Partial<SftpOptions> = {}): Target =>
  sftpTarget({
    ...{ host: "127.0.0.1", port: server.port, username: "noc", path: "backups/isp" },
    ...{ hostKey: server.fingerprint, secret: PASSWORD },
    ...over,
  })
const at = (name = FILE): string => join(folder, "backups/isp", name)
async function* inPieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < content.length; from += 100_000)
    yield content.subarray(from, from + 100_000)
}
const readAll = async (target: Target, file = FILE): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  for await (const piece of target.read(file)) pieces.push(piece)
  return Buffer.concat(pieces)
}
const saidBy = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => assert.fail("it succeeded"),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof BackupError, String(error))
  return messageOf(error)
}

test("what is written is read back, replaced and removed", async () => {
  const target = targetWith()
  await target.write(FILE, inPieces(CONTENT))
  assert.ok(readFileSync(at()).equals(CONTENT))
  assert.equal(statSync(at()).mode & 0o777, 0o600)
  assert.equal(existsSync(at(`${FILE}.partial`)), false)
  assert.ok((await readAll(target)).equals(CONTENT))
  await target.write(FILE, inPieces(CONTENT.subarray(0, 10)))
  assert.ok((await readAll(target)).equals(CONTENT.subarray(0, 10)), "an older one is replaced")
  await target.remove(FILE)
  assert.equal(existsSync(at()), false)
  await target.remove(FILE)
  assert.equal((await saidBy(readAll(target))).code, "backup.target")
})

test("a private key is as good as a password; with neither, the server is asked in vain", async () => {
  const target = targetWith({ secret: KEYS.private })
  await target.write("by-key.age", inPieces(CONTENT))
  assert.ok((await readAll(target, "by-key.age")).equals(CONTENT))
  const said = await saidBy(targetWith({ secret: "not-this-one" }).write(FILE, inPieces(CONTENT)))
  assert.equal(said.code, "backup.target")
  assert.doesNotMatch(JSON.stringify(said), /not-this-one/)
})

for (const [what, hostKey] of [
  ["another key than the one that is configured", `SHA256:${"A".repeat(43)}`],
  ["a key that nobody has confirmed yet", null],
] as const)
  test(`a server with ${what} gets no login, and its key is named`, async () => {
    const before = server.logins.length
    const target = targetWith({ hostKey })
    const expected = { code: "backup.host-key", params: { fingerprint: server.fingerprint } }
    assert.deepEqual(await saidBy(target.write("foreign.age", inPieces(CONTENT))), expected)
    assert.deepEqual(await saidBy(readAll(target)), expected)
    assert.equal(server.logins.length, before)
    assert.equal(existsSync(at("foreign.age")), false)
  })

for (const is of ["cut", "full"] as const)
  test(`${is === "cut" ? "a connection cut midway" : "a full disk"} fails the backup; the next one succeeds`, async () => {
    const target = targetWith()
    const file = `${is}.age`
    server.trouble({ afterBytes: HALF, is })
    const said = await saidBy(target.write(file, inPieces(CONTENT)))
    assert.equal(said.code, "backup.target")
    if (is === "full") assert.match(JSON.stringify(said.params), /Failure/, "the server's answer")
    assert.equal(existsSync(at(file)), false, "half a file has not its name")
    server.trouble(null)
    await target.write(file, inPieces(CONTENT))
    server.trouble({ afterBytes: HALF, is: "cut" })
    assert.equal((await saidBy(readAll(target, file))).code, "backup.target", "nor is half read")
    server.trouble(null)
    assert.ok((await readAll(target, file)).equals(CONTENT))
  })

test("a server that does not answer is a fault with its reason", async () => {
  const { port, close } = await startSftpServer({
    ...{ folder, username: "noc", password: PASSWORD, publicKey: KEYS.public },
  })
  await close()
  const said = await saidBy(targetWith({ port }).remove(FILE))
  assert.equal(said.code, "backup.target")
  assert.match(JSON.stringify(said.params), /ECONNREFUSED/)
})
