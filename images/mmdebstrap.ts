/** Makes a Debian root, as root. */
import { spawnSync } from "node:child_process"

const ERROR_CHARS = 2_000
/** A usual machine needs half a minute to two, a busy one ten. An archive that answers nothing ends it. */
const LIMIT_MS = 15 * 60_000

/** A root that is not whole is made again: dpkg need not wait for the disk. Not for the root's later life. */
const FAST = [
  "--dpkgopt=force-unsafe-io",
  '--customize-hook=sed -i /force-unsafe-io/d "$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap"',
  '--customize-hook=find "$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap" -empty -delete',
]

/**
 * `args`: those of mmdebstrap. What it mounts in the new root is mounted for it alone: an interrupted
 * run leaves no mount of the machine's own folders behind, which a removal of the root would empty.
 * With the first process of its namespace, all that it started ends.
 */
export const mmdebstrap = (...args: readonly string[]): void => {
  const { status, stderr, error } = spawnSync(
    "unshare",
    [
      ...["--mount", "--propagation", "private", "--mount-proc"],
      ...["--pid", "--fork", "--kill-child", "mmdebstrap", ...FAST, ...args],
    ],
    { encoding: "utf8", timeout: LIMIT_MS, killSignal: "SIGKILL" },
  )
  if (status === 0) return
  const why = error === undefined ? "" : ` (${error.message})`
  throw new Error(`mmdebstrap${why}: ${stderr.slice(-ERROR_CHARS)}`)
}
