/** The packages that a test installs. */
import { execFileSync } from "node:child_process"
import { cpSync } from "node:fs"
import { join } from "node:path"
import { testPackages } from "../config.ts"

/** Builds those of this checkout into `dir`, or copies the ones that ISPVM_TEST_PACKAGES names. */
export const packagesInto = (dir: string): void => {
  const given = testPackages()
  if (given !== null) {
    cpSync(given, dir, { recursive: true })
    return
  }
  const program = join(import.meta.dirname, "main.ts")
  execFileSync(process.execPath, [program, "--out", dir, "--arch", "amd64", "--quick"], {
    stdio: ["ignore", "ignore", "inherit"],
  })
}
