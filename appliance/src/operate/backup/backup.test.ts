/** Settings, runs and retention of backups, on a real database. */
import assert from "node:assert/strict"
import { existsSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type BackupRig, backupRig, installationOf } from "../../../test/backup-rig.ts"
import { makeActor } from "../../../test/make.ts"
import { serveRoutes } from "../../../test/serve-routes.ts"
import { Backup, type BackupSettings } from "../../api/backup.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { createLog } from "../../platform/log.ts"
import { page } from "../../registry/audit/audit.ts"
import { type Backups, createBackups } from "./backup.ts"
import { routes } from "./routes.ts"

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 30, 12)
const signal = new AbortController().signal

let rig: BackupRig
let backups: Backups
let sent: string[] = []
const clock = { at: NOW, now: () => clock.at }
before(async () => {
  rig = await backupRig()
  backups = createBackups({
    db: rig.source.db.dbs.jobs,
    clock,
    log: createLog("silent"),
    installation: installationOf(rig.source.db),
    masterKey: Buffer.alloc(32, 1),
    dataDir: rig.source.dataDir,
    files: () => [],
    send: async (run) => {
      sent.push(run)
      return true
    },
  })
})
after(() => rig.close())

const settings = (over: Partial<BackupSettings> = {}): BackupSettings => ({
  frequency: "daily",
  hourUtc: 2,
  keepCount: 2,
  keepDays: 30,
  target: { kind: "directory", path: join(rig.folder, "target") },
  ...over,
})
const s3 = {
  kind: "s3",
  endpoint: "http://127.0.0.1:1",
  region: "r",
  bucket: "bucket",
  prefix: "",
  accessKeyId: "a",
} as const

test("without a key no backup is made; the private key is in the answer alone", async () => {
  const actor = makeActor(rig.source.db.org)
  await assert.rejects(backups.request(actor), (error) => {
    assert.ok(error instanceof HttpError)
    assert.equal(error.code, "no-backup-key")
    return true
  })
  const { identity, recipient } = await backups.createKey(actor, {})
  assert.match(identity ?? "", /^AGE-SECRET-KEY-1/)
  const session = rig.source.db.dbs.jobs.sql
  const [row] = await session<{ all: string }[]>`select row(s.*)::text as all from backup.setting s`
  assert.ok(row?.all.includes(recipient))
  assert.equal(row?.all.includes(identity ?? "-"), false)
})

test("the secret of a target is stored encrypted, for that place alone, and audited without it", async () => {
  const { db } = rig.source
  const actor = makeActor(db.org)
  await backups.change(actor, settings({ target: s3, secret: "very-secret" }))
  assert.equal((await backups.view()).hasSecret, true)
  await backups.change(actor, settings({ target: s3, keepCount: 3 }))
  assert.equal((await backups.view()).hasSecret, true)
  await backups.change(actor, settings({ target: { ...s3, bucket: "other" } }))
  assert.equal((await backups.view()).hasSecret, false)
  const [row] = await db.dbs.jobs.sql<{ all: string }[]>`
    select row(s.*)::text as all from backup.setting s`
  assert.equal(row?.all.includes("very-secret"), false)
  const { items } = await db.dbs.ui.asOrg(db.org, (tx) =>
    page(tx, db.org, { before: null, limit: 50, subject: null, id: null, action: "backup." }),
  )
  assert.ok(items.length >= 4)
  assert.equal(JSON.stringify(items).includes("very-secret"), false)
})

test("a run that was requested is made, verified and shown; a failed one says why", async () => {
  const actor = makeActor(rig.source.db.org)
  await backups.change(actor, settings({ target: s3 }))
  sent = []
  const failed = await backups.request(actor)
  assert.deepEqual(sent, [failed.id])
  await assert.rejects(backups.request(actor), /A backup is running/)
  await assert.rejects(backups.run(failed.id, signal))
  await backups.change(actor, settings())
  clock.at += 1_000
  const { id } = await backups.request(actor)
  await backups.run(id, signal)
  await using served = await serveRoutes(routes({ backups }), rig.source.db.org)
  const view = Backup.parse((await served.get("/backup")).json)
  assert.equal(view.lastVerified?.atMs, clock.at)
  const [made, why] = view.runs
  assert.equal(made?.state, "verified")
  assert.ok((made?.rows ?? 0) > 100)
  assert.equal(existsSync(join(rig.folder, "target", made?.file ?? "-")), true)
  assert.equal(why?.state, "failed")
  assert.equal(why?.message?.code, "backup.target")
  assert.equal(view.nextAtMs, Date.UTC(2026, 11, 1, 2))
})

test("the schedule makes one backup when it is due, and retention removes old files", async () => {
  const folder = join(rig.folder, "target")
  sent = []
  await backups.followSchedule()
  assert.deepEqual(sent, [])
  const first = readdirSync(folder)[0] ?? ""
  writeFileSync(join(folder, "of-somebody-else.age"), "stays")
  clock.at += 40 * DAY
  await backups.followSchedule()
  await backups.followSchedule()
  assert.equal(sent.length, 1)
  await backups.run(sent[0] ?? "", signal)
  assert.equal(existsSync(join(folder, first)), false)
  assert.equal(readdirSync(folder).length, 2)
  const { runs } = await backups.view()
  assert.deepEqual(
    runs.map(({ state, isRemoved }) => `${state} ${isRemoved}`),
    ["verified false", "verified true", "failed false"],
  )
})
