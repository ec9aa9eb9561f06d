/** `ispvm support-bundle`: what somebody who helps needs to know of this machine, without secrets. */
import { execFile, execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import type { Dbs } from "../platform/postgres/db.ts"
import { EXIT, fail, needsRoot, print, reasonOf } from "./exit.ts"
import { type Installed, openInstalledDatabase, readInstalled } from "./installed.ts"
import { knownSecrets, type SecretPlaces } from "./known-secrets.ts"
import { createRedact } from "./redact.ts"
import { readStatus } from "./status.ts"
import { readDatabaseFacts } from "./support-store.ts"

const run = promisify(execFile)
const TIMEOUT_MS = 30_000
const MAX_OUTPUT = 16 * 1_024 * 1_024
const PRIVATE = 0o600
const UNITS = ["ispvm", "ispvm-database", "ispvm-agent", "ispvm-seed", "ispvm-console"]
const JOURNAL = ["--no-pager", "--output=short-iso", "--lines=5000"]

/** Each file of the bundle, and the command whose output it is. */
export const COMMANDS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "units.txt": ["systemctl", "list-units", "--all", "--no-pager", "--plain"],
  "unit-states.txt": ["systemctl", "show", "--no-pager", ...UNITS],
  "journal.txt": ["journalctl", ...JOURNAL, ...UNITS.map((unit) => `--unit=${unit}`)],
  "journal-warnings.txt": ["journalctl", ...JOURNAL, "--boot", "--priority=warning"],
  "kernel.txt": ["uname", "-a"],
  "packages.txt": ["dpkg-query", "--show"],
  "addresses.txt": ["ip", "-details", "address"],
  "routes.txt": ["ip", "route", "show", "table", "all"],
  "sockets.txt": ["ss", "--listening", "--tcp", "--udp", "--numeric"],
  "firewall.txt": ["nft", "list", "ruleset"],
  "disks.txt": ["df", "-hT"],
  "inodes.txt": ["df", "-i"],
  "memory.txt": ["free", "-m"],
  "clock.txt": ["timedatectl"],
  "time-servers.txt": ["chronyc", "-n", "sources"],
}

const outputOf = async (command: string, ...args: readonly string[]): Promise<string> => {
  const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT }
  try {
    const { stdout, stderr } = await run(command, [...args], options)
    return stdout + stderr
  } catch (error) {
    return `${command}: ${reasonOf(error)}\n`
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

export type BundleParts = {
  readonly places: SecretPlaces
  /** The text of each file. */
  readonly collect: (dbs: Dbs | null) => Promise<Readonly<Record<string, string>>>
}

/** Writes the bundle: every file goes through the same redaction. */
export const writeBundle = async (
  file: string,
  { places, collect }: BundleParts,
): Promise<void> => {
  const redact = createRedact(await knownSecrets(places))
  const files = await collect(places.dbs)
  const folder = mkdtempSync(join(tmpdir(), "ispvm-support-"))
  try {
    const inside = join(folder, "ispvm-support")
    mkdirSync(inside)
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(inside, name), redact(text), { mode: PRIVATE })
    // Made by this user alone before anything is in it.
    writeFileSync(file, "", { mode: PRIVATE })
    chmodSync(file, PRIVATE)
    execFileSync("tar", [
      ...["--create", "--gzip", "--owner=0", "--group=0", "--sort=name"],
      ...[`--file=${file}`, `--directory=${folder}`, "ispvm-support"],
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const databaseFiles = async (dbs: Dbs | null): Promise<Readonly<Record<string, string>>> => {
  if (dbs === null) return { "database.txt": "the database does not answer\n" }
  try {
    return { "database.json": json(await readDatabaseFacts(dbs.ui)) }
  } catch (error) {
    return { "database.txt": `${reasonOf(error)}\n` }
  }
}

const collectHere =
  ({ settings }: Installed) =>
  async (dbs: Dbs | null): Promise<Readonly<Record<string, string>>> => {
    const commands = await Promise.all(
      Object.entries(COMMANDS).map(async ([name, command]) => [name, await outputOf(...command)]),
    )
    const { setupCode, ...status } = await readStatus()
    return {
      "status.json": json({ ...status, isSetUp: setupCode === null }),
      // The names alone: a value may be a secret.
      "settings.txt": `${[...settings.keys()].sort().join("\n")}\n`,
      "pressure.txt": pressure(),
      ...Object.fromEntries(commands),
      ...(await databaseFiles(dbs)),
    }
  }

const pressure = (): string =>
  ["cpu", "io", "memory"]
    .map((what) => {
      try {
        return `${what}\n${readFileSync(`/proc/pressure/${what}`, "utf8")}`
      } catch {
        return `${what}: unknown\n`
      }
    })
    .join("")

/** Null where it does not answer: then a bundle is needed most. */
const openIfAnswering = async (installed: Installed): Promise<Dbs | null> => {
  try {
    const dbs = openInstalledDatabase(installed)
    try {
      await dbs.ui.sql`select 1`
      return dbs
    } catch {
      await dbs.close()
      return null
    }
  } catch {
    return null
  }
}

const defaultName = (): string =>
  `ispvm-support-${new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, "-")}.tar.gz`

export const supportBundle = async ([given, ...rest]: readonly string[]): Promise<number> => {
  if (rest.length > 0 || given?.startsWith("-") === true)
    return fail("usage: ispvm support-bundle [FILE.tar.gz]", EXIT.usage)
  const refused = needsRoot()
  if (refused !== null) return refused
  const file = resolve(given ?? defaultName())
  const installed = readInstalled()
  const dbs = await openIfAnswering(installed)
  try {
    const { dataDir, settings } = installed
    await writeBundle(file, { places: { dataDir, settings, dbs }, collect: collectHere(installed) })
    print(file)
    return EXIT.fine
  } catch (error) {
    return fail(`the bundle could not be written: ${reasonOf(error)}`)
  } finally {
    await dbs?.close()
  }
}
