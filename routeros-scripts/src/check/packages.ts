/**
 * Commands that exist only with an extra package. A script for any router of a release may use none
 * of them; the trees were recorded on routers with all packages.
 */
import { compareReleases } from "./release.ts"

const PACKAGES: Readonly<Record<string, readonly (readonly [path: string, since?: string])[]>> = {
  calea: [["/tool/calea"]],
  container: [["/container"], ["/app"], ["/interface/veth", "7.21"]],
  dude: [["/dude"]],
  gps: [["/system/gps"]],
  iot: [["/iot"], ["/lora"]],
  openflow: [["/openflow"]],
  "rose-storage": [["/disk/btrfs"], ["/file/sync"], ["/file/rsync-daemon"]],
  "tr069-client": [["/tr069-client"]],
  "user-manager": [["/user-manager"]],
  wireless: [["/caps-man"], ["/interface/wireless"]],
}

export const PACKAGE_NAMES = Object.keys(PACKAGES)

/** Whether a command exists on a router of that release with these extra packages. */
export const isThere = (path: string, release: string, packages: ReadonlySet<string>): boolean =>
  !Object.entries(PACKAGES).some(
    ([name, menus]) =>
      !packages.has(name) &&
      menus.some(
        ([menu, since]) =>
          (path === menu || path.startsWith(`${menu}/`)) &&
          (since === undefined || compareReleases(release, since) >= 0),
      ),
  )
