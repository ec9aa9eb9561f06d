/**
 * For `npm run test:restore`: makes a backup on one PostgreSQL server, or restores it on another and
 * compares every table. Which server it is, the environment of tests decides (test/config.ts).
 *
 *   node appliance/test/backup-across.ts make|restore FOLDER
 */
import assert from "node:assert/strict"
import { copyFileSync, createReadStream, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { type BackupRig, backupRig } from "./backup-rig.ts"

const FILE = "across.age"
const Made = z.strictObject({ identity: z.string(), tables: z.record(z.string(), z.string()) })

const make = async (rig: BackupRig, folder: string): Promise<void> => {
  const { unverified } = await rig.backup(FILE)
  assert.equal(unverified, null)
  copyFileSync(join(rig.folder, FILE), join(folder, FILE))
  const made = { identity: rig.keys.identity, tables: await rig.tables(rig.source) }
  writeFileSync(join(folder, "made.json"), JSON.stringify(made))
}

const restore = async (rig: BackupRig, folder: string): Promise<void> => {
  const { identity, tables } = Made.parse(
    JSON.parse(readFileSync(join(folder, "made.json"), "utf8")),
  )
  const fresh = await rig.fresh()
  const read = () => createReadStream(join(folder, FILE))
  const { header, rows } = await rig.restore(fresh, FILE, { read, identity })
  assert.deepEqual(await rig.tables(fresh), tables)
  const engines = new Set(Object.values(header.engines))
  console.log(`PostgreSQL ${header.postgresMajor} (${[...engines].join(", ")}): ${rows} rows`)
}

const [what, folder = ""] = process.argv.slice(2)
const rig = await backupRig()
try {
  await (what === "make" ? make : restore)(rig, folder)
} finally {
  await rig.close()
}
