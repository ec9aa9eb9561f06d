/** The image's root: Debian, our packages, and the settings in files/. Needs root and mmdebstrap. */
import { execFileSync, spawnSync } from "node:child_process"
import { appendFileSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { mmdebstrap } from "../mmdebstrap.ts"
import { DATA_FOLDERS } from "./layout.ts"

export const FILES = join(import.meta.dirname, "files")
/** Changed by updates of ours alone, which make a backup first. */
const HELD = ["postgresql-17", "postgresql-client-17", "postgresql-17-timescaledb"]
/** The full kernel: the cloud kernel has neither SATA nor the network cards of VMware and bare metal. */
const PACKAGES = [
  // fdisk: the installer partitions with sfdisk.
  "linux-image-amd64 initramfs-tools zstd e2fsprogs fdisk kmod",
  "systemd systemd-sysv systemd-resolved systemd-repart dbus udev libpam-systemd libnss-resolve",
  "postgresql-17 postgresql-17-timescaledb",
  "nftables chrony openssh-server iproute2 iputils-ping fping",
  "ca-certificates curl procps unattended-upgrades less",
].flatMap((line) => line.split(" "))
/** Slow at boot, of no use here, or asking on the console. */
const MASKED = [
  "systemd-firstboot.service",
  "systemd-networkd-wait-online.service",
  "e2scrub_reap.service",
  "e2scrub_all.timer",
  "man-db.timer",
  "postgresql.service",
  // The console shows what the appliance is; nobody can log in there.
  "getty@tty1.service",
]
const ENABLED = [
  "systemd-networkd",
  "systemd-resolved",
  "nftables",
  "chrony",
  "systemd-repart",
  "ispvm-console",
  "ispvm-seed",
]

const EXCLUDED = [
  "/usr/share/man/*",
  "/usr/share/doc/*",
  "/usr/share/locale/*",
  "/usr/share/info/*",
]

export const chroot = (root: string, ...command: readonly string[]): void => {
  const { status, stderr } = spawnSync("chroot", [root, ...command], { encoding: "utf8" })
  if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr.slice(-2_000)}`)
}

/** Debian and its packages, without anything of ours. Takes a minute or two. */
export const makeDebian = (root: string, more: readonly string[] = []): void => {
  const cluster = "etc/postgresql-common/createcluster.d"
  mmdebstrap(
    "--variant=minbase",
    // Documentation and texts in languages that nobody reads here: a tenth of the image.
    ...EXCLUDED.map((path) => `--dpkgopt=path-exclude=${path}`),
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    "--dpkgopt=path-include=/usr/share/doc/apt/examples/*",
    // Before Postgres is installed, or it makes a cluster.
    `--essential-hook=mkdir -p "$1/${cluster}" && cp ${join(FILES, cluster)}/* "$1/${cluster}/"`,
    `--include=${[...PACKAGES, ...more].join(",")}`,
    "trixie",
    root,
  )
}

const GRUB = `set timeout=1
serial --unit=0 --speed=115200
terminal_input console serial
terminal_output console serial
menuentry "ISP Visual Monitor" {
  linux /vmlinuz root=LABEL=ispvm-root ro console=tty0 console=ttyS0,115200
  initrd /initrd.img
}
`

/** Nothing that two machines must not share, and no trace of the build. */
export const seal = (root: string): void => {
  for (const path of ["etc/ssh", "var/log", "var/cache/apt", "var/lib/apt/lists", "root", "tmp"])
    execFileSync("find", [
      join(root, path),
      ...["-mindepth", "1", "-type", "f"],
      ...(path === "etc/ssh" ? ["-name", "ssh_host_*"] : []),
      "-delete",
    ])
  // A key that everybody would have; nothing of ours uses it.
  for (const path of ["private/ssl-cert-snakeoil.key", "certs/ssl-cert-snakeoil.pem"])
    rmSync(join(root, "etc/ssl", path), { force: true })
  // And the links to the certificate.
  const links = ["-lname", "*ssl-cert-snakeoil*", "-delete"]
  execFileSync("find", [join(root, "etc/ssl/certs"), ...links])
  for (const path of ["var/lib/dbus/machine-id", "var/lib/systemd/random-seed", "etc/hostname"])
    rmSync(join(root, path), { force: true })
  // Systemd fills it in at the first boot, and knows by that word that it is the first.
  writeFileSync(join(root, "etc/machine-id"), "uninitialized\n")
}

/** Debian's own list of its archive: the machine that builds may use a mirror of its own. */
const useDebianArchive = (root: string): void => {
  rmSync(join(root, "etc/apt/sources.list"), { force: true })
  cpSync(
    join(root, "usr/share/doc/apt/examples/debian.sources"),
    join(root, "etc/apt/sources.list.d/debian.sources"),
  )
}

/** What any of our disks needs to start: folders to mount on, boot menu, names. */
export const makeBootable = (root: string): void => {
  for (const folder of ["boot/efi", "boot/grub", "var/lib/ispvm-data"])
    mkdirSync(join(root, folder), { recursive: true })
  for (const name of DATA_FOLDERS) mkdirSync(join(root, "var/lib", name), { recursive: true })
  writeFileSync(join(root, "boot/grub/grub.cfg"), GRUB)
  writeFileSync(join(root, "etc/hosts"), "127.0.0.1 localhost\n127.0.1.1 ispvm\n::1 localhost\n")
  rmSync(join(root, "etc/resolv.conf"), { force: true })
  symlinkSync("/run/systemd/resolve/stub-resolv.conf", join(root, "etc/resolv.conf"))
}

const installPackages = (root: string, packages: readonly string[]): void => {
  const inside = join(root, "var/tmp/ispvm")
  mkdirSync(inside, { recursive: true })
  for (const file of packages) cpSync(file, join(inside, basename(file)))
  chroot(root, "sh", "-c", "dpkg --install /var/tmp/ispvm/*.deb")
  rmSync(inside, { recursive: true })
}

/** Installs the packages in a root made by `makeDebian`, and settles all of its settings. */
export const finishRoot = (root: string, packages: readonly string[]): void => {
  if (packages.length > 0) installPackages(root, packages)
  cpSync(FILES, root, { recursive: true })
  makeBootable(root)
  appendFileSync(join(root, "etc/issue"), "ISP Visual Monitor \\4 \\6\n\n")
  chroot(root, "apt-mark", "hold", ...HELD)
  chroot(root, "systemctl", "--quiet", "enable", ...ENABLED)
  chroot(root, "systemctl", "--quiet", "mask", ...MASKED)
  // SSH has to be given a key first.
  chroot(root, "systemctl", "--quiet", "disable", "ssh.service", "ssh.socket")
  // Nobody logs in with a password, also not at the console.
  chroot(root, "passwd", "--quiet", "--lock", "root")
  seal(root)
  useDebianArchive(root)
  writeFileSync(join(root, "etc/hostname"), "ispvm\n")
}
