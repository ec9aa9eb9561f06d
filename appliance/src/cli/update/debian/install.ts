/**
 * Debian packages of a signed bundle. dpkg has no way back to the packages from before: what was
 * checked is installed to its end, also after an interruption, and what does not work then is said.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { reasonOf } from "../../exit.ts"
import { checkHealth } from "../activate.ts"
import { backUp, databaseNeeds, UNPACKED_RATIO } from "../backup.ts"
import { extractMember, type Opened } from "../bundle.ts"
import { readDatabaseBytes } from "../database-store.ts"
import { emptyFolder } from "../packages.ts"
import { clockFault, diskOf, type Fault, programFault, spaceFault } from "../preflight.ts"
import { end, enter } from "../progress.ts"
import { PACKAGE_FOLDER } from "../publish.ts"
import { currentRelease } from "../releases.ts"
import { isClockSynchronized, restart, run } from "../system.ts"
import { COPY_FILE, KEPT_COPY, WORK_FOLDER } from "../work.ts"
import { aptInstall, chooseFiles } from "./apt.ts"
import { installedPackages, thisMachine } from "./machine.ts"
import { checkDebian, type DebianManifest, isOfDatabase, labelOf } from "./manifest.ts"
import { findOutdated, restartServices } from "./services.ts"

const FINE = { reason: "", detail: "" } as const
const DATABASE_MS = 15 * 60_000
/** From here on it is carried out to its end. */
const PLAN_FILE = join(WORK_FOLDER, "debian.json")
const Plan = z.strictObject({
  /** Of packages, as paths. */
  files: z.array(z.string()),
  /** Versions before, by the name of the package. */
  before: z.record(z.string(), z.string()),
  changesDatabase: z.boolean(),
})
type Plan = z.infer<typeof Plan>

export const hasDebianPlan = (): boolean => existsSync(PLAN_FILE)

