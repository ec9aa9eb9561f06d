/**
 * Of `npm run test:ansible`: the role `router` against a simulated router, through
 * `community.routeros` and a terminal over SSH. The router fetches its script from the appliance.
 */
import assert from "node:assert/strict"
import { execFile, spawnSync } from "node:child_process"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, test } from "node:test"
import { environment } from "../config.ts"
import { consoleOf } from "./console.ts"
import { type Demo, startDemo, tempDataDir } from "./demo-process.ts"
import { type Operator, operatorAt } from "./operator.ts"
import { type RouterSsh, startRouterSsh } from "./router-ssh.ts"
import { record, rows, textOf } from "./rows.ts"

const ROUTER = "kon-core-1"
const LOGIN = { user: "admin", password: "console-of-the-lab" }
const COLLECTION = join(import.meta.dirname, "../../ansible")
/** Of the Python that Ansible runs on. */
const NEEDED = ["community.routeros.command", "ansible.netcommon.network_cli"] as const

const reasonToSkip = (): string | false => {
  const listed = spawnSync("ansible-doc", ["--type", "module", "--list", "community.routeros"], {
    encoding: "utf8",
  })
  if (listed.error !== undefined) return "ansible is not installed"
  if (!listed.stdout.includes(NEEDED[0])) return "the collection community.routeros is missing"
  const paramiko = spawnSync("/usr/bin/python3", ["-c", "import paramiko"])
  return paramiko.status === 0 ? false : "python3-paramiko is not installed"
}

let demo: Demo
let operator: Operator
let ssh: RouterSsh
let work: string

type Run = { readonly code: number; readonly text: string; readonly recap: string }

const play = (...more: readonly string[]): Promise<Run> =>
  new Promise((resolve) => {
    const env = {
      ...environment(),
      HOME: work,
      LC_ALL: "C.UTF-8",
      ANSIBLE_CONFIG: join(work, "ansible.cfg"),
      ISPVM_URL: demo.url,
    }
    const args = ["--inventory", join(work, "inventory.yml"), join(work, "play.yml"), ...more]
    execFile("ansible-playbook", args, { cwd: work, env }, (failure, stdout, stderr) => {
      const text = stdout + stderr
      const recap = /\bok=\d+ +changed=\d+.*/.exec(text)?.[0] ?? ""
      resolve({ code: failure === null ? 0 : Number(failure.code), text, recap })
    })
  })

const writePlay = (token: string, configuration: object): void => {
  work = tempDataDir("router-role")
  mkdirSync(join(work, "collections/ansible_collections/ispvm"), { recursive: true })
  symlinkSync(COLLECTION, join(work, "collections/ansible_collections/ispvm/monitor"))
  const collections = `${work}/collections:/usr/lib/python3/dist-packages`
  writeFileSync(
    join(work, "ansible.cfg"),
    `[defaults]\ncollections_path = ${collections}\nhost_key_checking = False\n[paramiko_connection]\nhost_key_auto_add = True\n`,
  )
  const host = {
    ansible_host: "127.0.0.1",
    ansible_port: ssh.port,
    ansible_user: `${LOGIN.user}+cet4096w`,
    ansible_password: LOGIN.password,
    ansible_connection: "ansible.netcommon.network_cli",
    ansible_network_os: "community.routeros.routeros",
    ansible_network_cli_ssh_type: "paramiko",
  }
  // JSON is YAML.
  writeFileSync(join(work, "inventory.yml"), JSON.stringify({ all: { hosts: { [ROUTER]: host } } }))
  const task = {
    hosts: "all",
    gather_facts: false,
    environment: { ISPVM_API_TOKEN: token },
    roles: [{ role: "ispvm.monitor.router", ispvm_router_configuration: configuration }],
  }
  writeFileSync(join(work, "play.yml"), JSON.stringify([task]))
}

const idOf = async (name: string): Promise<string> => {
  const { devices } = await operator.get("/topology")
  return textOf(
    rows(devices).find((device) => device.name === name),
    "id",
  )
}

describe("Ansible: the role router", { skip: reasonToSkip() }, () => {
  before(async () => {
    demo = await startDemo({ dataDir: tempDataDir("router-role") })
    operator = await operatorAt(demo.url, demo.email, demo.password)
    const atConsole = consoleOf(demo.dataDir)
    ssh = await startRouterSsh(ROUTER, LOGIN, (line) => atConsole("console", ROUTER, line))
    const { token } = await operator.send("POST", "/tokens", {
      name: "router",
      permissions: ["inventory:read", "inventory:write"],
    })
    const connected = record(await operator.get(`/devices/${await idOf("sam-agg-1")}/companion`))
    writePlay(String(token), {
      profile: "core",
      applianceHost: record(connected.desired).applianceHost,
      agentAddresses: [demo.mode === "namespace" ? "10.0.0.0/8" : "127.0.0.0/8"],
      netwatch: [],
    })
  })
  after(async () => {
    await ssh?.close()
    operator?.close()
    await demo?.stop()
  })

  test("check mode types nothing on the router", async (t) => {
    const { code, text, recap } = await play("--check")
    assert.equal(code, 0, text)
    t.diagnostic(recap)
    assert.doesNotMatch(ssh.typed.join("\n"), /fetch/)
  })

  test("the router fetches and runs its script; a second run changes nothing", async (t) => {
    const first = await play()
    t.diagnostic(first.recap)
    assert.equal(first.code, 0, first.text)
    const fetched = ssh.typed.filter((line) => line.includes("/tool fetch"))
    assert.equal(fetched.length, 1)
    t.diagnostic(`the command has ${fetched[0]?.length} characters`)
    assert.ok(!first.text.includes(fetched[0] ?? "-"), "the command is not shown")
    const { hello } = await operator.get(`/devices/${await idOf(ROUTER)}/companion`)
    assert.deepEqual(record(hello).failed, [])
    const second = await play()
    t.diagnostic(second.recap)
    assert.equal(second.code, 0, second.text)
    assert.match(second.recap, /changed=0/)
  })
})
