/**
 * Installs packages beside the release that runs. dpkg removes the files of the release it replaces;
 * in a mount namespace of its own the releases in use are read-only, so they stay.
 */
import { existsSync, mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { isComplete, PACKAGES, type PackageName, releaseFolder } from "./releases.ts"
import { type Ran, run } from "./system.ts"

/** Half a minute on a slow disk; a package's scripts wait for nobody. */
const INSTALL_MS = 10 * 60_000
const CHECK_MS = 60_000

const PROTECT = `set -e
while [ "$1" != -- ]; do
  mount --bind "$1" "$1"
  mount -o remount,bind,ro "$1"
  shift
done
shift
exec "$@"`

/** Nobody is there to be asked: a changed configuration file stays as the administrator wrote it. */
const DPKG_OPTIONS = ["--force-confdef", "--force-confold"]

/** Debian's own updates may be under way: dpkg does not wait for them by itself. */
const LOCKED = /lock (?:is|was) (?:held|locked) by another process/
const LOCK_TRIES = 60
const LOCK_PAUSE_S = "5"
const runDpkg = (command: string, args: readonly string[]): Ran => {
  for (let tries = 1; ; tries += 1) {
    const ran = run(command, args, { limitMs: INSTALL_MS, env: { ISPVM_UPDATE: "1" } })
    if (ran.ok || tries === LOCK_TRIES || !LOCKED.test(ran.stderr)) return ran
    run("sleep", [LOCK_PAUSE_S])
  }
}

export type Release = { readonly name: PackageName; readonly version: string }

/** Null: installed and complete. */
export const installPackages = (
  files: readonly string[],
  protectedReleases: readonly Release[],
): string | null => {
  const folders = protectedReleases
    .map(({ name, version }) => releaseFolder(name, version))
    .filter((folder) => existsSync(folder))
  const { ok, stderr } = runDpkg("unshare", [
    ...["--mount", "--propagation", "private", "sh", "-c", PROTECT, "sh", ...folders, "--"],
    ...["dpkg", ...DPKG_OPTIONS, "--install", ...files],
  ])
  if (ok) return null
  const lines = stderr.split("\n").filter((line) => !/unable to securely remove/.test(line))
  return `dpkg: ${lines.join("\n").trim().slice(-1_000)}`
}

/** On disk before anything runs from it. */
export const syncReleases = (): void => void run("sync", ["--file-system", "/opt"])

/** What apt would have to fetch besides; null: nothing, or there is no apt to ask. */
export const missingPackages = (files: readonly string[]): string | null => {
  const { ok, stdout, stderr } = run(
    "apt-get",
    [
      ...["--simulate", "--no-install-recommends", "--allow-downgrades", "--quiet"],
      ...["--option", "Dir::Cache::pkgcache=", "--option", "Dir::Cache::srcpkgcache="],
      ...["install", ...files],
    ],
    { limitMs: CHECK_MS },
  )
  if (!ok) return stderr.trim().slice(-500)
  const others = [...stdout.matchAll(/^(?:Inst|Remv) (\S+)/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => !PACKAGES.some((own) => own === name))
  return others.length === 0 ? null : `these packages of Debian are missing: ${others.join(", ")}`
}

/** Installed, and nothing to repair; or not known at all. */
const isConsistent = (name: PackageName): boolean => {
  const { stdout } = run("dpkg-query", ["--status", name])
  const [, status = "not-installed"] = /^Status: \S+ (.*)$/m.exec(stdout) ?? []
  return /^(?:ok installed|ok config-files|ok not-installed|not-installed)$/.test(status)
}

/**
 * Completes what was cut off, so that Debian's own updates go on: dpkg neither installs nor removes
 * anything else before. The link stays as it is. `files`: packages of the update, if still there.
 */
export const repairPackages = (
  files: readonly string[],
  protectedReleases: readonly Release[],
): string | null => {
  const configured = runDpkg("dpkg", [...DPKG_OPTIONS, "--configure", "-a"])
  if (PACKAGES.every(isConsistent)) return null
  if (files.length === 0) return `dpkg: ${configured.stderr.trim().slice(-500)}`
  return installPackages(files, protectedReleases)
}

export const incomplete = (releases: readonly Release[]): Release | null =>
  releases.find(({ name, version }) => !isComplete(name, version)) ?? null

/** An empty folder that only root reads. */
export const emptyFolder = (folder: string): string => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder), { recursive: true, mode: 0o700 })
  return folder
}
