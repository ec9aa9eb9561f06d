/** The image's system in a container: all of it but boot loader and partitions. */
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { cacheFolder } from "../config.ts"
import { DATA_FOLDERS } from "../disk/layout.ts"
import { chroot, finishRoot, makeDebian } from "../disk/root.ts"
import { mountOverlay, type Overlay } from "./overlay.ts"
import { keepRoot } from "./root.ts"

/** Without anything of ours; made once, and shared with the checks of the image. */
const debian = (say: (text: string) => void): string => {
  const folder = join(cacheFolder(), "image-trixie")
  if (existsSync(folder)) return folder
  say("making the image's Debian, once …")
  // Another run may be making the same one.
  const unfinished = `${folder}.new-${process.pid}`
  makeDebian(unfinished)
  return keepRoot(unfinished, folder)
}

/** `packages`: files of the packages to install. `folder`: an empty one for what they change. */
export const mountImageRoot = (
  folder: string,
  packages: readonly string[],
  say: (text: string) => void,
): Overlay => {
  const overlay = mountOverlay(folder, [debian(say)])
  const { root } = overlay
  finishRoot(root, packages)
  // A container's root is mounted already.
  writeFileSync(join(root, "etc/fstab"), "")
  // On a disk they are folders of the data partition.
  for (const name of DATA_FOLDERS) {
    chroot(root, "chown", `${name}:${name}`, `/var/lib/${name}`)
    chroot(root, "chmod", "0700", `/var/lib/${name}`)
  }
  return overlay
}
