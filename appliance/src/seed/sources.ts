/**
 * Where a seed is read from: a volume labelled by cloud-init (`cidata`, `config-2`) or by a
 * hypervisor (`OVF ENV`), else a folder of this machine. The first that has a file of a seed counts.
 */
import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmdirSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { SeedProblem } from "./model.ts"
import { MAX_SEED_BYTES, type SeedFile, type SeedFiles } from "./seed-files.ts"

export type FoundSeed = {
  /** Where it stands, for the journal. */
  readonly from: string
  readonly files: SeedFiles
  readonly problems: readonly SeedProblem[]
}

const LABELS = ["cidata", "CIDATA", "config-2", "CONFIG-2", "OVF\\x20ENV", "OVF-ENV"] as const
const BY_LABEL = "/dev/disk/by-label"
/** For a Packer build, a test, or who has no second volume. */
const FOLDER = "/etc/ispvm/seed"
/** The names of each file, as NoCloud and ConfigDrive have them. */
const PLACES: Readonly<Record<SeedFile, readonly string[]>> = {
  "user-data": ["user-data", "openstack/latest/user_data"],
  "meta-data": ["meta-data", "openstack/latest/meta_data.json"],
  "network-config": ["network-config"],
  "ovf-env.xml": ["ovf-env.xml", "OVF-ENV.XML"],
}
/** ConfigDrive's own network: named, because half of it would be worse. */
const NOT_SUPPORTED = ["openstack/latest/network_data.json"]

const textIn = (folder: string, names: readonly string[]): string | null | "too-large" => {
  const place = names.map((name) => join(folder, name)).find((path) => existsSync(path))
  if (place === undefined) return null
  return statSync(place).size > MAX_SEED_BYTES ? "too-large" : readFileSync(place, "utf8")
}

/** Null where no file of a seed is there. */
export const readSeedFolder = (folder: string, from: string): FoundSeed | null => {
  const files: Partial<Record<SeedFile, string>> = {}
  const problems: SeedProblem[] = NOT_SUPPORTED.filter((name) =>
    existsSync(join(folder, name)),
  ).map((key) => ({ key, fault: "not-supported", detail: "use network in user_data" }))
  for (const [name, places] of Object.entries(PLACES) as [SeedFile, readonly string[]][]) {
    const text = textIn(folder, places)
    if (text === "too-large")
      problems.push({ key: name, fault: "unreadable", detail: `over ${MAX_SEED_BYTES} bytes` })
    else if (text !== null) files[name] = text
  }
  return Object.keys(files).length === 0 && problems.length === 0 ? null : { from, files, problems }
}

const readVolume = (device: string): FoundSeed | null => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-seed-"))
  try {
    execFileSync("mount", ["-o", "ro,nosuid,nodev,noexec", device, folder], {
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 30_000,
    })
    try {
      return readSeedFolder(folder, device)
    } finally {
      execFileSync("umount", [folder], { stdio: "ignore" })
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const detail = why.split("\n").at(-1)?.trim() || "mount failed"
    return { from: device, files: {}, problems: [{ key: device, fault: "unreadable", detail }] }
  } finally {
    rmdirSync(folder)
  }
}

export const findSeed = (folder = FOLDER): FoundSeed | null => {
  for (const label of LABELS) {
    const device = join(BY_LABEL, label)
    const found = existsSync(device) ? readVolume(device) : null
    if (found !== null) return found
  }
  return readSeedFolder(folder, folder)
}
