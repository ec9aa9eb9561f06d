/**
 * Of `npm run test:ansible`: the roles `appliance` and `agent` over SSH on a Debian that has nothing of
 * ours, and the linters of the collection.
 */
import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, type TestContext, test } from "node:test"
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

/** The agent of this machine is added by the role `agent`, as on another machine. */
const APPLIANCE = `---
- name: The appliance
  hosts: all
  roles:
    - role: ispvm.monitor.appliance
      ispvm_appliance_packages: ${work}/packages
      ispvm_appliance_settings:
        LOG_LEVEL: debug
        PUBLIC_BASE_URL: ""
        ISPVM_LOCAL_AGENT: "off"
`
const AGENT = `---
- name: An agent
  hosts: all
  module_defaults:
    ispvm.monitor.agent:
      ca_path: ${work}/root.crt
  roles:
    - role: ispvm.monitor.agent
      ispvm_agent_packages: ${work}/packages
      ispvm_agent_url: https://10.88.0.2:8444
      ispvm_agent_name: pop-1
      ispvm_agent_settings:
        LOG_LEVEL: debug
`
/** Values of a group are text in this format, also where the role expects a number. */
const INVENTORY = `[all]
10.88.0.2 ansible_user=root ansible_ssh_private_key_file=${work}/key ansible_python_interpreter=/usr/bin/python3
[all:vars]
ispvm_appliance_ready_timeout=300
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
    "appliance.yml": APPLIANCE,
    "agent.yml": AGENT,
    inventory: INVENTORY,
    "ansible.cfg": SETTINGS,
  }))
    writeFileSync(join(work, name), text)
  container = await startContainer({
    name: "ans",
    base: [base],
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
/** `environment`: more of it, as `NAME=value`. */
const play = (
  { beside }: Container,
  file: string,
  more: readonly string[],
  environment: readonly string[],
): Recap => {
  const command = ["ansible-playbook", "--inventory", "inventory", file, ...more]
  const bare = ["env", `HOME=${work}`, "LC_ALL=C.UTF-8", ...environment]
  const { stdout, stderr } = beside([...bare, ...command], work)
  const count = (what: string): number =>
    Number(new RegExp(`10\\.88\\.0\\.2 .*\\b${what}=(\\d+)`).exec(stdout)?.[1] ?? Number.NaN)
  return { failed: count("failed"), changed: count("changed"), text: stdout + stderr }
}

type Play = (what: string, file: string, ...more: readonly string[]) => Recap
/** Plays that must not fail, with their figures. */
const playsOf =
  (booted: Container, t: TestContext, environment: readonly string[] = []): Play =>
  (what, file, ...more) => {
    const began = performance.now()
    const recap = play(booted, file, more, environment)
    const took = ((performance.now() - began) / 1_000).toFixed(1)
    t.diagnostic(`${what}: changed=${recap.changed} failed=${recap.failed}, ${took} s`)
    assert.equal(recap.failed, 0, recap.text)
    return recap
  }

/** Twice and in check mode: a role that describes a state changes it once. */
const checkIdempotence = (timed: Play, role: string, file: string): void => {
  const first = timed(`${role}: first run`, file)
  assert.equal(first.changed > 0, true, first.text)
  const second = timed(`${role}: second run`, file)
  assert.equal(second.changed, 0, second.text)
  const checked = timed(`${role}: check mode`, file, "--check")
  assert.equal(checked.changed, 0, checked.text)
}

test(`Ansible: the role installs the appliance once (${testRelease()})`, {
  skip: reason ?? false,
}, async (t) => {
  const booted = await boot()
  await untilSsh(booted)
  const timed = playsOf(booted, t)
  const bare = timed("check mode on a bare machine", "appliance.yml", "--check")
  assert.equal(bare.changed > 0, true, bare.text)
  assert.notEqual(booted.tryRun("test", "-e", "/opt/ispvm").code, 0, "check mode installs nothing")
  checkIdempotence(timed, "appliance", "appliance.yml")
  assert.match(booted.run("cat", "/etc/ispvm/ispvm.conf"), /^LOG_LEVEL=debug$/m)
  const { stdout } = booted.curl("--fail", `${booted.url}/readyz`)
  assert.equal(stdout, '{"ready":true,"missing":[]}')
})

/** A request of the browser's API; the cookie of the set-up is kept. */
const request = ({ curl, url }: Container, path: string, body?: object): string => {
  const jar = join(work, "cookies")
  const { stdout } = curl(
    ...["--cookie", jar, "--cookie-jar", jar, "--header", `origin: ${url}`],
    ...["--header", "content-type: application/json", `${url}/api/v1${path}`],
    ...(body === undefined ? [] : ["--data", JSON.stringify(body)]),
  )
  return stdout
}

test("Ansible: the role enrols an agent once", { skip: reason ?? false }, async (t) => {
  assert.ok(container !== undefined, "the appliance was not installed")
  const { setupCode } = JSON.parse(container.tryRun("ispvm", "status", "--json").stdout)
  const person = { name: "Ada", email: "ada@example.net", password: "a-long-enough-password-7" }
  request(container, "/setup", { setupCode, organisation: "Test ISP", ...person })
  const permissions = ["agents:read", "agents:write", "inventory:read"]
  const { token } = JSON.parse(request(container, "/tokens", { name: "ansible", permissions }))
  copyFileSync(join(container.root, "var/lib/ispvm/pki/root.crt"), join(work, "root.crt"))
  const environment = [`ISPVM_URL=${container.url}`, `ISPVM_API_TOKEN=${token}`]
  checkIdempotence(playsOf(container, t, environment), "agent", "agent.yml")
  assert.match(request(container, "/agents"), /"name":"pop-1"[^{}]*"enrolment":"enrolled"/)
  assert.match(container.run("cat", "/etc/ispvm-agent/agent.conf"), /^LOG_LEVEL=debug$/m)
  container.run("systemctl", "is-active", "--quiet", "ispvm-agent")
  assert.notEqual(container.tryRun("test", "-e", "/etc/ispvm-agent/token").code, 0, "removed")
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
