/** A backup is sent to a new appliance, which restarts in the place of the one that made it. */
import assert from "node:assert/strict"
import { copyFileSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { RESTORE_PIECE_BYTES, type RestoreRequest, RestoreState } from "../src/api/restore.ts"
import { makeKeyPair } from "../src/operate/backup/seal-file.ts"
import { databaseUrl } from "../src/platform/postgres/database-url.ts"
import { type BackupRig, backupRig, type Place } from "./backup-rig.ts"
import { type Program, startProgram, until } from "./program.ts"

const CODE = "CODE-OF-THE-CONSOLE"
const UPLOAD = "restore-upload"
let rig: BackupRig
let fresh: Place
let program: Program
let origin: string
let file: Buffer
before(async () => {
  rig = await backupRig()
  await rig.backup("one.age")
  file = readFileSync(join(rig.folder, "one.age"))
  fresh = await rig.fresh()
  copyFileSync(fresh.db.passwordsFile, join(fresh.dataDir, "database.json"))
  program = startProgram({
    env: {
      ISPVM_DATA_DIR: fresh.dataDir,
      DATABASE_URL: databaseUrl(fresh.db.superuser),
      ISPVM_SETUP_CODE: CODE,
      LOG_LEVEL: "info",
    },
  })
  origin = (await program.url).replace(/\/$/, "")
})
after(async () => {
  program.child.kill("SIGTERM")
  assert.equal(await program.exited, 0, program.errorOutput())
  await rig.close()
})

type Answer = { readonly status: number; readonly json: unknown; readonly cookie: string }
const send = async (
  method: string,
  path: string,
  body: Uint8Array<ArrayBuffer> | object | null,
  cookie = "",
): Promise<Answer> => {
  const isFile = body instanceof Uint8Array
  const answer = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: {
      ...{ origin, cookie },
      ...(body === null
        ? {}
        : { "content-type": isFile ? "application/octet-stream" : "application/json" }),
    },
    ...(body === null ? {} : { body: isFile ? body : JSON.stringify(body) }),
  })
  const [set = ""] = answer.headers.getSetCookie()
  return { status: answer.status, json: await answer.json(), cookie: set.split(";")[0] ?? "" }
}
const begin = (over: Partial<RestoreRequest> = {}): Promise<Answer> =>
  send("POST", "/setup/restore", {
    ...{ setupCode: CODE, identity: rig.keys.identity, bytes: file.length },
    ...over,
  })
const codeOf = ({ json }: Answer): unknown =>
  typeof json === "object" && json !== null && "code" in json ? json.code : null
const stateOf = async (cookie: string): Promise<RestoreState> =>
  RestoreState.parse((await send("GET", "/setup/restore", null, cookie)).json)

/** In pieces that are smaller than allowed, so that there are several. */
const upload = async (cookie: string, content: Buffer): Promise<void> => {
  const size = Math.ceil(content.length / 3)
  for (let at = 0; at < content.length; at += size) {
    const piece = Uint8Array.from(content.subarray(at, at + size))
    const { status } = await send("PUT", `/setup/restore/file?offset=${at}`, piece, cookie)
    assert.equal(status, 200)
  }
}
const ended = (cookie: string): Promise<RestoreState> =>
  until("the restore's end", async () => {
    const state = await stateOf(cookie).catch(() => null)
    return state !== null && ["failed", "done", "none"].includes(state.phase) ? state : null
  })
const folder = (): readonly string[] => readdirSync(fresh.dataDir)

test("only the code of the console begins an upload, and only its browser goes on with it", async () => {
  const wrong = await begin({ setupCode: "SOMETHING-ELSE" })
  assert.equal(wrong.status, 403)
  assert.equal(codeOf(wrong), "wrong-setup-code")
  assert.equal(wrong.cookie, "")
  assert.equal((await begin({ identity: "AGE-SECRET-KEY-1QQ" })).status, 422)
  assert.equal(codeOf(await begin({ bytes: 2 ** 39 })), "no-space")
  const { status, cookie } = await begin()
  assert.equal(status, 201)
  const piece = Uint8Array.from(file.subarray(0, 100))
  const stranger = await send("PUT", "/setup/restore/file?offset=0", piece, "ispvm_restore=guess")
  assert.equal(stranger.status, 409)
  assert.equal((await stateOf("ispvm_restore=guess")).phase, "none")
  const late = await send("PUT", "/setup/restore/file?offset=7", piece, cookie)
  assert.equal(codeOf(late), "wrong-offset")
  const large = new Uint8Array(RESTORE_PIECE_BYTES + 1)
  assert.equal((await send("PUT", "/setup/restore/file?offset=0", large, cookie)).status, 413)
  const typed = await send("PUT", "/setup/restore/file?offset=0", { a: 1 }, cookie)
  assert.equal(typed.status, 415)
  assert.deepEqual(await stateOf(cookie), { phase: "receiving", bytes: 0, ofBytes: file.length })
})

test("what cannot be restored is named, and the appliance stays new", async () => {
  const flipped = Buffer.from(file)
  const middle = Math.floor(file.length / 2)
  flipped[middle] = (flipped[middle] ?? 0) ^ 1
  const { identity } = await makeKeyPair()
  const cases = [
    ["backup.wrong-key", file, { identity }],
    ["backup.no-key", file, { identity: null }],
    ["backup.damaged", flipped, {}],
    ["backup.not-a-backup", Buffer.from("x".repeat(2_000)), {}],
  ] as const
  for (const [code, content, over] of cases) {
    const { cookie } = await begin({ ...over, bytes: content.length })
    await upload(cookie, content)
    const state = await ended(cookie)
    assert.ok(state.phase === "failed", code)
    assert.equal(state.message.code, code)
    assert.equal(folder().includes(UPLOAD), false, "the file is removed")
  }
  const { json } = await send("GET", "/session", null)
  assert.match(JSON.stringify(json), /"isSetUp":false/)
})

test("a backup is restored: the appliance restarts with it, and is claimed by it", async () => {
  const { cookie } = await begin({ identity: `# created: today\n${rig.keys.identity}\n` })
  await upload(cookie, file)
  const pid = program.child.pid
  const restarted = async (): Promise<true | null> => {
    const urls = [...program.errorOutput().matchAll(/"url":"([^"]+)"/g)].map(([, url]) => url)
    if (urls.length < 2) return null
    // A free port is another one at the next start.
    origin = urls.at(-1) ?? origin
    return true
  }
  await until("the second start", restarted)
  const state = await ended(cookie)
  assert.ok(state.phase === "done", JSON.stringify(state))
  assert.ok(state.rows > 100)
  assert.equal(program.child.pid, pid)
  assert.equal(readFileSync(join(fresh.dataDir, "master.key"), "utf8"), rig.masterKeyFile)
  assert.equal(folder().includes(UPLOAD), false)
  const { json } = await send("GET", "/session", null)
  assert.match(JSON.stringify(json), /"isSetUp":true/)
  assert.equal(codeOf(await begin()), "already-set-up")
  assert.equal((await stateOf("")).phase, "none", "the result is for who has begun it")
})
