/** The environment of the programs in this folder; no other file reads it. */
import { existsSync } from "node:fs"
import { homedir } from "node:os"
import { delimiter, join } from "node:path"

/** Of this process. */
export const environment = (): NodeJS.ProcessEnv => process.env

export const searchPath = (): readonly string[] =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"].filter(
    (folder) => folder !== "",
  )

export const runsHere = (program: string): boolean =>
  searchPath().some((folder) => existsSync(join(folder, program)))

/** What takes long to make and may be removed at any time. */
export const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "ispvm")

/** The Debian whose packages the container test installs on. */
export const testRelease = (): "trixie" | "bookworm" =>
  process.env.ISPVM_TEST_RELEASE === "bookworm" ? "bookworm" : "trixie"

/** A folder with images that were built before, and with the disks of machines that a check started. */
export const testImages = (): string | undefined => process.env.ISPVM_TEST_IMAGES || undefined

/** A folder with packages to test in place of those of this checkout; null: they are built. */
export const testPackages = (): string | null => process.env.ISPVM_TEST_PACKAGES || null

/** Whether a check has the machine to itself, so that its seconds mean something. */
export const runsAlone = (): boolean => process.env.ISPVM_TEST_ALONE === "1"

/** Also what takes minutes and rarely differs from its quick form. */
export const isFullTest = (): boolean => process.env.ISPVM_TEST_FULL === "1"

export type UpdateTest = {
  readonly kills: number
  readonly seed: number
  /** Also the faults that take minutes. */
  readonly isFull: boolean
}
const KILLS = { normal: 3, full: 30 } as const
/** How much of `images/nspawn/update-check.ts` runs: set by `npm run test:nspawn -- --full`. */
export const updateTest = (): UpdateTest => {
  const { ISPVM_TEST_KILLS: kills, ISPVM_TEST_SEED: seed } = process.env
  const isFull = isFullTest()
  return {
    kills: Number(kills || (isFull ? KILLS.full : KILLS.normal)),
    seed: Number(seed || Date.now() % 1_000_000),
    isFull,
  }
}
