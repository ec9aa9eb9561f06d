/** An installation with some history, its backups, and fresh installations to restore them to. */
import { randomBytes } from "node:crypto"
import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { FAMILIES } from "@ispvm/wire/families"
import { createSeries, familyTableNames, makeFamilyTables } from "../src/flow/series/series.ts"
import { checksumOf, listTables, tableName } from "../src/operate/backup/catalog-store.ts"
import { readDataFiles } from "../src/operate/backup/data-files.ts"
import { listSeries, readName } from "../src/operate/backup/engines-store.ts"
import { type Installation, type Made, makeBackup } from "../src/operate/backup/make-backup.ts"
import { type Restored, restore } from "../src/operate/backup/restore.ts"
import { type KeyPair, makeKeyPair } from "../src/operate/backup/seal-file.ts"
import { directoryTarget } from "../src/operate/backup/targets/directory.ts"
import type { Target } from "../src/operate/backup/targets/target.ts"
import { readMigrations } from "../src/platform/postgres/migrate.ts"
import { openSession } from "../src/platform/postgres/session.ts"
import { MIGRATIONS, type TestDatabase, testDatabase } from "./database.ts"
import {
  healthOf,
  ingestInto,
  interfaceOf,
  makeAgent,
  makeMonitored,
  NOW,
  pingOf,
} from "./make-flow.ts"

export type Place = { readonly db: TestDatabase; readonly dataDir: string }
export type BackupRig = {
  readonly source: Place
  /** Of backups. */
  readonly folder: string
  readonly keys: KeyPair
  readonly masterKeyFile: string
  readonly backup: (file: string, over?: Partial<Parameters<typeof makeBackup>[0]>) => Promise<Made>
  readonly fresh: () => Promise<Place>
  readonly restore: (
    place: Place,
    file: string,
    over?: Partial<Parameters<typeof restore>[0]>,
  ) => Promise<Restored>
  /** Rows and checksum by table. */
  readonly tables: (place: Place) => Promise<Readonly<Record<string, string>>>
  readonly close: () => Promise<void>
}

export const installationOf = ({
  owner,
  superuser,
}: Pick<TestDatabase, "owner" | "superuser">): Installation => ({
  owner,
  admin: superuser,
  migrations: readMigrations(MIGRATIONS),
  makeFamilyTables: (tx) => makeFamilyTables(tx, FAMILIES),
  familyTables: new Set(familyTableNames(FAMILIES)),
  product: "0.0.0-test",
})

const DAY = 86_400_000

export const backupRig = async (): Promise<BackupRig> => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-backup-"))
  const places: Place[] = []
  const place = async (isSetUp: boolean): Promise<Place> => {
    const dataDir = mkdtempSync(join(folder, "data-"))
    const made = { db: await testDatabase({ isSetUp }), dataDir }
    places.push(made)
    return made
  }
  const source = await place(true)
  const masterKey = randomBytes(32)
  const masterKeyFile = `${masterKey.toString("base64url")}\n`
  mkdirSync(join(source.dataDir, "pki"))
  writeFileSync(join(source.dataDir, "pki/root.key"), "a key", { mode: 0o600 })
  await fill(source.db)
  const keys = await makeKeyPair()
  const target: Target = directoryTarget(folder)
  return {
    source,
    folder,
    keys,
    masterKeyFile,
    backup: (file, over = {}) =>
      makeBackup({
        ...installationOf(source.db),
        files: readDataFiles(source.dataDir, masterKey),
        recipient: keys.recipient,
        target,
        file,
        nowMs: NOW,
        onProgress: () => undefined,
        signal: new AbortController().signal,
        ...over,
      }),
    fresh: () => place(false),
    restore: ({ db, dataDir }, file, over = {}) =>
      restore({
        ...installationOf(db),
        read: () => createReadStream(join(folder, file)),
        identity: keys.identity,
        dataDir,
        isReplacing: false,
        nowMs: NOW,
        ...over,
      }),
    tables: tablesOf,
    close: async () => {
      for (const { db } of places) await db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const tablesOf = async ({
  db,
}: {
  readonly db: Pick<TestDatabase, "owner">
}): Promise<Readonly<Record<string, string>>> => {
  const session = await openSession(db.owner, { name: "test" })
  try {
    const found: Record<string, string> = {}
    const names = new Set((await listSeries(session.tx)).map(({ name }) => name))
    for (const table of await listTables(session.tx)) {
      const isSeries = table.schema === "series" && names.has(table.name)
      const from = isSeries ? await readName(session.tx, table.name) : tableName(table)
      const { rows, checksum } = await checksumOf(session.tx, from, table.columns)
      found[`${table.schema}.${table.name}`] = `${rows} ${checksum}`
    }
    return found
  } finally {
    await session.end()
  }
}

/** Devices, and values of today and of some days ago. */
const fill = async (db: TestDatabase): Promise<void> => {
  const agent = await makeAgent(db, db.org)
  const clock = { now: () => NOW }
  const series = createSeries({ jobs: db.dbs.jobs, clock })
  const device = await makeMonitored(db, agent)
  for (let at = NOW - 5 * 60_000; at < NOW; at += 10_000)
    await ingestInto(db, series, agent, [
      pingOf(device, at),
      healthOf(device, at, { cpuRatio: 0.25 }),
      interfaceOf(device, at, "ether1", { rxBps: 1_000_000 }),
    ])
  await ingestInto(db, series, agent, [pingOf(device, NOW - DAY / 2)])
  await series.runHousekeeping(new AbortController().signal)
}
