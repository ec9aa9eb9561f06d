/** Which disk is installed to, or why none is. Pure. */
import { z } from "zod"
import type { Disk } from "./disks.ts"

const MAX_SEED_BYTES = 64 * 1024
/** `ispvm-install.json`: without it, the installer asks. */
const Seed = z.strictObject({
  install: z.literal("unattended"),
  /** A name (`sda`), `serial:NUMBER`, or `empty`: the only empty one. */
  disk: z.string().min(1).max(128),
  /** The name of the disk whose data may be erased. */
  erase: z.string().min(1).max(32).optional(),
  after: z.enum(["power-off", "restart"]).default("restart"),
})
export type Seed = z.infer<typeof Seed>

export type SeedResult =
  | { readonly kind: "seed"; readonly seed: Seed }
  | { readonly kind: "invalid"; readonly reason: string }

export const parseSeed = (content: string): SeedResult => {
  if (content.length > MAX_SEED_BYTES) return { kind: "invalid", reason: "larger than 64 KiB" }
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (error) {
    return { kind: "invalid", reason: error instanceof Error ? error.message : "not JSON" }
  }
  const parsed = Seed.safeParse(value)
  if (parsed.success) return { kind: "seed", seed: parsed.data }
  const reasons = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  )
  return { kind: "invalid", reason: reasons.join("; ") }
}

export type Reason =
  | "no-disk"
  | "no-such-disk"
  | "no-empty-disk"
  | "several-empty-disks"
  | "holds-data"
  | "second-appliance"
export type Choice =
  | { readonly kind: "install"; readonly disk: Disk }
  | { readonly kind: "rejected"; readonly reason: Reason; readonly disk: string }

const SERIAL = "serial:"
/** Labels of our partitions. */
const OURS = /"ispvm-(?:root|data)"/

/** Two disks with the same labels: the machine would start either. */
const isAppliance = ({ contents }: Disk): boolean => contents.some((each) => OURS.test(each))

const rejected = (reason: Reason, disk: string): Choice => ({ kind: "rejected", reason, disk })

/** `typed`: what somebody wrote to allow that the data is erased; null: nothing. */
export const checkDisk = (disks: readonly Disk[], disk: Disk, typed: string | null): Choice => {
  const other = disks.find((each) => each !== disk && isAppliance(each))
  if (other !== undefined) return rejected("second-appliance", other.name)
  return disk.contents.length > 0 && typed !== disk.name
    ? rejected("holds-data", disk.name)
    : { kind: "install", disk }
}

const findEmpty = (disks: readonly Disk[]): Disk | Reason => {
  const [first, second] = disks.filter(({ contents }) => contents.length === 0)
  if (first === undefined) return "no-empty-disk"
  return second === undefined ? first : "several-empty-disks"
}

const findNamed = (disks: readonly Disk[], wanted: string): Disk | Reason => {
  const found = disks.find(({ name, serial }) =>
    wanted.startsWith(SERIAL)
      ? serial !== "" && serial === wanted.slice(SERIAL.length)
      : name === wanted,
  )
  return found ?? "no-such-disk"
}

export const chooseUnattended = (disks: readonly Disk[], seed: Seed): Choice => {
  if (disks.length === 0) return rejected("no-disk", seed.disk)
  const found = seed.disk === "empty" ? findEmpty(disks) : findNamed(disks, seed.disk)
  return typeof found === "string"
    ? rejected(found, seed.disk)
    : checkDisk(disks, found, seed.erase ?? null)
}
