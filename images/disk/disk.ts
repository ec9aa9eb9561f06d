/**
 * A raw disk that boots by BIOS and by UEFI, from a folder. Nothing is mounted and no loop device is
 * used, so that it can be made where neither is allowed.
 *
 *   GPT │ BIOS boot 1 MiB: GRUB's core │ ESP │ root, ext4 │ data, ext4: grows with the disk
 */
import { execFileSync } from "node:child_process"
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs"
import { join } from "node:path"

const SECTOR = 512
const MIB = 1024 * 1024
/** Type of a partition by its use, as systemd's discoverable partitions name them. */
const TYPES = {
  bios: "21686148-6449-6E6F-744E-656564454649",
  esp: "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
  root: "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709",
  data: "0FC63DAF-8483-4772-8E79-3D69D8477DE4",
} as const
type Use = keyof typeof TYPES

const SIZES_MIB: Readonly<Record<Use, number>> = { bios: 1, esp: 64, root: 2_048, data: 512 }
const ORDER: readonly Use[] = ["bios", "esp", "root", "data"]
const FIRST_MIB = 1

type Partition = { readonly use: Use; readonly startMib: number; readonly sizeMib: number }
export const layout = (): readonly Partition[] => {
  let startMib = FIRST_MIB
  return ORDER.map((use) => {
    const partition = { use, startMib, sizeMib: SIZES_MIB[use] }
    startMib += SIZES_MIB[use]
    return partition
  })
}

const run = (command: string, ...args: readonly string[]): void => {
  execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] })
}

const EARLY = `search --no-floppy --label ispvm-root --set=root
set prefix=($root)/boot/grub
configfile ($root)/boot/grub/grub.cfg
`
const SHARED_MODULES =
  "part_gpt ext2 search search_label normal configfile linux all_video echo test ls serial terminal gzio"
const MODULES = {
  "i386-pc": `${SHARED_MODULES} biosdisk`,
  "x86_64-efi": `${SHARED_MODULES} fat efi_gop efi_uga`,
} as const

const makeGrub = (target: keyof typeof MODULES, work: string, file: string): void => {
  const early = join(work, "early.cfg")
  writeFileSync(early, EARLY)
  const modules = MODULES[target].split(" ")
  run("grub-mkimage", "-O", target, "-p", "/boot/grub", "-c", early, "-o", file, ...modules)
}

/** Copies `bytes` into the disk at a position; sparse parts stay sparse. */
const place = (disk: string, file: string, atMib: number): void =>
  run(
    "dd",
    `if=${file}`,
    `of=${disk}`,
    "bs=1M",
    `seek=${atMib}`,
    "conv=notrunc,sparse",
    "status=none",
  )

/**
 * What grub-bios-setup writes, without a device: the boot sector names the first sector of the core,
 * and the core's first sector names where its rest is (positions: GRUB's boot.S and diskboot.S).
 */
const BOOT = { kernelSector: 0x5c, driveCheck: 0x66, blocklist: 0x1f4 } as const
const NOP_NOP = 0x9090
const LOAD_SEGMENT = 0x820

const placeBiosGrub = (disk: string, work: string, startMib: number): void => {
  const core = join(work, "core.img")
  makeGrub("i386-pc", work, core)
  const boot = readFileSync("/usr/lib/grub/i386-pc/boot.img")
  const sector = (startMib * MIB) / SECTOR
  boot.writeBigUInt64LE(BigInt(sector), BOOT.kernelSector)
  boot.writeUInt16LE(NOP_NOP, BOOT.driveCheck)
  const image = readFileSync(core)
  const sectors = Math.ceil(image.length / SECTOR)
  image.writeBigUInt64LE(BigInt(sector + 1), BOOT.blocklist)
  image.writeUInt16LE(sectors - 1, BOOT.blocklist + 8)
  image.writeUInt16LE(LOAD_SEGMENT, BOOT.blocklist + 10)
  const handle = openSync(disk, "r+")
  // The partition table keeps its place behind the code.
  writeSync(handle, boot, 0, 440, 0)
  writeSync(handle, image, 0, image.length, startMib * MIB)
  closeSync(handle)
}

const makeEsp = (work: string, sizeMib: number): string => {
  const file = join(work, "esp.fat")
  writeFileSync(file, "")
  truncateSync(file, sizeMib * MIB)
  run("mkfs.vfat", "-F", "32", "-n", "ISPVM-ESP", file)
  const grub = join(work, "BOOTX64.EFI")
  makeGrub("x86_64-efi", work, grub)
  run("mmd", "-i", file, "::/EFI", "::/EFI/BOOT")
  run("mcopy", "-i", file, grub, "::/EFI/BOOT/BOOTX64.EFI")
  return file
}

const makeExt4 = (folder: string, label: string, sizeMib: number, file: string): string => {
  rmSync(file, { force: true })
  // Without the feature that this GRUB cannot read.
  run(
    "mke2fs",
    "-q",
    "-t",
    "ext4",
    "-O",
    "^metadata_csum_seed",
    "-L",
    label,
    "-d",
    folder,
    file,
    `${sizeMib}M`,
  )
  return file
}

/** `data`: the folders of the data partition. `work`: an empty folder with room for all of it. */
export const makeDisk = (root: string, data: string, work: string, disk: string): void => {
  mkdirSync(work, { recursive: true })
  const partitions = layout()
  const endMib = partitions.reduce(
    (end, { startMib, sizeMib }) => Math.max(end, startMib + sizeMib),
    0,
  )
  writeFileSync(disk, "")
  truncateSync(disk, (endMib + 1) * MIB)
  const table = partitions.map(
    ({ use, startMib, sizeMib }) =>
      `start=${startMib}MiB, size=${sizeMib}MiB, type=${TYPES[use]}, name=ispvm-${use}`,
  )
  execFileSync("sfdisk", ["--quiet", disk], {
    input: `label: gpt\n${table.join("\n")}\n`,
    stdio: ["pipe", "ignore", "pipe"],
  })
  for (const { use, startMib, sizeMib } of partitions) {
    if (use === "bios") placeBiosGrub(disk, work, startMib)
    else if (use === "esp") place(disk, makeEsp(work, sizeMib), startMib)
    else {
      const folder = use === "root" ? root : data
      place(disk, makeExt4(folder, `ispvm-${use}`, sizeMib, join(work, `${use}.ext4`)), startMib)
    }
  }
}
