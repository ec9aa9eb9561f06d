/**
 * Each data folder that was kept of an earlier release: migrated, backed up, and restored into a
 * fresh installation, which then has its rows and its secrets.
 */
import assert from "node:assert/strict"
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { FAMILIES } from "@ispvm/wire/families"
import { createFamilyTables } from "../src/flow/series/series.ts"
import { readDataFiles } from "../src/operate/backup/data-files.ts"
import { type Made, makeBackup } from "../src/operate/backup/make-backup.ts"
import { restore } from "../src/operate/backup/restore.ts"
import { makeKeyPair } from "../src/operate/backup/seal-file.ts"
import { directoryTarget } from "../src/operate/backup/targets/directory.ts"
import { migrate } from "../src/platform/postgres/migrate.ts"
import { listOrgs } from "../src/registry/orgs/orgs.ts"
import { createSecrets, parseMasterKey } from "../src/registry/secrets/secrets.ts"
import { installationOf, tablesOf } from "./backup-rig.ts"
import { MIGRATIONS, type TestDatabase, testDatabase } from "./database.ts"
import { type OldData, recorded, recordedRows, restoreFirstRelease } from "./first-release.ts"

const FILE = "old.age"
let old: OldData
let fresh: TestDatabase
let folder: string
let dataDir: string
let made: Made

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ispvm-old-backup-"))
  dataDir = mkdtempSync(join(folder, "data-"))
  old = await restoreFirstRelease()
  await migrate(old.owner, MIGRATIONS)
  await createFamilyTables(old.owner, FAMILIES)
  const keys = await makeKeyPair()
  const key = parseMasterKey(readFileSync(join(old.dataDir, "master.key"), "utf8").trim())
  made = await makeBackup({
    ...installationOf(old),
    files: readDataFiles(old.dataDir, key ?? assert.fail("no master key")),
    recipient: keys.recipient,
    target: directoryTarget(folder),
    file: FILE,
    nowMs: Date.now(),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  })
  fresh = await testDatabase({ isSetUp: false })
  await restore({
    ...installationOf(fresh),
    read: () => createReadStream(join(folder, FILE)),
    identity: keys.identity,
    dataDir,
    isReplacing: false,
    nowMs: Date.now(),
  })
})
after(async () => {
  await fresh?.close()
  await old?.remove()
  rmSync(folder, { recursive: true, force: true })
})

test("every data folder that is kept is restored here", () => {
  const kept = readdirSync(join(import.meta.dirname, "fixtures")).filter((name) =>
    name.startsWith("data-"),
  )
  assert.deepEqual(kept, ["data-0021"])
})

test("the restored installation has the rows of the migrated one, each with the same content", async (t) => {
  assert.equal(made.unverified, null)
  const source = await tablesOf({ db: old })
  assert.deepEqual(await tablesOf({ db: fresh }), source)
  t.diagnostic(`${Object.keys(source).length} tables, ${made.rows} rows`)
})

const RENAMED: Readonly<Record<string, string>> = {
  "companion.wish": "companion.desired_config",
  "series.sensor": "series.entity",
}
/** People log in again; the migrations are those of the release that restores. */
const NOT_IN_BACKUP = ["auth.session", "migrations.applied"]
test("no table has fewer rows than the first release had in it", async () => {
  const restored = await tablesOf({ db: fresh })
  const fewer = [...recordedRows()].filter(([table, rows]) => {
    const [now] = (restored[RENAMED[table] ?? table] ?? "0").split(" ")
    return Number(now) < rows
  })
  assert.deepEqual(
    fewer.map(([table]) => table),
    NOT_IN_BACKUP,
  )
})

test("its credentials open with the master key of the backup, and its authority is there", async () => {
  const key = parseMasterKey(readFileSync(join(dataDir, "master.key"), "utf8").trim())
  const secrets = createSecrets({ key: key ?? assert.fail("no master key") })
  const [org] = await listOrgs(fresh.dbs.ui.sql)
  const { id } = org ?? assert.fail("no organisation")
  const opened = await fresh.dbs.ui.asOrg(id, async (tx) => {
    const all = await secrets.list(tx, id)
    return await Promise.all(all.map((one) => secrets.open(tx, id, one.id)))
  })
  const found = new Set(opened.flatMap(({ password, snmpCommunity }) => [password, snmpCommunity]))
  assert.ok(found.has(recorded.routerPassword))
  assert.ok(found.has(recorded.routerCommunity))
  const authority = (from: string) =>
    readdirSync(join(from, "pki")).map((name) => readFileSync(join(from, "pki", name), "utf8"))
  assert.deepEqual(authority(dataDir), authority(old.dataDir))
})
