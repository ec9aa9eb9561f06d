/**
 * Agents on two machines of their own, updated by the appliance: one after the other, and where the
 * first one gives a release up, it goes back by itself and the other one is never offered it. Of
 * `npm run test:nspawn -- --full`.
 */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { createPublicKey } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { z } from "zod"
import { type Container, installPackages, startContainer } from "./container.ts"
import { apiOf } from "./restore-api.ts"
import { LOOPBACK } from "./restore-site.ts"
import { checksOn, type Made } from "./rig-checks.ts"
import { deriveBundle } from "./update-bundles.ts"
import { isActive, type Rig, seconds, until } from "./update-rig.ts"

const NEXT = "0.2.0"
const NAMES = ["pop-1", "pop-2"] as const
type Name = (typeof NAMES)[number]
const UPDATE_MS = 900_000
const POLL_MS = 250
/** To fetch 50 MB, install and restart. */
const MAX_GAP_MS = 60_000
const PUBLISHED = "/var/lib/ispvm-update/agent"

const machines = new Map<Name, Container>()
const it = checksOn("two agents", { setting: LOOPBACK }, async () => {
  for (const machine of machines.values()) await machine.stop()
})
const machineOf = (name: Name): Container => {
  const machine = machines.get(name)
  assert.ok(machine !== undefined, `${name} was not started`)
  return machine
}

const Agents = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      status: z.string(),
      version: z.string().nullable(),
      update: z.object({ state: z.string(), reason: z.string().nullable() }).nullable(),
    }),
  ),
})
const agentOf = ({ api }: Rig, name: Name) => {
  const found = Agents.parse(api("/agents")).items.find((each) => each.name === name)
  assert.ok(found !== undefined, name)
  return found
}
const releaseOf = (name: Name): string =>
  machineOf(name).run("readlink", "/opt/ispvm-agent/current").trim().split("/").at(-1) ?? ""

/** A machine with the package of the agent alone, as `docs/install.md` describes it. */
const addMachine = async (made: Made, name: Name, number: number): Promise<void> => {
  const { rig, packages, base, work } = made
  const { add, send } = apiOf(rig.container, work)
  const agentId = add("/agents", { name, siteId: null, deviceId: null })
  const { token } = z
    .object({ token: z.string() })
    .parse(send("POST", `/agents/${agentId}/token`, {}))
  const machine = await startContainer({
    name: "pop",
    base: [base],
    near: { namespace: rig.container.namespace, number },
    prepare: (root) => {
      installPackages(
        root,
        packages.filter((file) => /\/ispvm-agent_[^/]*$/.test(file)),
      )
      const settings = `ISPVM_URL=${rig.container.url}:8444\n${LOOPBACK}\n`
      writeFileSync(join(root, "etc/ispvm-agent/agent.conf"), settings, { flag: "a" })
      writeFileSync(join(root, "etc/ispvm-agent/token"), `${token}\n`, { mode: 0o644 })
      const pem = createPublicKey(rig.key.key).export({ type: "spki", format: "pem" })
      mkdirSync(join(root, "etc/ispvm-agent/trust.d"), { recursive: true })
      writeFileSync(join(root, "etc/ispvm-agent/trust.d/test.pem"), pem)
    },
  })
  machines.set(name, machine)
  add("/devices", {
    ...{ name: `router of ${name}`, address: `127.40.${number}.1`, siteId: null, agentId },
    ...{ credentialId: null, roles: [], note: "" },
    methods: { routerosApi: null, snmp: null, icmp: true, tcpPort: null },
  })
}

it("two machines with the agent's package enrol and report", async (made) => {
  for (const [n, name] of NAMES.entries()) await addMachine(made, name, n + 1)
  for (const name of NAMES)
    await until(`${name} reports`, () => agentOf(made.rig, name).status === "ok")
  assert.equal(isActive(machineOf("pop-1"), "ispvm"), false, "the agent alone")
})

type Seen = { readonly installing: readonly Name[]; readonly updating: readonly Name[] }
/** What runs on both machines and what the Agents page shows, until `isOver`. */
const watch = async (rig: Rig, what: string, isOver: () => boolean): Promise<readonly Seen[]> => {
  const seen: Seen[] = []
  const endMs = performance.now() + UPDATE_MS
  while (!isOver()) {
    assert.ok(performance.now() < endMs, `waited too long: ${what}`)
    const installing = NAMES.filter((name) =>
      /^activ/.test(machineOf(name).tryRun("systemctl", "is-active", "ispvm-agent-update").stdout),
    )
    // While the appliance restarts, it shows nothing.
    const updating = rig.isReady()
      ? NAMES.filter((name) => agentOf(rig, name).update?.state === "updating")
      : []
    seen.push({ installing, updating })
    await delay(POLL_MS)
  }
  return seen
}
const orderOf = (seen: readonly Seen[]): readonly Name[] => [
  ...new Set(seen.flatMap(({ installing }) => installing)),
]
const isOneAtATime = (seen: readonly Seen[]): void => {
  for (const { installing, updating } of seen) {
    assert.ok(installing.length <= 1, `installing at once: ${installing}`)
    assert.ok(updating.length <= 1, `shown as updating at once: ${updating}`)
  }
}

