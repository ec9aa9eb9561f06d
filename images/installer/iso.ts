/**
 * The installation medium: boots by BIOS and UEFI into the appliance's own system, read-only, with
 * one unit more: the installer. It copies that system to a disk.
 *
 *   live/filesystem.squashfs   the root, as it will be on the disk
 *   live/installer.squashfs    laid over it: installer, its units, and what boots the disk
 *   live/vmlinuz, initrd.img   the same kernel, with live-boot in its initial RAM disk
 */
import { type ExecFileSyncOptions, execFileSync } from "node:child_process"
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { basename, join } from "node:path"
import { type BootFiles, makeBootFiles } from "../disk/disk.ts"
import { mmdebstrap } from "../mmdebstrap.ts"

const QUIET: ExecFileSyncOptions = { stdio: ["ignore", "ignore", "pipe"] }
const HOME = "usr/lib/ispvm-installer"
const VOLUME = "ISPVM"
/** `fstab=no`: the live system has none of the disk's partitions, and would wait for them. */
const COMMAND_LINE =
  "boot=live fstab=no systemd.unit=ispvm-install.target systemd.firstboot=off systemd.show_status=no loglevel=4"
const GRUB = `set timeout=5
insmod all_video
serial --unit=0 --speed=115200
terminal_input console serial
terminal_output console serial
menuentry "Install ISP Visual Monitor" {
  linux /live/vmlinuz ${COMMAND_LINE} console=tty0 console=ttyS0,115200
  initrd /live/initrd.img
}
`
const LIVE_PACKAGES =
  "linux-image-amd64,initramfs-tools,live-boot,live-boot-initramfs-tools,busybox,zstd,kmod,udev"

export type LiveBoot = { readonly kernel: string; readonly initrd: string }

const kernelVersionOf = (root: string): string => readdirSync(join(root, "lib/modules"))[0] ?? ""

/** Kernel and initial RAM disk for the medium, in `folder`; made there if they are not of this kernel. */
export const makeLiveBoot = (root: string, work: string, folder: string): LiveBoot => {
  const version = kernelVersionOf(root)
  const files = {
    kernel: join(folder, `vmlinuz-${version}`),
    initrd: join(folder, `initrd-${version}`),
  }
  if (existsSync(files.kernel) && existsSync(files.initrd)) return files
  const live = join(work, "live-debian")
  mmdebstrap("--variant=minbase", `--include=${LIVE_PACKAGES}`, "trixie", live)
  if (kernelVersionOf(live) !== version)
    throw new Error(`the root has kernel ${version}, the archive ${kernelVersionOf(live)}`)
  mkdirSync(folder, { recursive: true })
  cpSync(join(live, `boot/vmlinuz-${version}`), files.kernel)
  cpSync(join(live, `boot/initrd.img-${version}`), files.initrd)
  execFileSync("rm", ["-r", live])
  return files
}

const squash = (folder: string, file: string): void => {
  execFileSync(
    "mksquashfs",
    [folder, file, "-comp", "zstd", "-noappend", "-quiet", "-no-progress"],
    QUIET,
  )
}

/** The sources run as they are: Node runs TypeScript. */
const copyPrograms = (layer: string): void => {
  const images = join(import.meta.dirname, "..")
  const programs = [
    ...globSync(join(images, "installer/*.ts")).filter(
      (file) => !/(?:\.test|-check|iso)\.ts$/.test(file),
    ),
    join(images, "disk/layout.ts"),
  ]
  for (const file of programs) cpSync(file, join(layer, HOME, file.slice(images.length)))
  writeFileSync(join(layer, HOME, "package.json"), '{ "type": "module" }\n')
  // The installer's only module from outside.
  symlinkSync("/opt/ispvm/current/node_modules", join(layer, HOME, "node_modules"))
}

const makeLayer = (layer: string, boot: BootFiles): void => {
  cpSync(join(import.meta.dirname, "files"), layer, { recursive: true })
  copyPrograms(layer)
  mkdirSync(join(layer, HOME, "boot"))
  for (const file of [boot.bootCode, boot.core, boot.esp])
    execFileSync("cp", ["--sparse=always", file, join(layer, HOME, "boot", basename(file))])
}

/** `work`: an empty folder with room for twice the result. */
export const makeIso = (root: string, live: LiveBoot, work: string, file: string): string => {
  const medium = join(work, "medium")
  const layer = join(work, "layer")
  mkdirSync(join(medium, "live"), { recursive: true })
  mkdirSync(join(medium, "boot/grub"), { recursive: true })
  makeLayer(layer, makeBootFiles(join(work, "boot")))
  squash(root, join(medium, "live/filesystem.squashfs"))
  squash(layer, join(medium, "live/installer.squashfs"))
  cpSync(live.kernel, join(medium, "live/vmlinuz"))
  cpSync(live.initrd, join(medium, "live/initrd.img"))
  writeFileSync(join(medium, "boot/grub/grub.cfg"), GRUB)
  execFileSync("grub-mkrescue", ["-o", file, medium, "--", "-volid", VOLUME], QUIET)
  return file
}
