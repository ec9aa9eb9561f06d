/** The installed appliance: its settings, its data, its database. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseDatabaseUrl } from "../platform/postgres/database-url.ts"
import { type Dbs, openDbs } from "../platform/postgres/db.ts"
import { readPasswords } from "../platform/postgres/postgres.ts"

export const DATA_DIR = "/var/lib/ispvm"
export const SETTINGS_FILE = "/etc/ispvm/ispvm.conf"
/** Of the unit, where the settings have none. */
const DATABASE_URL = "postgres://ispvm@localhost/ispvm?host=%2Frun%2Fispvm-database"

/** `NAME=value`, one a line; values may be in quotes, as systemd reads them. Pure. */
export const parseSettings = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/^\s*([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = "", value = ""]) => [
      name,
      value.trim().replace(/^(["'])(.*)\1$/, "$2"),
    ]),
  )

export const readSettings = (file = SETTINGS_FILE): ReadonlyMap<string, string> =>
  existsSync(file) ? parseSettings(readFileSync(file, "utf8")) : new Map()

export type Installed = { readonly dataDir: string; readonly settings: ReadonlyMap<string, string> }

export const readInstalled = (): Installed => {
  const settings = readSettings()
  return { dataDir: settings.get("ISPVM_DATA_DIR") || DATA_DIR, settings }
}

/** As the program itself connects. Throws where there are no data yet. */
export const openInstalledDatabase = ({ dataDir, settings }: Installed): Dbs => {
  const file = join(dataDir, "database.json")
  if (!existsSync(file))
    throw new Error(`${file} cannot be read: the appliance has not been started yet, or use sudo`)
  const passwords = readPasswords(dataDir, true)
  const url = settings.get("DATABASE_URL") || DATABASE_URL
  const connection = parseDatabaseUrl(url, { rootFile: settings.get("PGSSLROOTCERT") ?? null })
  return openDbs({ ...connection, user: "ispvm_app", password: passwords.ispvm_app })
}
