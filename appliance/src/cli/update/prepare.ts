/** Everything before the switch: the bundle, the machine, the backup, the installation. */
import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { reasonOf } from "../exit.ts"
import { DATA_DIR } from "../installed.ts"
import { TRUST_FOLDERS, trustedKeys } from "../verify.ts"
import type { Releases } from "./activate.ts"
import { checkBundle, type Packages, unpackBundle } from "./bundle.ts"
import { readDatabaseBytes } from "./database-store.ts"
import {
  emptyFolder,
  incomplete,
  installPackages,
  missingPackages,
  type Release,
  syncReleases,
} from "./packages.ts"
import { clockFault, diskOf, type Fault, type Need, spaceFault } from "./preflight.ts"
import { enter } from "./progress.ts"
import { PACKAGE_FOLDER } from "./publish.ts"
import { currentRelease } from "./releases.ts"
import { architecture, isClockSynchronized, isLater, run } from "./system.ts"
import { COPY_FILE, WORK_FOLDER } from "./work.ts"

/** Installed, packages have at most so many times the bytes of their files. */
const UNPACKED_RATIO = 4
const CLUSTER_FOLDER = "/var/lib/ispvm-database"
const BACKUP_MS = 4 * 3_600_000

export type Order = { readonly file: string; readonly ignoresClock: boolean }
export type Prepared =
  | { readonly ok: true; readonly to: Releases }
  | (Fault & { readonly ok: false })
const failed = (fault: Fault): Prepared => ({ ok: false, ...fault })

const check = (file: string): ReturnType<typeof checkBundle> | (Fault & { readonly ok: false }) => {
  if (!existsSync(file) || !statSync(file).isFile())
    return { ok: false, reason: "no-file", detail: `${file} is not a file` }
  const version = currentRelease("ispvm") ?? ""
  const installed = { version, architecture: architecture(), isLater }
  return checkBundle(file, trustedKeys(TRUST_FOLDERS), installed)
}

const needsOf = ({ bytes }: Packages, databaseBytes: number): readonly Need[] => [
  { folder: WORK_FOLDER, bytes, what: "the packages" },
  { folder: "/opt", bytes: bytes * UNPACKED_RATIO, what: "the new release" },
  { folder: DATA_DIR, bytes: databaseBytes, what: "the backup" },
  // Where the database is on another machine, its disk is not ours to check.
  ...(existsSync(CLUSTER_FOLDER)
    ? [{ folder: CLUSTER_FOLDER, bytes: databaseBytes, what: "its verification" }]
    : []),
]

const preflight = async (packages: Packages, ignoresClock: boolean): Promise<Fault | null> => {
  let databaseBytes: number
  try {
    databaseBytes = await readDatabaseBytes()
  } catch (error) {
    return { reason: "database", detail: `the database does not answer: ${reasonOf(error)}` }
  }
  const clock = {
    nowMs: Date.now(),
    isSynchronized: isClockSynchronized(),
    madeAtMs: packages.epochS * 1_000,
  }
  return (
    spaceFault(needsOf(packages, databaseBytes), diskOf) ??
    (ignoresClock ? null : clockFault(clock))
  )
}

/** Made by the program of its own, which becomes the appliance's user: Postgres knows who that is. */
const backUp = (): Fault | null => {
  const program = join(import.meta.dirname, "../main.ts")
  const { ok, stderr } = run(process.execPath, [program, "backup", "--plain", COPY_FILE], {
    limitMs: BACKUP_MS,
    env: { NODE_NO_WARNINGS: "1" },
  })
  return ok ? null : { reason: "backup-failed", detail: stderr.trim().slice(-1_000) }
}

const install = (files: readonly string[], to: readonly Release[]): Fault | null => {
  const inUse = to.flatMap(({ name }) => {
    const version = currentRelease(name)
    return version === null ? [] : [{ name, version }]
  })
  const fault = installPackages(files, inUse)
  if (fault !== null) return { reason: "install-failed", detail: fault }
  const missing = incomplete(to)
  if (missing !== null)
    return {
      reason: "install-failed",
      detail: `${missing.name} ${missing.version} is not complete after its installation`,
    }
  syncReleases()
  return null
}

/** The agent is updated where it is installed; it may be on other machines only. */
const chosen = ({ version, appliance, agent }: Packages) => {
  const hasAgent = currentRelease("ispvm-agent") !== null
  const names = hasAgent ? [appliance, agent] : [appliance]
  const to: Releases = { appliance: version, agent: hasAgent ? version : null }
  return { files: names.map((name) => join(PACKAGE_FOLDER, name)), to }
}
const releasesIn = ({ appliance, agent }: Releases): readonly Release[] => [
  { name: "ispvm", version: appliance },
  ...(agent === null ? [] : [{ name: "ispvm-agent", version: agent } as const]),
]

/** The release that runs is as before, whatever the answer. */
export const prepare = async ({ file, ignoresClock }: Order): Promise<Prepared> => {
  const checked = check(file)
  if (!checked.ok) return checked
  const { packages } = checked
  enter("checking", { to: packages.version })
  const notReady = await preflight(packages, ignoresClock)
  if (notReady !== null) return failed(notReady)
  const rejected = await unpackBundle(file, packages, emptyFolder(PACKAGE_FOLDER))
  if (rejected !== null) return failed(rejected)
  const { files, to } = chosen(packages)
  const missing = missingPackages(files)
  if (missing !== null) return failed({ reason: "install-failed", detail: missing })
  enter("backing-up")
  const notSaved = backUp()
  if (notSaved !== null) return failed(notSaved)
  enter("installing")
  const notInstalled = install(files, releasesIn(to))
  return notInstalled === null ? { ok: true, to } : failed(notInstalled)
}
