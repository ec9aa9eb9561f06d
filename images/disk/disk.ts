/**
 * A raw disk that boots by BIOS and by UEFI, from a folder. Nothing is mounted and no loop device is
 * used, so that it can be made where neither is allowed.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { BOOT_CODE_BYTES, EXT4_OPTIONS, labelOf, layout, MIB, partitionScript } from "./layout.ts"

const SECTOR = 512

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

/** Copies a file into the disk at a position; sparse parts stay sparse. */
const place = (disk: string, file: string, atMib: number): void => {
  const to = [`of=${disk}`, "bs=1M", `seek=${atMib}`, "conv=notrunc,sparse", "status=none"]
  run("dd", `if=${file}`, ...to)
}

/**
 * What grub-bios-setup writes, without a device: the boot sector names the first sector of the core,
 * and the core's first sector names where its rest is (positions: GRUB's boot.S and diskboot.S).
 */
const BOOT = { kernelSector: 0x5c, driveCheck: 0x66, blocklist: 0x1f4 } as const
const NOP_NOP = 0x9090
const LOAD_SEGMENT = 0x820

const makeBiosGrub = (work: string, startMib: number): { bootCode: string; core: string } => {
  const core = join(work, "core.img")
  makeGrub("i386-pc", work, core)
  const code = readFileSync("/usr/lib/grub/i386-pc/boot.img")
  const sector = (startMib * MIB) / SECTOR
  code.writeBigUInt64LE(BigInt(sector), BOOT.kernelSector)
  code.writeUInt16LE(NOP_NOP, BOOT.driveCheck)
  const bootCode = join(work, "boot.bin")
  writeFileSync(bootCode, code.subarray(0, BOOT_CODE_BYTES))
  const image = readFileSync(core)
  const sectors = Math.ceil(image.length / SECTOR)
  image.writeBigUInt64LE(BigInt(sector + 1), BOOT.blocklist)
  image.writeUInt16LE(sectors - 1, BOOT.blocklist + 8)
  image.writeUInt16LE(LOAD_SEGMENT, BOOT.blocklist + 10)
  writeFileSync(core, image)
  return { bootCode, core }
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
  run("mke2fs", ...EXT4_OPTIONS, "-L", label, "-d", folder, file, `${sizeMib}M`)
  return file
}

export type BootFiles = {
  /** The first bytes of the disk. */
  readonly bootCode: string
  /** The partition `bios`. */
  readonly core: string
  /** The partition `esp`. */
  readonly esp: string
}

/** What boots the disk besides its root; the same for every disk of this layout. */
export const makeBootFiles = (work: string): BootFiles => {
  mkdirSync(work, { recursive: true })
  const parts = layout()
  const of = (use: "bios" | "esp") =>
    parts.find((each) => each.use === use) ?? { startMib: 0, sizeMib: 0 }
  return { ...makeBiosGrub(work, of("bios").startMib), esp: makeEsp(work, of("esp").sizeMib) }
}

/** `data`: the folders of the data partition. `work`: an empty folder with room for all of it. */
export const makeDisk = (root: string, data: string, work: string, disk: string): void => {
  const boot = makeBootFiles(work)
  const partitions = layout()
  const endMib = Math.max(...partitions.map(({ startMib, sizeMib }) => startMib + sizeMib))
  writeFileSync(disk, "")
  truncateSync(disk, (endMib + 1) * MIB)
  execFileSync("sfdisk", ["--quiet", disk], {
    input: partitionScript("small"),
    stdio: ["pipe", "ignore", "pipe"],
  })
  place(disk, boot.bootCode, 0)
  for (const { use, startMib, sizeMib } of partitions) {
    if (use === "bios") place(disk, boot.core, startMib)
    else if (use === "esp") place(disk, boot.esp, startMib)
    else {
      const folder = use === "root" ? root : data
      place(disk, makeExt4(folder, labelOf(use), sizeMib, join(work, `${use}.ext4`)), startMib)
    }
  }
}
