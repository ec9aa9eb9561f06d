/** Debian on the appliance's disk without the appliance: to start Packer from, and to compare with. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { chroot, FILES, finishRoot, makeBootable, seal } from "./root.ts"

/** What Ansible needs on the machine that it changes. */
export const BASE_PACKAGES = ["python3", "python3-apt"]
const SSH_PORT = "etc/nftables.d/ssh.nft"
const NETWORK = "etc/systemd/network/50-dhcp.network"
/** Debian starts them when they are installed; a bare system would not have them. */
const NOT_BARE = [
  ...["postgresql.service", "ssh.service", "ssh.socket", "nftables.service", "chrony.service"],
  ...["unattended-upgrades.service", "systemd-resolved.service"],
  ...["e2scrub_reap.service", "apt-daily.timer", "apt-daily-upgrade.timer"],
]
const MASKED = ["systemd-firstboot.service", "systemd-networkd-wait-online.service"]

/** The same Debian and kernel as in the image, with nothing that is not needed to log in. */
export const finishBare = (root: string): void => {
  makeBootable(root)
  writeFileSync(join(root, "etc/fstab"), "LABEL=ispvm-root / ext4 defaults,noatime 0 1\n")
  cpSync(join(FILES, NETWORK), join(root, NETWORK))
  chroot(root, "systemctl", "--quiet", "disable", ...NOT_BARE)
  chroot(root, "systemctl", "--quiet", "mask", ...MASKED)
  chroot(root, "systemctl", "--quiet", "enable", "systemd-networkd")
  seal(root)
  writeFileSync(join(root, "etc/hostname"), "bare\n")
}

/** The image without its packages; root logs in with `key`, which the seal removes. */
export const finishBase = (root: string, key: string): void => {
  finishRoot(root, [])
  chroot(root, "systemctl", "--quiet", "enable", "ssh.service")
  // Their program is in the packages; the seal enables them again.
  chroot(root, "systemctl", "--quiet", "disable", "ispvm-console", "ispvm-seed")
  mkdirSync(join(root, "etc/nftables.d"), { recursive: true })
  writeFileSync(join(root, SSH_PORT), "add element inet ispvm tcp_ports { 22 }\n")
  mkdirSync(join(root, "root/.ssh"), { recursive: true, mode: 0o700 })
  writeFileSync(join(root, "root/.ssh/authorized_keys"), `${key.trim()}\n`, { mode: 0o600 })
}
