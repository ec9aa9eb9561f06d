/** Writes the appliance to a disk. Everything on it is gone afterwards. */
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import {
  DATA_FOLDERS,
  EXT4_OPTIONS,
  labelOf,
  layout,
  type Partition,
  partitionScript,
} from "../disk/layout.ts"

const ROOT_IMAGE = "/run/live/medium/live/filesystem.squashfs"
const BOOT_FILES = "/usr/lib/ispvm-installer/boot"
const WORK = "/run/ispvm-install"

const run = (command: string, ...args: readonly string[]): void => {
  execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] })
}

/** `sda1`, `nvme0n1p1`. */
export const partitionPath = (disk: string, number: number): string =>
  `${disk}${/\d$/.test(disk) ? "p" : ""}${number}`

const placeFile = (file: string, device: string): void =>
  run("dd", `if=${join(BOOT_FILES, file)}`, `of=${device}`, "bs=1M", "conv=notrunc", "status=none")

const mountNew = (device: string, label: string): string => {
  run("mke2fs", ...EXT4_OPTIONS, "-L", label, device)
  const folder = join(WORK, label)
  mkdirSync(folder, { recursive: true })
  run("mount", "-t", "ext4", device, folder)
  return folder
}

/** The system as it is on the medium: what the running one has changed stays behind. */
const copySystem = (target: string): void => {
  const source = join(WORK, "system")
  mkdirSync(source, { recursive: true })
  run("mount", "-t", "squashfs", "-o", "loop,ro", ROOT_IMAGE, source)
  run("cp", "--archive", `${source}/.`, target)
  run("umount", source)
}

const makeDataFolders = (data: string, system: string): void => {
  const users = readFileSync(join(system, "etc/passwd"), "utf8").split("\n")
  for (const name of DATA_FOLDERS) {
    const [, , uid = "0", gid = "0"] =
      users.find((line) => line.startsWith(`${name}:`))?.split(":") ?? []
    mkdirSync(join(data, name), { mode: 0o700 })
    run("chown", `${uid}:${gid}`, join(data, name))
  }
}

export const writeDisk = (disk: string, say: (step: string) => void): void => {
  const pathOf = (use: Partition["use"]): string =>
    partitionPath(disk, layout().find((each) => each.use === use)?.number ?? 0)
  say("partitions")
  run("wipefs", "--all", "--force", disk)
  execFileSync("sfdisk", ["--quiet", "--wipe=always", "--wipe-partitions=always", disk], {
    input: partitionScript("rest"),
    stdio: ["pipe", "ignore", "pipe"],
  })
  run("udevadm", "settle")
  placeFile("boot.bin", disk)
  placeFile("core.img", pathOf("bios"))
  placeFile("esp.fat", pathOf("esp"))
  const system = mountNew(pathOf("root"), labelOf("root"))
  const data = mountNew(pathOf("data"), labelOf("data"))
  say("system")
  copySystem(system)
  say("data")
  makeDataFolders(data, system)
  for (const folder of [system, data]) run("umount", folder)
  run("sync")
}
