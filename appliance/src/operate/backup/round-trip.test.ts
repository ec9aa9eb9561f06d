/** A backup of a real database, restored into another one. */
import assert from "node:assert/strict"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Readable } from "node:stream"
import { after, before, test } from "node:test"
import { type BackupRig, backupRig, installationOf, type Place } from "../../../test/backup-rig.ts"
import { openSession } from "../../platform/postgres/session.ts"
import { BackupError, messageOf } from "./backup-error.ts"
import { makeKeyPair } from "./seal-file.ts"
import { directoryTarget } from "./targets/directory.ts"

const FILE = "one.age"
let rig: BackupRig
let fresh: Place
before(async () => {
  rig = await backupRig()
  const made = await rig.backup(FILE)
  assert.deepEqual(made.unverified, null)
  fresh = await rig.fresh()
})
after(() => rig.close())

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return "done"
  } catch (error) {
    assert.ok(error instanceof BackupError, String(error))
    return error.said.code
  }
}
const bytes = (content: Uint8Array) => ({ read: () => Readable.from([content]) })

test("a wrong key, a changed bit or a missing end is reported, and nothing is touched", async () => {
  const whole = readFileSync(join(rig.folder, FILE))
  const before = await rig.tables(fresh)
  const other = await makeKeyPair()
  assert.equal(
    await codeOf(rig.restore(fresh, FILE, { identity: other.identity })),
    "backup.wrong-key",
  )
  assert.equal(await codeOf(rig.restore(fresh, FILE, { identity: null })), "backup.no-key")
  for (const at of [30, 120, 200, Math.floor(whole.length / 2), whole.length - 1]) {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ 1
    const code = await codeOf(rig.restore(fresh, FILE, bytes(changed)))
    assert.ok(["backup.damaged", "backup.wrong-key"].includes(code), `byte ${at}: ${code}`)
  }
  for (const length of [10, 100, 300, whole.length - 1])
    assert.notEqual(
      await codeOf(rig.restore(fresh, FILE, bytes(whole.subarray(0, length)))),
      "done",
      `${length} bytes`,
    )
  assert.equal(
    await codeOf(rig.restore(fresh, FILE, bytes(Buffer.from("something else entirely")))),
    "backup.not-a-backup",
  )
  assert.deepEqual(await rig.tables(fresh), before)
  assert.deepEqual(readdirSync(fresh.dataDir), [])
})

test("a backup of a newer release or of another build is rejected by name", async () => {
  const { migrations } = installationOf(fresh.db)
  const older = migrations.slice(0, -1)
  await assert.rejects(rig.restore(fresh, FILE, { migrations: older }), (error) => {
    assert.deepEqual(messageOf(error), {
      code: "backup.newer",
      params: { backup: migrations.at(-1)?.name, build: older.at(-1)?.name },
    })
    return true
  })
  const other = migrations.map((each, index) => (index === 3 ? { ...each, sha256: "0" } : each))
  assert.equal(await codeOf(rig.restore(fresh, FILE, { migrations: other })), "backup.other-build")
})

test("a full disk fails the backup, and nothing of it stays", async () => {
  const target = {
    ...directoryTarget(rig.folder),
    write: async (file: string, content: AsyncIterable<Uint8Array>) => {
      writeFileSync(join(rig.folder, `${file}.partial`), "a piece")
      for await (const chunk of content)
        if (chunk.length > 0)
          throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" })
    },
  }
  await assert.rejects(rig.backup("full.age", { target }), (error) => {
    assert.equal(messageOf(error).code, "backup.disk-full")
    return true
  })
  assert.deepEqual(
    readdirSync(rig.folder).filter((name) => name.startsWith("full")),
    [],
  )
})

test("what the target gives back is compared with what was sent", async () => {
  const target = { ...directoryTarget(rig.folder), read: () => Readable.from([Buffer.from("x")]) }
  assert.equal(await codeOf(rig.backup("bad.age", { target })), "backup.target-differs")
  assert.equal(existsSync(join(rig.folder, "bad.age")), false)
})

test("a restore has the rows, sequences and files of the backup, and runs later migrations", async () => {
  const { migrations } = installationOf(fresh.db)
  const text = "create table platform.later (n int); insert into platform.later values (1);"
  const later = { name: "9999-later.sql", sha256: "f".repeat(64), text, runsFrom: null }
  writeFileSync(join(fresh.dataDir, "master.key"), "of the fresh installation")
  const restored = await rig.restore(fresh, FILE, { migrations: [...migrations, later] })
  const { "platform.later": added, ...tables } = await rig.tables(fresh)
  assert.equal(added?.split(" ")[0], "1")
  assert.deepEqual(tables, await rig.tables(rig.source))
  assert.equal(readFileSync(join(fresh.dataDir, "master.key"), "utf8"), rig.masterKeyFile)
  assert.equal(readFileSync(join(fresh.dataDir, "pki/root.key"), "utf8"), "a key")
  assert.equal(
    readFileSync(join(restored.kept ?? "", "master.key"), "utf8"),
    "of the fresh installation",
  )
  assert.equal(await codeOf(rig.restore(fresh, FILE)), "backup.not-empty")
})

test("the owner may read every row of every table with row-level security", async () => {
  const session = await openSession(rig.source.db.owner, { name: "test" })
  const rows = await session.tx<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_class c
    where c.relforcerowsecurity and not exists (
      select from pg_policy p where p.polrelid = c.oid and p.polcmd in ('r', '*')
        and p.polroles @> array[(select oid from pg_roles where rolname = 'ispvm_owner')]
        and pg_get_expr(p.polqual, p.polrelid) = 'true')`
  await session.end()
  assert.deepEqual([...rows], [])
})
