/** Everything before the switch: the bundle, the machine, the backup, the installation. */
import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { reasonOf } from "../exit.ts"
import { TRUST_FOLDERS, trustedKeys } from "../verify.ts"
import type { Releases } from "./activate.ts"
import { backUp, databaseNeeds, UNPACKED_RATIO } from "./backup.ts"
import { checkRelease, type Opened, openBundle, type Packages, unpackBundle } from "./bundle.ts"
import { readDatabaseBytes } from "./database-store.ts"
import {
  emptyFolder,
  incomplete,
  installPackages,
  missingPackages,
  type Release,
  syncReleases,
} from "./packages.ts"
import { clockFault, diskOf, type Fault, type Need, programFault, spaceFault } from "./preflight.ts"
import { enter } from "./progress.ts"
import { PACKAGE_FOLDER } from "./publish.ts"
import { currentRelease } from "./releases.ts"
import { architecture, isClockSynchronized, isLater } from "./system.ts"
import { WORK_FOLDER } from "./work.ts"

export type Order = { readonly file: string; readonly ignoresClock: boolean }
export type Prepared =
  | { readonly ok: true; readonly to: Releases }
  | (Fault & { readonly ok: false })
const failed = (fault: Fault): Prepared => ({ ok: false, ...fault })

/** A bundle that somebody has signed who is trusted here, or why it is none. */
export const open = (file: string): ReturnType<typeof openBundle> | (Fault & { ok: false }) => {
  if (!existsSync(file) || !statSync(file).isFile())
    return { ok: false, reason: "no-file", detail: `${file} is not a file` }
  return openBundle(file, trustedKeys(TRUST_FOLDERS))
}

const needsOf = ({ bytes }: Packages, databaseBytes: number): readonly Need[] => [
  { folder: WORK_FOLDER, bytes, what: "the packages" },
  { folder: "/opt", bytes: bytes * UNPACKED_RATIO, what: "the new release" },
  ...databaseNeeds(databaseBytes),
]

/** Of the machine as it is, before anything is unpacked. */
export const preflight = async (
  packages: Packages,
  ignoresClock: boolean,
  readBytes: () => Promise<number> = readDatabaseBytes,
): Promise<Fault | null> => {
  let databaseBytes: number
  try {
    databaseBytes = await readBytes()
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

const install = (files: readonly string[], to: readonly Release[]): Fault | null => {
  const inUse = to.flatMap(({ name }) => {
    const version = currentRelease(name)
    return version === null ? [] : [{ name, version }]
  })
  const fault = installPackages(files, inUse)
  if (fault !== null) return programFault("install-failed", fault)
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
export const prepare = async (opened: Opened, { file, ignoresClock }: Order): Promise<Prepared> => {
  const version = currentRelease("ispvm") ?? ""
  const checked = checkRelease(opened, { version, architecture: architecture(), isLater })
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
