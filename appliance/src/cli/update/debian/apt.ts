/** Installing Debian packages from files alone: nothing is fetched, nothing is removed. */
import { run } from "../system.ts"

const SIMULATE_MS = 60_000
const INSTALL_MS = 60 * 60_000
const OPTIONS = [
  ...["--yes", "--quiet", "--no-install-recommends", "--no-remove"],
  // PostgreSQL and TimescaleDB may be held, so that nothing but this changes them.
  "--allow-change-held-packages",
  ...["--option", "Dpkg::Use-Pty=0"],
  ...["--option", "Dpkg::Options::=--force-confdef", "--option", "Dpkg::Options::=--force-confold"],
  // It may not read a folder of root.
  ...["--option", "APT::Sandbox::User=root", "--option", "DPkg::Lock::Timeout=300"],
]
/** A program that would restart services by itself, and ask. */
const ENVIRONMENT = { NEEDRESTART_SUSPEND: "1", APT_LISTCHANGES_FRONTEND: "none" }

type Simulated =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly detail: string }

const simulate = (files: readonly string[]): Simulated => {
  const { ok, stdout, stderr } = run(
    "apt-get",
    [
      ...[...OPTIONS, "--simulate"],
      ...["--option", "Dir::Cache::pkgcache=", "--option", "Dir::Cache::srcpkgcache="],
      ...["install", ...files],
    ],
    { limitMs: SIMULATE_MS },
  )
  if (!ok) return { ok: false, detail: `${stdout}\n${stderr}`.trim().slice(-1_000) }
  return { ok: true, names: [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name = ""]) => name) }
}

export type Chosen =
  | { readonly ok: true; readonly files: readonly string[] }
  | { readonly ok: false; readonly detail: string }

const neededBy = (file: string): readonly string[] =>
  run("dpkg-deb", ["--field", file, "Pre-Depends", "Depends"])
    .stdout.replaceAll(/\([^)]*\)|^[A-Za-z-]+:/gm, " ")
    .split(/[\s,|]+/)
    .map((name) => name.replace(/:.*$/, ""))

/** The upgrades, with what they name as needed among the packages that are not installed here. */
const withNeeded = (
  upgrades: readonly string[],
  others: ReadonlyMap<string, string>,
): readonly string[] => {
  const chosen = new Set(upgrades)
  // A set is walked to its end, which what is added moves.
  for (const file of chosen)
    for (const name of neededBy(file)) {
      const needed = others.get(name)
      if (needed !== undefined) chosen.add(needed)
    }
  return [...chosen]
}

/** Of what apt prints: from where it becomes specific. */
const specific = (detail: string): string =>
  detail.slice(Math.max(0, detail.indexOf("The following packages have unmet"))).slice(0, 500)

/** `others`: files of packages that are not installed here, by name. */
export const chooseFiles = (
  upgrades: readonly string[],
  others: ReadonlyMap<string, string>,
  names: ReadonlySet<string>,
): Chosen => {
  const files = withNeeded(upgrades, others)
  const found = simulate(files)
  if (!found.ok) return { ok: false, detail: specific(found.detail) }
  const absent = found.names.find((name) => !names.has(name))
  return absent === undefined
    ? { ok: true, files }
    : { ok: false, detail: `${absent} is not in the bundle` }
}

/** Null: all of them are installed and configured. */
export const aptInstall = (files: readonly string[]): string | null => {
  const how = { limitMs: INSTALL_MS, env: ENVIRONMENT }
  // A package that was cut off while it was unpacked is one that apt knows no way with.
  if (run("dpkg", ["--audit"]).stdout.trim() !== "") {
    run("dpkg", ["--force-confdef", "--force-confold", "--install", ...files], how)
    run("dpkg", ["--force-confdef", "--force-confold", "--configure", "-a"], how)
  }
  const ran = run("apt-get", [...OPTIONS, "--quiet=2", "install", ...files], how)
  return ran.ok ? null : `${ran.stdout}\n${ran.stderr}`.trim().slice(-1_000)
}
