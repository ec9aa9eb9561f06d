/** What a factory reset removes, on an image and on a server of the provider. */
import assert from "node:assert/strict"
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { test } from "node:test"
import { isResetUnfinished, removeData } from "./factory-reset.ts"

const DATA = [
  "var/lib/ispvm/master.key",
  "var/lib/ispvm/pki/root.key",
  "var/lib/ispvm-database/cluster/PG_VERSION",
  "var/lib/ispvm-agent/identity.json",
  "var/lib/ispvm-seed/state.json",
  "etc/ispvm-agent/token",
]
const MACHINE = [
  "etc/systemd/network/20-ispvm-0.network",
  "root/.ssh/authorized_keys",
  "etc/nftables.d/ssh.nft",
  "etc/ssh/ssh_host_ed25519_key",
  "var/log/journal/abc/system.journal",
]
const KEPT = ["etc/systemd/network/50-dhcp.network", "etc/ispvm/ispvm.conf", "etc/ssh/sshd_config"]

const withRoot = (isImage: boolean, check: (root: string) => void): void => {
  const root = mkdtempSync(join(tmpdir(), "ispvm-reset-"))
  try {
    const image = isImage ? ["etc/systemd/system/ispvm-seed.service"] : []
    for (const path of [...DATA, ...MACHINE, ...KEPT, ...image, "etc/machine-id"]) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), "x\n")
    }
    check(root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
const present = (root: string, paths: readonly string[]): readonly string[] =>
  paths.filter((path) => globSync(join(root, path)).length > 0)

test("an image loses data, settings and identity, and takes the next boot for its first", () => {
  withRoot(true, (root) => {
    removeData(root)
    assert.deepEqual(present(root, [...DATA, ...MACHINE]), [])
    assert.deepEqual(present(root, KEPT), KEPT)
    assert.deepEqual(present(root, ["var/lib/ispvm", "var/lib/ispvm-database"]).length, 2, "mounts")
    assert.equal(readFileSync(join(root, "etc/machine-id"), "utf8"), "uninitialized\n")
    assert.equal(isResetUnfinished(root), false)
  })
})

test("a server of the provider keeps its network, its SSH and its name", () => {
  withRoot(false, (root) => {
    removeData(root)
    assert.deepEqual(present(root, DATA), [])
    assert.deepEqual(present(root, [...MACHINE, ...KEPT]), [...MACHINE, ...KEPT])
    assert.equal(readFileSync(join(root, "etc/machine-id"), "utf8"), "x\n")
  })
})

test("a reset that was cut off is known, and done by another run", () => {
  withRoot(true, (root) => {
    writeFileSync(join(root, "var/lib/ispvm-reset"), "")
    assert.equal(isResetUnfinished(root), true)
    removeData(root)
    removeData(root)
    assert.equal(isResetUnfinished(root), false)
  })
})