it("after the appliance both are updated, one after the other, and probe on", async (made, t) => {
  const { rig, derived } = made
  const fromMs = Date.now()
  const bundle = rig.bring(await deriveBundle(derived, NEXT))
  const { code, stderr } = await rig.runLong("ispvm", "update", bundle, "--ignore-clock")
  assert.equal(code, 0, stderr)
  const began = performance.now()
  const seen = await watch(rig, "both updates", () =>
    NAMES.every((name) => agentOf(rig, name).update?.state === "current"),
  )
  t.diagnostic(`${orderOf(seen).join(", then ")}: ${seconds(performance.now() - began)}`)
  isOneAtATime(seen)
  assert.deepEqual(orderOf(seen).toSorted(), NAMES)
  for (const name of NAMES) {
    assert.equal(releaseOf(name), NEXT)
    assert.equal(agentOf(rig, name).version, NEXT)
  }
  await delay(10_000)
  const gaps = rig.query(
    `select name, round(max(extract(epoch from ts - earlier) * 1000)) from (
       select a.name, p.ts, lag(p.ts) over (partition by p.agent_id, p.target_id order by p.ts) earlier
       from series.ping p join agents.agent a on a.key = p.agent_id
       where p.ts > to_timestamp(${fromMs / 1_000})) each group by name order by name`,
  )
  for (const line of gaps.split("\n")) {
    const [name, ms] = line.split("|")
    t.diagnostic(`probes of ${name}: at most ${seconds(Number(ms))} apart`)
    assert.ok(Number(ms) > 0 && Number(ms) <= MAX_GAP_MS, line)
  }
})

/** As agents that have not been updated yet. */
const putBack = (version: string): void => {
  for (const name of NAMES) {
    const { run } = machineOf(name)
    run("ln", "-sfn", `releases/${version}`, "/opt/ispvm-agent/.current.test")
    run("mv", "-fT", "/opt/ispvm-agent/.current.test", "/opt/ispvm-agent/current")
    run("systemctl", "restart", "ispvm-agent")
  }
}

it("where one gives the release up, it goes back, and the other one is never offered it", async (made, t) => {
  const { rig, derived, work, first } = made
  const faulty = await deriveBundle(derived, NEXT, "agent-silent")
  const unpacked = join(work, "faulty")
  mkdirSync(unpacked)
  execFileSync("tar", ["--extract", `--file=${faulty}`, `--directory=${unpacked}`])
  rig.container.run("cp", "-a", PUBLISHED, `${PUBLISHED}.good`)
  const published = rig.container.pathOf(PUBLISHED)
  for (const name of ["manifest.json", "manifest.sig", `ispvm-agent_${NEXT}_amd64.deb`])
    execFileSync("cp", [join(unpacked, name), join(published, name)])
  putBack(first)
  const failed = (): Name | undefined =>
    NAMES.find((name) => agentOf(rig, name).update?.state === "failed")
  const began = performance.now()
  const seen = await watch(rig, "the failure", () => failed() !== undefined)
  const name = failed()
  assert.ok(name !== undefined)
  t.diagnostic(`${name} gave it up after ${seconds(performance.now() - began)}`)
  isOneAtATime(seen)
  assert.equal(agentOf(rig, name).update?.reason, "no-heartbeat")
  // So long the other one would have begun.
  await delay(20_000)
  assert.deepEqual(orderOf(seen), [name])
  for (const each of NAMES) {
    assert.equal(releaseOf(each), first)
    await until(`${each} collects`, () => agentOf(rig, each).status === "ok")
    assert.equal(agentOf(rig, each).version, first)
  }
  const other = NAMES.find((each) => each !== name)
  assert.ok(other !== undefined)
  assert.equal(agentOf(rig, other).update?.state, "waiting")
})

it("asked again with a release that works, both are updated", async ({ rig }) => {
  rig.container.run("rm", "-r", PUBLISHED)
  rig.container.run("mv", `${PUBLISHED}.good`, PUBLISHED)
  const name = NAMES.find((each) => agentOf(rig, each).update?.state === "failed")
  assert.ok(name !== undefined)
  rig.api(`/agents/${agentOf(rig, name).id}/update`, {})
  const seen = await watch(rig, "both updates", () =>
    NAMES.every((each) => agentOf(rig, each).update?.state === "current"),
  )
  isOneAtATime(seen)
  assert.deepEqual(orderOf(seen), [name, NAMES.find((each) => each !== name)])
  for (const each of NAMES) assert.equal(releaseOf(each), NEXT)
})
