/** A root over others that are not written to: it is there at once, and keeps its own changes. */
import { execFileSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { join } from "node:path"

export type Overlay = {
  readonly root: string
  /** What a root over this one is made of, the uppermost first. */
  readonly layers: readonly string[]
}

/** `folder`: an empty one for its changes. Unmount it before the folder is removed. */
export const mountOverlay = (folder: string, lower: readonly string[]): Overlay => {
  const [root, upper, scratch] = [
    join(folder, "root"),
    join(folder, "changes"),
    join(folder, "work"),
  ]
  for (const each of [root, upper, scratch]) mkdirSync(each, { mode: 0o755 })
  const options = `lowerdir=${lower.join(":")},upperdir=${upper},workdir=${scratch}`
  execFileSync("mount", ["-t", "overlay", "-o", options, "overlay", root])
  return { root, layers: [upper, ...lower] }
}

export const unmount = (root: string): void => {
  execFileSync("umount", [root])
}
