/** The environment of a command: that of the installed service, or this process's own in a checkout. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Config, ownEnvironment, readConfig } from "../config.ts"

const RELEASE_FILE = join(import.meta.dirname, "../../../release.json")
const SETTINGS_FILE = "/etc/ispvm/ispvm.conf"
const USER = "ispvm"
/** As the unit has it. */
const UNIT = {
  ISPVM_DATA_DIR: "/var/lib/ispvm",
  DATABASE_URL: "postgres://ispvm@localhost/ispvm?host=%2Frun%2Fispvm-database",
} as const

/** NAME=value, one a line, as systemd reads it; quotes around a value are taken off. */
export const parseSettings = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const [, name, value] = /^\s*([A-Z_][A-Z0-9_]*)=(.*?)\s*$/.exec(line) ?? []
      if (name === undefined || value === undefined) return []
      return [[name, value.replace(/^(["'])(.*)\1$/, "$2")]]
    }),
  )

/** Throws an Error that names a wrong setting. */
export const readOwnConfig = (): Config => {
  const isInstalled = existsSync(RELEASE_FILE)
  const file = isInstalled && existsSync(SETTINGS_FILE) ? readFileSync(SETTINGS_FILE, "utf8") : ""
  const given = { ...(isInstalled ? UNIT : {}), ...ownEnvironment(true), ...parseSettings(file) }
  const parsed = readConfig(given, [])
  if (parsed.kind !== "start")
    throw new Error(parsed.kind === "invalid" ? parsed.messages.join("\n") : parsed.text)
  return parsed.config
}

/** Root becomes the service's user: Postgres knows who that is, and files must be that user's. */
export const becomeServiceUser = (): void => {
  if (!existsSync(RELEASE_FILE) || process.getuid?.() !== 0) return
  process.setgroups?.([])
  process.setgid?.(USER)
  process.setuid?.(USER)
}
