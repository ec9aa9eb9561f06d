/**
 * Of `npm run test:ansible`: the role `appliance` over SSH on a Debian that has nothing of ours, and
 * the linters of the collection.
 */
import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { environment, runsHere, testRelease } from "../config.ts"
import { reasonNotToBuild } from "../package/can-build.ts"
import { packagesInto } from "../package/for-tests.ts"
import { type Container, startContainer } from "./container.ts"
import { ensureRoot, reasonToSkip } from "./root.ts"

const COLLECTION = join(import.meta.dirname, "../../ansible")
const SSH_MS = 60_000
const missing = ["ansible-playbook", "ssh", "ssh-keygen"].filter((program) => !runsHere(program))
const reason =
  reasonToSkip() ??
  reasonNotToBuild() ??
  (missing.length > 0 ? `not installed: ${missing.join(", ")}` : null)

const work = mkdtempSync(join(tmpdir(), "ispvm-role-"))
mkdirSync(join(work, "ansible_collections/ispvm"), { recursive: true })
symlinkSync(COLLECTION, join(work, "ansible_collections/ispvm/monitor"))
let container: Container | undefined
after(async () => {
  await container?.stop()
  rmSync(work, { recursive: true, force: true })
})

const PLAY = `---
- name: The appliance
  hosts: all
  roles:
    - role: ispvm.monitor.appliance
      ispvm_appliance_packages: ${work}/packages
      ispvm_appliance_settings:
        LOG_LEVEL: debug
        PUBLIC_BASE_URL: ""
`
const INVENTORY = `[all]
10.88.0.2 ansible_user=root ansible_ssh_private_key_file=${work}/key ansible_python_interpreter=/usr/bin/python3
`
const SETTINGS = `[defaults]
collections_path = ${work}
host_key_checking = False
local_tmp = ${work}/tmp
[ssh_connection]
pipelining = True
ssh_args = -o ControlMaster=auto -o ControlPersist=60s -o ControlPath=${work}/%%C -o UserKnownHostsFile=/dev/null
`

const boot = async (): Promise<Container> => {
  const more = ["openssh-server", "python3", "python3-apt"]
  const base = ensureRoot(testRelease(), (text) => console.log(text), more)
  packagesInto(join(work, "packages"))
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(work, "key")])
  for (const [name, text] of Object.entries({
    "play.yml": PLAY,
    inventory: INVENTORY,
    "ansible.cfg": SETTINGS,
  }))
    writeFileSync(join(work, name), text)
  container = await startContainer({
    name: "ans",
    base,
    prepare: (root) => {
      mkdirSync(join(root, "root/.ssh"), { recursive: true, mode: 0o700 })
      const key = readFileSync(join(work, "key.pub"), "utf8")
      writeFileSync(join(root, "root/.ssh/authorized_keys"), key, { mode: 0o600 })
    },
  })
  return container
}

const untilSsh = async ({ beside }: Container): Promise<void> => {
  const began = performance.now()
  const probe = ["bash", "-c", "exec 3<>/dev/tcp/10.88.0.2/22 && head --bytes=3 <&3"]
  while (beside(probe, work).stdout !== "SSH") {
    if (performance.now() - began > SSH_MS) throw new Error("no SSH after a minute")
    await delay(200)
  }
}

type Recap = { readonly failed: number; readonly changed: number; readonly text: string }
const play = ({ beside }: Container, ...more: readonly string[]): Recap => {
  const command = ["ansible-playbook", "--inventory", "inventory", "play.yml", ...more]
  const { stdout, stderr } = beside(["env", `HOME=${work}`, "LC_ALL=C.UTF-8", ...command], work)
  const count = (what: string): number =>
    Number(new RegExp(`10\\.88\\.0\\.2 .*\\b${what}=(\\d+)`).exec(stdout)?.[1] ?? Number.NaN)
  return { failed: count("failed"), changed: count("changed"), text: stdout + stderr }
}

test(`Ansible: the role installs the appliance once (${testRelease()})`, {
  skip: reason ?? false,
}, async (t) => {
  const booted = await boot()
  await untilSsh(booted)
  const timed = (what: string, ...more: readonly string[]): Recap => {
    const began = performance.now()
    const recap = play(booted, ...more)
    const took = ((performance.now() - began) / 1_000).toFixed(1)
    t.diagnostic(`${what}: changed=${recap.changed} failed=${recap.failed}, ${took} s`)
    assert.equal(recap.failed, 0, recap.text)
    return recap
  }
  const bare = timed("check mode on a bare machine", "--check")
  assert.equal(bare.changed > 0, true, bare.text)
  assert.notEqual(booted.tryRun("test", "-e", "/opt/ispvm").code, 0, "check mode installs nothing")
  const first = timed("first run")
  assert.equal(first.changed > 0, true, first.text)
  assert.match(booted.run("cat", "/etc/ispvm/ispvm.conf"), /^LOG_LEVEL=debug$/m)
  const { stdout } = booted.curl("--fail", `${booted.url}/readyz`)
  assert.equal(stdout, '{"ready":true,"missing":[]}')
  const second = timed("second run")
  assert.equal(second.changed, 0, second.text)
  const checked = timed("check mode", "--check")
  assert.equal(checked.changed, 0, checked.text)
})

const lint = (program: string, args: readonly string[]): void =>
  void test(`Ansible: ${program} finds nothing`, {
    skip: runsHere(program) ? false : `${program} is not installed`,
  }, () => {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: join(work, "ansible_collections/ispvm/monitor"),
      env: { ...environment(), ANSIBLE_COLLECTIONS_PATH: work, NO_COLOR: "1" },
      encoding: "utf8",
    })
    assert.equal(status, 0, stdout + stderr)
  })
lint("yamllint", ["--strict", "."])
lint("ansible-lint", ["--nocolor", "--offline", "--profile", "production", "-c", ".ansible-lint"])
