/**
 * The partitions of the appliance's disk, for the image and for the installer.
 *
 *   GPT │ BIOS boot: GRUB's core │ ESP │ root, ext4 │ data, ext4: the rest of the disk
 */
export const MIB = 1024 * 1024
/** Type of a partition by its use, as systemd's discoverable partitions name them. */
const TYPES = {
  bios: "21686148-6449-6E6F-744E-656564454649",
  esp: "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
  root: "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709",
  data: "0FC63DAF-8483-4772-8E79-3D69D8477DE4",
} as const
export type Use = keyof typeof TYPES

const SIZES_MIB: Readonly<Record<Use, number>> = { bios: 1, esp: 64, root: 4_096, data: 512 }
const ORDER: readonly Use[] = ["bios", "esp", "root", "data"]
const FIRST_MIB = 1

export type Partition = {
  readonly use: Use
  /** From 1. */
  readonly number: number
  readonly startMib: number
  readonly sizeMib: number
}
export const layout = (): readonly Partition[] => {
  let startMib = FIRST_MIB
  return ORDER.map((use, index) => {
    const partition = { use, number: index + 1, startMib, sizeMib: SIZES_MIB[use] }
    startMib += SIZES_MIB[use]
    return partition
  })
}

/** What sfdisk reads. `data`: as large as in the image, or all that the disk has left. */
export const partitionScript = (data: "small" | "rest"): string =>
  [
    "label: gpt",
    ...layout().map(({ use, startMib, sizeMib }) => {
      const size = use === "data" && data === "rest" ? "" : ` size=${sizeMib}MiB,`
      return `start=${startMib}MiB,${size} type=${TYPES[use]}, name=ispvm-${use}`
    }),
    "",
  ].join("\n")

/** Without the feature that Debian 12's GRUB cannot read. */
export const EXT4_OPTIONS = ["-q", "-F", "-t", "ext4", "-O", "^metadata_csum_seed"] as const
export const labelOf = (use: Use): string => `ispvm-${use}`
/** Boot code in front of the partition table, which keeps its place behind it. */
export const BOOT_CODE_BYTES = 440
/** The folders of the data partition, each owned by the user of its name. */
export const DATA_FOLDERS = ["ispvm", "ispvm-database", "ispvm-agent"] as const
