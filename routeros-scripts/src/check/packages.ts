/**
 * What comes only with an extra package. A router has the main package and whatever an operator has added, so a script for any router of a
 * release may use none of this; the trees were taken from routers that have it all.
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

/** Whether a command is there on a router of that release with these packages besides the main one. */
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
