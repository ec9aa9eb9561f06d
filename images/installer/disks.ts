/** The disks of a machine, and which of them the installer may write to. Pure. */
import { z } from "zod"

/** Room for the system, its database, and some weeks of a small network. */
export const MIN_DISK_BYTES = 8_000_000_000
const BYTES_PER_GB = 1e9
/** Where live-boot mounts what it was booted from. */
const MEDIUM = "/run/live/"

const text = z
  .string()
  .nullish()
  .transform((value) => value?.trim() ?? "")
const Device = z.object({
  name: z.string().min(1),
  path: z.string().startsWith("/dev/"),
  type: z.string(),
  size: z.coerce.number().nonnegative(),
  ro: z.boolean(),
  model: text,
  serial: text,
  fstype: text,
  label: text,
  mountpoints: z
    .array(z.string().nullable())
    .nullish()
    .transform((points) => (points ?? []).filter((point) => point !== null)),
})
type Device = z.infer<typeof Device> & { readonly children: readonly Device[] }
const Tree: z.ZodType<Device> = Device.extend({
  get children() {
    return z
      .array(Tree)
      .nullish()
      .transform((children) => children ?? [])
  },
})
const Lsblk = z.object({ blockdevices: z.array(Tree) })
export const LSBLK = [
  ...["--json", "--bytes", "--output"],
  "NAME,PATH,TYPE,SIZE,RO,MODEL,SERIAL,FSTYPE,LABEL,MOUNTPOINTS",
] as const
export const parseLsblk = (json: string): readonly Device[] =>
  Lsblk.parse(JSON.parse(json)).blockdevices

const Wipefs = z.object({
  signatures: z.array(z.object({ type: z.string(), label: text })).nullish(),
})
/** Names of what is on a disk, as `wipefs --json --no-act` finds it; nothing printed: nothing there. */
export const parseWipefs = (json: string): readonly string[] =>
  json.trim() === ""
    ? []
    : (Wipefs.parse(JSON.parse(json)).signatures ?? []).map(({ type, label }) =>
        label === "" ? type : `${type} "${label}"`,
      )

export type Probe = {
  readonly signatures: readonly string[]
  /** The first and the last of it hold nothing but zeros. */
  readonly isBlank: boolean
}
export type Disk = {
  /** `sda`: what is typed to erase it. */
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
  readonly model: string
  readonly serial: string
  /** What is on it; empty: nothing. */
  readonly contents: readonly string[]
}
export type UnusableReason = "medium" | "read-only" | "in-use" | "too-small" | "seed"
export type Unusable = { readonly name: string; readonly reason: UnusableReason }
export type Disks = { readonly usable: readonly Disk[]; readonly unusable: readonly Unusable[] }

export const SEED_LABEL = "ISPVM-SEED"

const withChildren = (device: Device): readonly Device[] => [
  device,
  ...device.children.flatMap(withChildren),
]

const whyUnusable = (device: Device): UnusableReason | null => {
  const all = withChildren(device)
  const points = all.flatMap(({ mountpoints }) => mountpoints)
  if (points.some((point) => point.startsWith(MEDIUM))) return "medium"
  if (all.some(({ label }) => label.toUpperCase() === SEED_LABEL)) return "seed"
  if (points.length > 0) return "in-use"
  if (device.ro) return "read-only"
  return device.size < MIN_DISK_BYTES ? "too-small" : null
}

const contentsOf = (device: Device, { signatures, isBlank }: Probe): readonly string[] => {
  const partitions = device.children.map(({ name, fstype, label }) =>
    [name, fstype, label === "" ? "" : `"${label}"`].filter((word) => word !== "").join(" "),
  )
  const found = [...signatures, ...partitions]
  return found.length > 0 || isBlank ? found : ["data without a known format"]
}

/** Drives with a medium of their own (CD, floppy), loops and RAM disks are no disks. */
export const isDisk = ({ type, name }: Pick<Device, "type" | "name">): boolean =>
  type === "disk" && !/^(?:zram|ram|nbd|fd|loop)\d/.test(name)

/** `probes` by path; a disk without one counts as full. */
export const sortDisks = (
  devices: readonly Device[],
  probes: ReadonlyMap<string, Probe>,
): Disks => {
  const usable: Disk[] = []
  const unusable: Unusable[] = []
  for (const device of devices.filter(isDisk)) {
    const { name, path, size, model, serial } = device
    const reason = whyUnusable(device)
    const probe = probes.get(path) ?? { signatures: [], isBlank: false }
    if (reason !== null) unusable.push({ name, reason })
    else
      usable.push({
        name,
        path,
        sizeBytes: size,
        model,
        serial,
        contents: contentsOf(device, probe),
      })
  }
  return { usable, unusable }
}

export const sizeText = (bytes: number): string => `${(bytes / BYTES_PER_GB).toFixed(1)} GB`
