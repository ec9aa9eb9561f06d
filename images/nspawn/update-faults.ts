/** Files that are no update for this machine; only their beginnings are read, so they are small. */
import { execFileSync } from "node:child_process"
import { copyFileSync, mkdirSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { writeBundle } from "../package/bundle.ts"
import type { Architecture } from "../package/deb.ts"
import type { SigningKey } from "../package/sign.ts"
import { newKey } from "./update-bundles.ts"

const PACKAGE_BYTES = 100_000

/** Signed with `key`, of packages that are none. */
const hollowBundle = async (
  folder: string,
  key: SigningKey,
  version: string,
  architecture: Architecture = "amd64",
): Promise<string> => {
  mkdirSync(folder)
  const packages = ["ispvm", "ispvm-agent"].map((name) =>
    join(folder, `${name}_${version}_${architecture}.deb`),
  )
  for (const file of packages) writeFileSync(file, Buffer.alloc(PACKAGE_BYTES))
  const epochS = Math.floor(Date.now() / 1_000)
  return await writeBundle({ version, commit: "0".repeat(40), epochS }, architecture, packages, key)
}

/** By the reason with which each is rejected. */
export const faultyBundles = async (
  work: string,
  key: SigningKey,
): Promise<ReadonlyMap<string, string>> => {
  const folder = (name: string): string => join(work, name)
  const good = await hollowBundle(folder("hollow"), key, "0.9.0")
  const copy = (name: string): string => {
    copyFileSync(good, folder(name))
    return folder(name)
  }
  const truncated = copy("truncated.ispvm")
  truncateSync(truncated, PACKAGE_BYTES)
  const unsigned = copy("unsigned.ispvm")
  execFileSync("tar", ["--delete", `--file=${unsigned}`, "manifest.sig"])
  const notABundle = folder("text.ispvm")
  writeFileSync(notABundle, "not a bundle\n")
  return new Map([
    ["not-a-bundle", notABundle],
    ["truncated", truncated],
    ["unsigned", unsigned],
    ["foreign-key", await hollowBundle(folder("foreign"), newKey(), "0.9.1")],
    ["older", await hollowBundle(folder("older"), key, "0.0.1")],
    ["other-architecture", await hollowBundle(folder("other"), key, "0.9.2", "arm64")],
    ["install-failed", good],
  ])
}
