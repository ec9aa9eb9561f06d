/** The Ansible collection, run by the installed Ansible against a whole appliance. */
import assert from "node:assert/strict"
import { execFile, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ApiTokenCreated } from "../src/api/tokens.ts"
import { openApp } from "./app-rig.ts"
import { bareEnvironment } from "./config.ts"

export const COLLECTION = join(import.meta.dirname, "../../ansible")
const PASSWORD = "a password for Zeynep"

/** Why it cannot be run here; null: it can. */
export const reasonToSkip = (): string | null =>
  spawnSync("ansible-playbook", ["--version"]).error === undefined
    ? null
    : "ansible-playbook is not installed"

export type AnsibleRun = { readonly code: number; readonly text: string; readonly changed: number }

/** With an agent, a credential for 198.51.100.0/24, and a token in the environment. */
export const openAnsible = async () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-ansible-"))
  mkdirSync(join(folder, "ansible_collections/ispvm"), { recursive: true })
  symlinkSync(COLLECTION, join(folder, "ansible_collections/ispvm/monitor"))
  const rig = await openApp()
  const { admin: cookie } = await rig.claim()
  const post = async (path: string, body: unknown) => {
    const answer = await rig.send(`/api/v1${path}`, { method: "POST", cookie, body })
    assert.equal(answer.status, 201, answer.text)
    return answer.json
  }
  await post("/agents", { name: "pop-1" })
  await post("/credentials", {
    ...{ name: "monitor", username: "m", password: "router-password" },
    allowedNetworks: ["198.51.100.0/24"],
  })
  const { token } = ApiTokenCreated.parse(
    await post("/tokens", {
      name: "test",
      permissions: [
        ...["inventory:read", "inventory:write", "agents:read"],
        ...["credentials:read", "credentials:use", "accounts:read", "accounts:write"],
      ],
    }),
  )
  const env = {
    ...bareEnvironment(),
    HOME: folder,
    LC_ALL: "C.UTF-8",
    ANSIBLE_COLLECTIONS_PATH: folder,
    ANSIBLE_LOCALHOST_WARNING: "false",
    ANSIBLE_PIPELINING: "true",
    PYTHONDONTWRITEBYTECODE: "1",
    ISPVM_URL: rig.app.url,
    ISPVM_API_TOKEN: token,
  }
  const run = (program: string, args: readonly string[]): Promise<AnsibleRun> =>
    new Promise((resolve) => {
      execFile(program, [...args], { cwd: folder, env }, (failure, stdout, stderr) => {
        const text = stdout + stderr
        assert.equal(text.includes(token), false, "the token is in the output")
        const changed = Number(/changed=(\d+)/.exec(text)?.[1] ?? Number.NaN)
        resolve({ code: failure === null ? 0 : Number(failure.code), text, changed })
      })
    })
  const variables = JSON.stringify({ user_password: PASSWORD })
  return {
    folder,
    run,
    play: (file: string, ...more: readonly string[]): Promise<AnsibleRun> =>
      run("ansible-playbook", [
        join(COLLECTION, "test", file),
        ...["--extra-vars", variables],
        ...more,
      ]),
    get: async (path: string): Promise<unknown> =>
      (await rig.send(`/api/v1${path}`, { cookie })).json,
    close: async (): Promise<void> => {
      await rig.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type AnsibleRig = Awaited<ReturnType<typeof openAnsible>>
