/** The files of an update that is under way. While the first of them is there, something is to tidy up. */
import { existsSync, globSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { REQUEST_FOLDER, readUpdateState, UPDATE_FOLDER } from "../../machine/update-state.ts"
import { DATA_DIR } from "../installed.ts"
import { type Release, repairPackages } from "./packages.ts"
import { PACKAGE_FOLDER, publishForAgents } from "./publish.ts"
import { currentRelease, PACKAGES, removeSuperfluous } from "./releases.ts"
import { run } from "./system.ts"

export const WORK_FOLDER = join(UPDATE_FOLDER, "work")
/** On the disk of the data, in a folder of the appliance's user, who makes it. */
export const COPY_FILE = join(DATA_DIR, REQUEST_FOLDER, "before-update.ispvm-backup")
/** That copy, of an update of the database's packages that did not end well; until one does. */
export const KEPT_COPY = join(DATA_DIR, REQUEST_FOLDER, "kept.ispvm-backup")
/** Written at boot by `update-recover`; gone at the next one. */
export const BOOT_MARKER = "/run/ispvm-update/booted"

/** So that how an update ended can be written on a disk that is full by then. */
const RESERVE_FILE = join(WORK_FOLDER, "reserve")
const RESERVE_BYTES = 256 * 1_024
export const reserveRoom = (): void => writeFileSync(RESERVE_FILE, Buffer.alloc(RESERVE_BYTES, 1))
/** False: it was given back before. */
export const giveBackRoom = (): boolean => {
  if (!existsSync(RESERVE_FILE)) return false
  rmSync(RESERVE_FILE)
  return true
}

export const isUnfinished = (): boolean => existsSync(WORK_FOLDER)

const runningReleases = (): readonly Release[] =>
  PACKAGES.flatMap((name) => {
    const version = currentRelease(name)
    return version === null ? [] : [{ name, version }]
  })

/** Units that the new release brings along. Services are started by the health gate alone. */
const startNewUnits = (): void => {
  const { stdout } = run("systemctl", [
    ...["list-unit-files", "--state=enabled", "--no-legend", "--plain"],
    ...["ispvm*.path", "ispvm*.timer", "ispvm*.socket"],
  ])
  const units = [...stdout.matchAll(/^(ispvm\S+)/gm)].map(([, unit = ""]) => unit)
  if (units.length > 0) run("systemctl", ["--no-block", "start", ...units])
}

const tidyPackages = (): void => {
  const files = globSync(join(PACKAGE_FOLDER, "*.deb")).sort()
  const fault = repairPackages(files, runningReleases())
  if (fault !== null) process.stderr.write(`${fault}\n`)
  offerAgentPackages()
  startNewUnits()
}

/** What the appliance offers to agents elsewhere, once it works with this release itself. */
const offerAgentPackages = (): void => {
  const { last } = readUpdateState()
  const current = currentRelease("ispvm")
  if (last?.outcome === "updated" && current !== null && last.to === current) publishForAgents()
}

/** They hold every secret in plain text. */
const tidyCopies = (): void => {
  const { last } = readUpdateState()
  if (last?.outcome === "updated") rmSync(KEPT_COPY, { force: true })
  if (last?.outcome === "incomplete" && existsSync(COPY_FILE)) renameSync(COPY_FILE, KEPT_COPY)
  for (const file of globSync(`${COPY_FILE}*`)) rmSync(file, { force: true })
}

/** After the end of an update, however it ended. May be cut off and run again. */
export const tidyUp = (): void => {
  const { previous, agent } = readUpdateState()
  if (existsSync(PACKAGE_FOLDER)) tidyPackages()
  removeSuperfluous("ispvm", previous)
  removeSuperfluous("ispvm-agent", agent.previous)
  tidyCopies()
  // The console of the image shows the release it was started from.
  run("systemctl", ["try-restart", "ispvm-console.service"])
  rmSync(WORK_FOLDER, { recursive: true, force: true })
}
