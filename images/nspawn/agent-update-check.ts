/**
 * Updates of agents by the appliance, on a Debian booted by its own systemd: the agent is put back
 * to the release before, as one elsewhere that has not been updated yet, and is then offered the
 * appliance's. `npm run test:nspawn -- --full`.
 */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { reasonNotToBuild } from "../package/can-build.ts"
import { packagesInto } from "../package/for-tests.ts"
import { ensureRoot, reasonToSkip } from "./root.ts"
import { builtVersion, type Derived, deriveBundle } from "./update-bundles.ts"
import { isActive, type Rig, seconds, startRig, until } from "./update-rig.ts"

const NEXT = "0.2.0"
/** To fetch, install, and be given a minute to show that it works. */
const UPDATE_MS = 400_000
const PUBLISHED = "/var/lib/ispvm-update/agent"
const reason = reasonToSkip() ?? reasonNotToBuild()
if (reason !== null) console.log(`no agent was updated in a container: ${reason}`)

type Made = {
  readonly rig: Rig
  readonly derived: Derived
  readonly work: string
  readonly first: string
}
let made: Promise<Made> | undefined
const make = async (): Promise<Made> => {
  const work = mkdtempSync(join(tmpdir(), "ispvm-agents-"))
  const built = join(work, "built")
  packagesInto(built)
  const packages = readdirSync(built)
    .filter((name) => name.endsWith("_amd64.deb"))
    .map((name) => join(built, name))
  const rig = await startRig(
    ensureRoot("trixie", (text) => console.log(text)),
    packages,
    work,
  )
  return { rig, derived: { built, work, key: rig.key }, work, first: builtVersion(built) }
}
const it = (name: string, run: (made: Made, t: TestContext) => Promise<void>): void =>
  void test(`agents: ${name}`, { skip: reason ?? false }, async (t) => {
    made ??= make()
    await run(await made, t)
  })
after(async () => {
  const ready = await made?.catch(() => undefined)
  await ready?.rig.container.stop()
  if (ready !== undefined) rmSync(ready.work, { recursive: true, force: true })
})

type Shown = {
  readonly items: readonly {
    readonly id: string
    readonly version: string
    readonly status: string
    readonly update: { readonly state: string; readonly reason: string | null } | null
  }[]
}
const agentOf = ({ api }: Rig) => {
  const [agent] = (api("/agents") as Shown).items
  assert.ok(agent)
  return agent
}
/** As an agent that has not been updated yet. */
const putBack = ({ container }: Rig, version: string): void => {
  container.run("ln", "-sfn", `releases/${version}`, "/opt/ispvm-agent/.current.test")
  container.run("mv", "-fT", "/opt/ispvm-agent/.current.test", "/opt/ispvm-agent/current")
  container.run("systemctl", "restart", "ispvm-agent")
}
const journal = ({ container }: Rig): string =>
  container.run("journalctl", "--no-pager", "--output=cat", "--unit=ispvm-agent-update")

it("an update of the appliance leaves the agent's package for agents elsewhere", async (all) => {
  const { rig, derived } = all
  const bundle = rig.bring(await deriveBundle(derived, NEXT))
  const { code, stderr } = await rig.runLong("ispvm", "update", bundle, "--ignore-clock")
  assert.equal(code, 0, stderr)
  assert.deepEqual(readdirSync(rig.container.pathOf(PUBLISHED)).sort(), [
    `ispvm-agent_${NEXT}_amd64.deb`,
    "manifest.json",
    "manifest.sig",
  ])
  await until("the agent", () => agentOf(rig).version === NEXT)
  // The appliance looks for a release of agents every ten seconds.
  await until("the release", () => agentOf(rig).update?.state === "current")
})

it("a release whose agent says nothing is given up: the release before runs and collects", async (all, t) => {
  const { rig, derived, first, work } = all
  const faulty = await deriveBundle(derived, NEXT, "agent-silent")
  const unpacked = join(work, "faulty")
  execFileSync("mkdir", [unpacked])
  execFileSync("tar", ["--extract", `--file=${faulty}`, `--directory=${unpacked}`])
  rig.container.run("cp", "-a", PUBLISHED, `${PUBLISHED}.good`)
  const published = rig.container.pathOf(PUBLISHED)
  for (const name of ["manifest.json", "manifest.sig", `ispvm-agent_${NEXT}_amd64.deb`])
    execFileSync("cp", [join(unpacked, name), join(published, name)])
  const began = performance.now()
  putBack(rig, first)
  await until("the failure", () => agentOf(rig).update?.state === "failed", UPDATE_MS)
  t.diagnostic(`given up after ${seconds(performance.now() - began)}`)
  assert.equal(agentOf(rig).update?.reason, "no-heartbeat", journal(rig))
  assert.equal(rig.current("ispvm-agent"), first)
  await until("the agent", () => agentOf(rig).status === "ok" && agentOf(rig).version === first)
  assert.equal(rig.container.tryRun("test", "-e", "/opt/ispvm-agent/untested").code, 1)
})

it("asked again, with a release that works, the agent is updated", async ({ rig, first }, t) => {
  rig.container.run("rm", "-r", PUBLISHED)
  rig.container.run("mv", `${PUBLISHED}.good`, PUBLISHED)
  const { id, update } = agentOf(rig)
  assert.equal(update?.state, "failed")
  const began = performance.now()
  rig.api(`/agents/${id}/update`, {})
  await until("the update", () => agentOf(rig).version === NEXT, UPDATE_MS)
  await until(
    "its proof",
    () => rig.container.tryRun("test", "-e", "/opt/ispvm-agent/untested").code === 1,
  )
  t.diagnostic(`updated after ${seconds(performance.now() - began)}`)
  assert.equal(rig.current("ispvm-agent"), NEXT)
  assert.equal(agentOf(rig).update?.state, "current")
  const releases = rig.container.run("ls", "/opt/ispvm-agent/releases").trim().split("\n")
  assert.deepEqual(releases.sort(), [NEXT, first].sort())
})

it("an update that is killed is undone, by its unit and at boot", async ({ rig, first }) => {
  const { container } = rig
  // As the program leaves it between the switch and the proof.
  container.run("ln", "-sfn", `releases/${first}`, "/opt/ispvm-agent/untested")
  container.run("systemctl", "start", "ispvm-agent-recover")
  assert.equal(rig.current("ispvm-agent"), first)
  assert.equal(container.tryRun("test", "-e", "/opt/ispvm-agent/untested").code, 1)
  container.run("systemctl", "restart", "ispvm-agent")
  await until("the update", () => agentOf(rig).version === NEXT, UPDATE_MS)
  await until("the agent", () => isActive(container, "ispvm-agent"))
})

it("what is not signed by a trusted key is not installed", async ({ rig, first }) => {
  const { container } = rig
  container.run("mv", "/etc/ispvm-agent/trust.d/test.pem", "/root/test.pem")
  putBack(rig, first)
  await until("the failure", () => agentOf(rig).update?.state === "failed", UPDATE_MS)
  assert.equal(agentOf(rig).update?.reason, "foreign-key", journal(rig))
  assert.equal(rig.current("ispvm-agent"), first)
})
