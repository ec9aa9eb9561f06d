/** The environment of the appliance's tests. No other test reads it. */
import { tmpdir } from "node:os"

/** What a program needs to start at all: none of its settings. */
export const bareEnvironment = (): Readonly<Record<string, string>> => {
  const { PATH = "", NODE_COMPILE_CACHE: cache } = process.env
  return { PATH, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) }
}
/** Folder of a running server (socket, database.json) in place of the embedded one; null: none. */
export const testServerFolder = (): string | null => process.env.ISPVM_TEST_POSTGRES || null
/** Where the embedded one of tests is. */
export const testServersFolder = (): string => process.env.ISPVM_TEST_DATABASES || tmpdir()
/** Of the databases of tests: hypertables only where the server has TimescaleDB. */
export const testEngine = (): "auto" | "plain" =>
  process.env.ISPVM_TEST_ENGINE === "plain" ? "plain" : "auto"
/** How many times as much `npm run soak` does as `npm test`; 1 in a usual run. */
export const soakFactor = (): number => {
  const runs = Number(process.env.ISPVM_PROPERTY_RUNS)
  return Number.isFinite(runs) && runs >= 1 ? runs : 1
}
const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : null
/** How many random histories `npm run soak` asks for; null: as many as in `npm test`. */
export const soakHistories = (): number | null => wholeNumber(process.env.ISPVM_HISTORIES)
/** How often `npm run soak -- kills` kills a process; null: as often as in `npm test`. */
export const soakKills = (): number | null => wholeNumber(process.env.ISPVM_KILLS)
export const soakSeed = (): number | null => wholeNumber(process.env.ISPVM_SOAK_SEED)
/** Where tests note how far they are. */
export const soakNotesFile = (): string | null => process.env.ISPVM_SOAK_NOTES || null
/** A tenth of the cases is enough, as of every property. */
export const isQuickRun = (): boolean => process.env.ISPVM_PROPERTY_RUNS === "quick"
