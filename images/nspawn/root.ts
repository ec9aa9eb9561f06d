/** A Debian root with systemd and Postgres, made once and kept outside the checkout. */
import { execFileSync, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, renameSync } from "node:fs"
import { join } from "node:path"
import { cacheFolder, runsHere } from "../config.ts"
import { mmdebstrap } from "../mmdebstrap.ts"

export type Release = "trixie" | "bookworm"

const SHARED =
  "systemd,systemd-sysv,dbus,udev,libpam-systemd,nftables,iproute2,fping,ca-certificates,curl,procps"
const PACKAGES: Readonly<Record<Release, string>> = {
  trixie: `${SHARED},systemd-resolved,postgresql-17,postgresql-17-timescaledb`,
  bookworm: `${SHARED},systemd-resolved,postgresql-15`,
}
/** Installing Postgres would make a cluster with a password file; the appliance makes its own. */
const NO_CLUSTER =
  'mkdir -p "$1/etc/postgresql-common/createcluster.d" && echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.d/ispvm.conf"'

const PROGRAMS = ["mmdebstrap", "systemd-nspawn", "nsenter", "ip", "unshare", "curl", "dpkg-deb"]

/** What each container's own mounts begin with. */
const MOUNT_CGROUPS =
  "umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup && ip link set lo up"

/** Why containers cannot be booted here; null: they can. */
export const reasonToSkip = (): string | null => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "not root on Linux"
  const missing = PROGRAMS.filter((program) => !runsHere(program))
  if (missing.length > 0) return `not installed: ${missing.join(", ")}`
  const { status, stderr } = spawnSync("unshare", ["--net", "--mount", "sh", "-c", MOUNT_CGROUPS], {
    encoding: "utf8",
  })
  return status === 0 ? null : `no namespaces of our own: ${stderr.trim()}`
}

/** Under its name once it is whole. What another run has put there meanwhile is the same. */
export const keepRoot = (unfinished: string, dir: string): string => {
  if (existsSync(dir))
    execFileSync("rm", ["--recursive", "--force", "--one-file-system", unfinished])
  else renameSync(unfinished, dir)
  return dir
}

/** `more`: further packages. The folder of the root, which is not written to: copy it. Half a minute to two the first time. */
export const ensureRoot = (
  release: Release,
  say: (text: string) => void,
  more: readonly string[] = [],
): string => {
  const packages = [PACKAGES[release], ...more].join(",")
  const recipe = JSON.stringify([release, packages, NO_CLUSTER])
  const id = createHash("sha256").update(recipe).digest("hex").slice(0, 12)
  const dir = join(cacheFolder(), `${release}-${id}`)
  if (existsSync(dir)) return dir
  mkdirSync(cacheFolder(), { recursive: true })
  // Another run may be making the same one.
  const unfinished = `${dir}.new-${process.pid}`
  say(`making a Debian root (${release}), once …`)
  mmdebstrap(
    "--variant=minbase",
    `--essential-hook=${NO_CLUSTER}`,
    `--include=${packages}`,
    release,
    unfinished,
  )
  return keepRoot(unfinished, dir)
}