const preflight = async (
  { files, epochS }: DebianManifest,
  changesDatabase: boolean,
  ignoresClock: boolean,
): Promise<Fault | null> => {
  let databaseBytes = 0
  try {
    if (changesDatabase) databaseBytes = await readDatabaseBytes()
  } catch (error) {
    // A copy of before is there, and these packages may be what repairs it.
    if (!existsSync(KEPT_COPY))
      return { reason: "database", detail: `the database does not answer: ${reasonOf(error)}` }
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const needs = [
    { folder: WORK_FOLDER, bytes, what: "the packages" },
    { folder: "/usr", bytes: bytes * UNPACKED_RATIO, what: "what is in them" },
    ...(changesDatabase ? databaseNeeds(databaseBytes) : []),
  ]
  const clock = {
    nowMs: Date.now(),
    isSynchronized: isClockSynchronized(),
    madeAtMs: epochS * 1_000,
  }
  return spaceFault(needs, diskOf) ?? (ignoresClock ? null : clockFault(clock))
}

type Prepared = { readonly ok: true; readonly plan: Plan } | ({ readonly ok: false } & Fault)

const unpack = async (file: string, { files }: DebianManifest): Promise<Fault | null> => {
  const folder = emptyFolder(PACKAGE_FOLDER)
  for (const each of files)
    if (!(await extractMember(file, each, join(folder, each.name))))
      return { reason: "changed", detail: `${each.name} differs from what was signed` }
  return null
}

/** Nothing of the machine changes. */
const prepareDebian = async (
  opened: Opened,
  file: string,
  ignoresClock: boolean,
): Promise<Prepared> => {
  enter("checking", { kind: "debian" })
  const machine = thisMachine()
  const checked = checkDebian(opened, machine)
  if (!checked.ok) return checked
  const { manifest, upgrades } = checked
  enter("checking", { to: labelOf(manifest) })
  const mayChangeDatabase = upgrades.some((each) => isOfDatabase(each.package))
  const fault =
    (await preflight(manifest, mayChangeDatabase, ignoresClock)) ?? (await unpack(file, manifest))
  if (fault !== null) return { ok: false, ...fault }
  const pathOf = ({ name }: { readonly name: string }): string => join(PACKAGE_FOLDER, name)
  const others = manifest.files.filter((each) => !machine.installed.has(each.package))
  const chosen = chooseFiles(
    upgrades.map(pathOf),
    new Map(others.map((each) => [each.package, pathOf(each)])),
    new Set(manifest.files.map((each) => each.package)),
  )
  if (!chosen.ok) return { ok: false, reason: "missing-packages", detail: chosen.detail }
  const installs = manifest.files.filter((each) => chosen.files.includes(pathOf(each)))
  const changesDatabase = installs.some((each) => isOfDatabase(each.package))
  if (changesDatabase) {
    enter("backing-up")
    const notSaved = backUp()
    if (notSaved !== null && !existsSync(KEPT_COPY)) return { ok: false, ...notSaved }
  }
  const before = installs.map((each) => [each.package, machine.installed.get(each.package) ?? ""])
  return {
    ok: true,
    plan: { files: [...chosen.files], before: Object.fromEntries(before), changesDatabase },
  }
}

const hasChanged = ({ before }: Plan): boolean => {
  const now = installedPackages()
  return Object.entries(before).some(([name, version]) => (now.get(name) ?? "") !== version)
}

const isEnabled = (unit: string): boolean => run("systemctl", ["is-enabled", "--quiet", unit]).ok

/** After its restart a session loads the new libraries; the first one updates the extension. */
const restartDatabase = (): string | null => {
  run("systemctl", ["stop", "ispvm"], { limitMs: DATABASE_MS })
  if (!isEnabled("ispvm-database")) return null
  const started = run("systemctl", ["restart", "ispvm-database"], { limitMs: DATABASE_MS })
  if (!started.ok) return `the database does not start: ${started.stderr.trim()}`
  const updated = run(
    "runuser",
    ["-u", "ispvm-database", "--", "/opt/ispvm/current/bin/database", "extensions"],
    { limitMs: DATABASE_MS },
  )
  return updated.ok ? null : `the extension of the database: ${updated.stderr.trim()}`
}

const startAppliance = (): void => void run("systemctl", ["--no-block", "start", "ispvm"])
const OWN = ["ispvm.service", "ispvm-agent.service"]
/** Whatever has failed before: at its end everything of ours runs, if it can. */
const restartAll = ({ changesDatabase }: Plan): readonly string[] => {
  const { services } = findOutdated()
  const isDatabase = changesDatabase || services.includes("ispvm-database.service")
  const fault = isDatabase ? restartDatabase() : null
  const others = services.filter((unit) => !OWN.includes(unit) && unit !== "ispvm-database.service")
  const failed = restartServices(others).map((unit) => `${unit} does not start again`)
  // Counts their restarts from now on.
  run("systemctl", ["reset-failed", ...OWN])
  if (isDatabase) startAppliance()
  else if (services.includes("ispvm.service")) restart("ispvm")
  if (services.includes("ispvm-agent.service")) restartServices(["ispvm-agent.service"])
  return [...(fault === null ? [] : [fault]), ...failed]
}

/** First: the details may be long. */
const noteOfCopy = (): string =>
  [COPY_FILE, KEPT_COPY].some((file) => existsSync(file))
    ? `The data from before are in ${KEPT_COPY}. `
    : ""

const carryOut = async (plan: Plan): Promise<void> => {
  const notInstalled = aptInstall(plan.files.filter((file) => existsSync(file)))
  if (notInstalled !== null && !hasChanged(plan)) {
    startAppliance()
    end("rejected", programFault("install-failed", notInstalled))
    return
  }
  enter("starting")
  const faults = restartAll(plan)
  const unhealthy = await checkHealth(currentRelease("ispvm") ?? "")
  const details = [
    ...(notInstalled === null ? [] : [`apt-get: ${notInstalled}`]),
    ...faults,
    ...(unhealthy === null ? [] : [`${unhealthy.reason}: ${unhealthy.detail}`]),
  ]
  if (details.length === 0) end("updated", FINE)
  else endIncomplete(details.join("; "))
}

const endIncomplete = (detail: string): void =>
  end("incomplete", { reason: "debian-incomplete", detail: `${noteOfCopy()}${detail}` })

/** Carries out what was planned; also what an interruption has left of it. */
export const completeDebian = async (): Promise<void> => {
  try {
    await carryOut(Plan.parse(JSON.parse(readFileSync(PLAN_FILE, "utf8"))))
  } catch (error) {
    startAppliance()
    endIncomplete(reasonOf(error))
  }
}

/** `opened`: signed by somebody who is trusted here. */
export const performDebian = async (
  opened: Opened,
  file: string,
  ignoresClock: boolean,
): Promise<void> => {
  const prepared = await prepareDebian(opened, file, ignoresClock)
  if (!prepared.ok) {
    end("rejected", prepared)
    return
  }
  writeFileSync(PLAN_FILE, JSON.stringify(prepared.plan), { mode: 0o600, flush: true })
  enter("installing")
  // A session that begins while the libraries are replaced would fail.
  if (prepared.plan.changesDatabase) run("systemctl", ["stop", "ispvm"], { limitMs: DATABASE_MS })
  await completeDebian()
}

/** For people: what only a restart of the machine completes. */
export const needsReboot = (): boolean =>
  existsSync("/run/reboot-required") || findOutdated().needsReboot
