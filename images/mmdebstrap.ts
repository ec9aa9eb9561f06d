/** Makes a Debian root, as root. */
import { spawnSync } from "node:child_process"

const ERROR_CHARS = 2_000

/**
 * `args`: those of mmdebstrap. What it mounts in the new root is mounted for it alone: an interrupted
 * run leaves no mount of the machine's own folders behind, which a removal of the root would empty.
 */
export const mmdebstrap = (...args: readonly string[]): void => {
  const { status, stderr } = spawnSync(
    "unshare",
    ["--mount", "--propagation", "private", "mmdebstrap", ...args],
    { encoding: "utf8" },
  )
  if (status !== 0) throw new Error(`mmdebstrap: ${stderr.slice(-ERROR_CHARS)}`)
}
