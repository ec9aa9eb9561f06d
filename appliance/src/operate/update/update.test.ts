/** Uploading an update and asking for it, over HTTP, with a real database and real folders. */
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { type ServedRoutes, serveRoutes } from "../../../test/serve-routes.ts"
import { MAX_PIECE_BYTES, Updates } from "../../api/updates.ts"
import {
  IDLE,
  readUpdateState,
  UPDATE_REASONS,
  UpdateRequest,
  type UpdateState,
  writeUpdateState,
} from "../../machine/update-state.ts"
import { page } from "../../registry/audit/audit.ts"
import { routes } from "./routes.ts"
import { createUpdates } from "./update.ts"

const NOW = Date.UTC(2026, 10, 30, 12)
const RELEASES = { from: "0.1.0", to: "0.2.0" } as const

let db: TestDatabase
let folder: string
let served: ServedRoutes
const stateFolder = (): string => join(folder, "state")
const handedOver = (): string => join(folder, "update")
const say = (state: Partial<UpdateState>): void =>
  writeUpdateState({ ...IDLE, ...state }, stateFolder())
const view = async (): Promise<Updates> => Updates.parse((await served.get("/updates")).json)

before(async () => {
  db = await testDatabase()
  folder = mkdtempSync(join(tmpdir(), "ispvm-updates-"))
  const updates = createUpdates({
    db: db.dbs.ui,
    clock: { now: () => NOW },
    version: "0.1.0",
    folder: handedOver(),
    readState: () => readUpdateState(stateFolder()),
  })
  served = await serveRoutes(routes({ updates }), db.org)
})
after(async () => {
  await served[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
  await db.close()
})

const put = (offset: number, bytes: number, piece: Buffer) =>
  served.send("PUT", `/updates/bundle?offset=${offset}&bytes=${bytes}`, piece)
const ask = (kind: "update" | "rollback") => served.send("POST", "/updates/runs", { kind })
const codeOf = ({ json }: { readonly json: unknown }): unknown =>
  typeof json === "object" && json !== null && "code" in json ? json.code : null

test("an update that was not uploaded cannot be installed, and no release is kept to return to", async () => {
  assert.equal(codeOf(await ask("update")), "no-bundle")
  assert.equal(codeOf(await ask("rollback")), "no-previous")
  const seen = await view()
  assert.deepEqual(
    [seen.version, seen.isSupported, seen.bundle, seen.phase, seen.last],
    ["0.1.0", true, null, "idle", null],
  )
})

test("a bundle arrives in pieces, in order, and takes its name once it is whole", async () => {
  const bundle = randomBytes(2 * MAX_PIECE_BYTES + 17)
  const [first, second, third] = [0, 1, 2].map((n) =>
    bundle.subarray(n * MAX_PIECE_BYTES, (n + 1) * MAX_PIECE_BYTES),
  ) as [Buffer, Buffer, Buffer]
  const piece = (n: number, bytes: Buffer) => put(n * MAX_PIECE_BYTES, bundle.length, bytes)
  assert.deepEqual((await piece(0, first)).json, {
    received: MAX_PIECE_BYTES,
    isComplete: false,
  })
  const gap = await piece(2, third)
  assert.equal(gap.status, 409)
  assert.equal(codeOf(gap), "not-next")
  await piece(1, second)
  assert.equal((await piece(1, second)).status, 409, "a piece is not stored twice")
  assert.equal((await view()).bundle, null)
  assert.deepEqual((await piece(2, third)).json, { received: bundle.length, isComplete: true })
  const file = join(handedOver(), "bundle.tar")
  assert.ok(readFileSync(file).equals(bundle))
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal((await view()).bundle?.bytes, bundle.length)
})

test("pieces that are too large, too many or no bytes are rejected", async () => {
  assert.equal((await put(0, 10, Buffer.alloc(11))).status, 409)
  assert.equal((await put(0, 2e6, Buffer.alloc(MAX_PIECE_BYTES + 1))).status, 413)
  assert.equal((await put(0, 700_000_000, Buffer.alloc(1))).status, 422)
  assert.equal((await put(-1, 10, Buffer.alloc(1))).status, 422)
  assert.equal((await served.send("PUT", "/updates/bundle?offset=0&bytes=2", {})).status, 415)
})

test("a request is handed over once, and audited; nothing else starts until it has ended", async () => {
  await put(0, 5, Buffer.from("hello"))
  assert.equal((await ask("update")).status, 204)
  const request = UpdateRequest.parse(
    JSON.parse(readFileSync(join(handedOver(), "request.json"), "utf8")),
  )
  assert.deepEqual(request, { kind: "update", by: "admin@example.net", atMs: NOW })
  assert.equal((await view()).isRequested, true)
  assert.equal(codeOf(await ask("update")), "update-running")
  assert.equal(codeOf(await put(0, 5, Buffer.from("other"))), "update-running")
  rmSync(join(handedOver(), "request.json"))
  say({ phase: "testing", ...RELEASES, startedAtMs: NOW, phaseAtMs: NOW, by: "ui" })
  assert.equal(codeOf(await ask("rollback")), "update-running")
  const seen = await view()
  assert.deepEqual([seen.phase, seen.to, seen.phaseAtMs], ["testing", "0.2.0", NOW])
  const { items } = await db.dbs.ui.asOrg(db.org, (tx) =>
    page(tx, db.org, { before: null, limit: 50, subject: null, id: null, action: "update." }),
  )
  assert.deepEqual(
    items.map(({ action }) => action),
    ["update.requested", "update.uploaded", "update.uploaded"],
  )
})

test("how an update ended is said as a message, for every reason there is", async () => {
  for (const reason of UPDATE_REASONS) {
    const last = {
      kind: "release",
      outcome: "rejected",
      ...RELEASES,
      reason,
      detail: "why",
    } as const
    say({ previous: "0.0.9", last: { ...last, startedAtMs: NOW, endedAtMs: NOW + 1_000 } })
    assert.deepEqual((await view()).last?.message, {
      code: `update.${reason}`,
      params: { detail: "why" },
    })
  }
  const good = { kind: "debian", outcome: "updated", ...RELEASES, reason: "", detail: "" } as const
  say({ previous: "0.0.9", last: { ...good, startedAtMs: NOW, endedAtMs: NOW } })
  assert.deepEqual([(await view()).last?.message, (await view()).last?.kind], [null, "debian"])
  assert.equal((await ask("rollback")).status, 204)
  assert.equal(existsSync(join(handedOver(), "request.json")), true)
})

test("an appliance that was not installed from packages offers no updates", async () => {
  const updates = createUpdates({
    db: db.dbs.ui,
    clock: { now: () => NOW },
    version: "0.1.0",
    folder: null,
    readState: () => IDLE,
  })
  await using plain = await serveRoutes(routes({ updates }), db.org)
  assert.equal(
    codeOf(await plain.send("POST", "/updates/runs", { kind: "update" })),
    "update-unsupported",
  )
  assert.equal(Updates.parse((await plain.get("/updates")).json).isSupported, false)
})
