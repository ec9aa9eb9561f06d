/** The environment of the lab's programs and tests. No other file of the lab reads it. */
import { delimiter } from "node:path"

/** Recordings of real devices. */
export const recordingsFolder = (): string | undefined => process.env.ISPVM_RECORDINGS || undefined

/** containerlab's clab.schema.json, which is not part of this repository. */
export const containerlabSchema = (): string | undefined =>
  process.env.ISPVM_CONTAINERLAB_SCHEMA || undefined

/** Inputs for each parser of `npm run fuzz`. */
export const mutations = (): string | undefined => process.env.ISPVM_MUTATIONS || undefined

/** Where a demo keeps its data. */
export const dataFolder = (): string | undefined => process.env.ISPVM_DATA_DIR || undefined

/** npm does not always pass a signal on when it ends. */
export const isRunByNpm = (): boolean => process.env.npm_lifecycle_event !== undefined

export const searchPath = (): readonly string[] =>
  (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "")

/** All of it, for programs that are not ours and for tests that run a command as a person does. */
export const environment = (): NodeJS.ProcessEnv => ({ ...process.env })

/** For programs of this product: of the caller's ISPVM_ settings, only the allowed ones. */
export const productEnvironment = (
  allowed: readonly string[] = ["ISPVM_DB_USER"],
): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith("ISPVM_") || allowed.includes(name),
    ),
  )

/** As in a fresh shell, without what an npm run adds. */
export const shellEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith("npm_") && name !== "NODE" && name !== "INIT_CWD",
    ),
  ),
  PATH: searchPath()
    .filter((folder) => !folder.includes("node_modules"))
    .join(delimiter),
})

/** What a benchmark gives to its child processes. */
export const benchSetting = (
  name: "BENCH_URL" | "BENCH_OWNER" | "BENCH_APP" | "BENCH_IDLE_S",
): string => process.env[name] ?? ""
