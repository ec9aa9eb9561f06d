/** The packages that a test installs. */
import { execFileSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { cacheFolder, testPackages } from "../config.ts"
import { readSource } from "./source.ts"

const CHECKOUT = join(import.meta.dirname, "../..")
const PREFIX = "packages-"
const DAY_MS = 86_400_000

const build = (dir: string): void => {
  const program = join(import.meta.dirname, "main.ts")
  const options = ["--arch", "amd64", "--only", "ispvm,ispvm-agent", "--quick"]
  execFileSync(process.execPath, [program, "--out", dir, ...options], {
    stdio: ["ignore", "ignore", "inherit"],
  })
}

const removeOld = (cache: string): void => {
  for (const name of readdirSync(cache).filter((each) => each.startsWith(PREFIX))) {
    const folder = join(cache, name)
    if (Date.now() - statSync(folder).mtimeMs > DAY_MS)
      rmSync(folder, { recursive: true, force: true })
  }
}

/** Of a commit without changes they are built once: two tests install them. */
const cached = (): string | null => {
  const { commit, isDirty } = readSource(CHECKOUT, undefined)
  if (isDirty) return null
  const cache = cacheFolder()
  const folder = join(cache, `${PREFIX}${commit}`)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  removeOld(cache)
  const unfinished = `${folder}.${process.pid}`
  build(unfinished)
  // Another process may have been faster.
  if (existsSync(folder)) rmSync(unfinished, { recursive: true })
  else renameSync(unfinished, folder)
  return folder
}

/** Those of this checkout, or the ones that ISPVM_TEST_PACKAGES names. */
export const packagesInto = (dir: string): void => {
  const made = testPackages() ?? cached()
  if (made === null) build(dir)
  else cpSync(made, dir, { recursive: true })
}
