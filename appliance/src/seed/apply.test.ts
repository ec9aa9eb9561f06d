/** A seed on a system's files: what is written, when it is applied again, and what fails alone. */
import assert from "node:assert/strict"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { applySeed } from "./apply.ts"
import { readSeedProblems } from "./problems.ts"
import { readSeedFolder } from "./sources.ts"

const KEY = `ssh-ed25519 ${"A".repeat(68)} ada@example.net`
const HASH = `scrypt$32768$8$3$${"a".repeat(22)}$${"b".repeat(43)}`
const SEED = `#cloud-config
hostname: noc7
ssh_authorized_keys: ["${KEY}"]
ispvm:
  network:
    - {interface: ens18, addresses: [192.0.2.10/24], gateways: [192.0.2.1]}
    - {interface: "bc:24:11:00:00:02"}
  ntp: [192.0.2.123]
  organisation: Example ISP
  administrator: {name: Ada, email: ada@example.net, password_hash: "${HASH}"}
`

const withSystem = (
  check: (system: {
    readonly root: string
    readonly apply: (text: string | null, failing?: string) => ReturnType<typeof applySeed>
    readonly commands: string[]
    readonly text: (path: string) => string
  }) => void,
): void => {
  const root = mkdtempSync(join(tmpdir(), "ispvm-system-"))
  const commands: string[] = []
  const folder = join(root, "seed")
  mkdirSync(folder)
  try {
    check({
      root,
      commands,
      apply: (text, failing) => {
        if (text !== null) writeFileSync(join(folder, "user-data"), text)
        const found = text === null ? null : readSeedFolder(folder, "test")
        return applySeed(found, root, (...command) => {
          if (command[0] === failing) throw new Error(`${failing}: not found`)
          commands.push(command.join(" "))
        })
      },
      text: (path) => readFileSync(join(root, path), "utf8"),
    })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

test("files of Debian's services, and a claim that only the appliance reads", () => {
  withSystem(({ root, apply, commands, text }) => {
    assert.equal(apply(SEED).result, "applied")
    assert.equal(text("etc/hostname"), "noc7\n")
    assert.match(text("etc/hosts"), /^127\.0\.1\.1 noc7$/m)
    const network = text("etc/systemd/network/20-ispvm-0.network")
    for (const line of ["Name=ens18", "DHCP=no", "Address=192.0.2.10/24", "Gateway=192.0.2.1"])
      assert.ok(network.split("\n").includes(line), network)
    const second = text("etc/systemd/network/20-ispvm-1.network")
    assert.match(second, /^MACAddress=bc:24:11:00:00:02$/m)
    assert.match(second, /^DHCP=yes$/m)
    assert.match(text("etc/chrony/sources.d/ispvm.sources"), /^server 192\.0\.2\.123 iburst$/m)
    assert.equal(text("root/.ssh/authorized_keys"), `${KEY}\n`)
    assert.match(text("etc/nftables.d/ssh.nft"), /tcp_ports \{ 22 \}/)
    const claim = join(root, "var/lib/ispvm/claim.json")
    assert.equal(statSync(claim).mode & 0o777, 0o600)
    assert.equal(JSON.parse(readFileSync(claim, "utf8")).administrator.passwordHash, HASH)
    assert.deepEqual(commands, [
      "hostname noc7",
      "systemctl enable ssh.service",
      "systemctl --no-block start ssh.service",
    ])
    assert.deepEqual(readSeedProblems(join(root, "var/lib/ispvm")), [])
  })
})

test("it is applied again only when it has changed, and old interfaces go", () => {
  withSystem(({ root, apply, text }) => {
    apply(SEED)
    writeFileSync(join(root, "etc/hostname"), "renamed\n")
    assert.equal(apply(SEED).result, "unchanged")
    assert.equal(text("etc/hostname"), "renamed\n", "a later setting is kept")
    apply(SEED.replace(/\n {4}- \{interface: "bc.*/, ""))
    assert.equal(text("etc/hostname"), "noc7\n")
    assert.deepEqual(readdirSync(join(root, "etc/systemd/network")), ["20-ispvm-0.network"])
  })
})

test("mistakes are kept for the page until a seed has none or there is none", () => {
  withSystem(({ root, apply }) => {
    const problems = () => readSeedProblems(join(root, "var/lib/ispvm")).map(({ key }) => key)
    const wrong = SEED.replace("192.0.2.10/24", "192.0.2.300/24").replace("  ntp", "  nttp")
    apply(wrong)
    const expected = ["network[0].addresses[0]", "nttp"]
    assert.deepEqual(problems(), expected)
    assert.equal(apply(wrong).result, "unchanged")
    assert.deepEqual(problems(), expected)
    assert.equal(apply(null).result, "none")
    assert.deepEqual(problems(), [])
  })
})

test("a step that fails is named, the others are done, and it is tried again", () => {
  withSystem(({ root, apply, text }) => {
    const { problems } = apply(SEED, "systemctl")
    assert.deepEqual(problems, [
      {
        key: "ssh_authorized_keys",
        fault: "not-applied",
        detail: "systemctl: not found",
      },
    ])
    assert.equal(text("etc/hostname"), "noc7\n")
    assert.equal(apply(SEED).result, "applied")
    assert.equal(existsSync(join(root, "var/lib/ispvm/seed-problems.json")), false)
  })
})
