/**
 * What agents deliver while the appliance is updated, fails its gate, or is stopped under load: no
 * round of probes is missing and nothing that was acknowledged is lost. Of
 * `npm run test:nspawn -- --full`.
 */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { globSync, mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { TestContext } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { z } from "zod"
import { apiOf } from "./restore-api.ts"
import { ACCESS, createSite, LOOPBACK, ROUTER, type Site } from "./restore-site.ts"
import { type Checks, checksOn, type Made } from "./rig-checks.ts"
import { deriveBundle } from "./update-bundles.ts"
import { isSound, type Rig, seconds, until } from "./update-rig.ts"

const GOOD = "0.2.0"
const BAD = "0.3.0"
const ELSEWHERE = "pop-1"
const HISTORY_MS = 20_000
/** Probes are sent each second; a busy machine sends one late. */
const MAX_GAP_MS = 3_000
/** The agent of the appliance's own machine is updated with it. */
const MAX_RESTART_GAP_MS = 20_000
const LOAD = join(import.meta.dirname, "load-sites.ts")

let site: Site | undefined
let added: Promise<void> | undefined
const check = checksOn("updates beside agents", { setting: LOOPBACK }, async () => site?.stop())
/** Each check has the agents, also where it is run alone. */
const it: Checks = (name, run) =>
  check(name, async (all, t) => {
    added ??= addAgents(all)
    await added
    await run(all, t)
  })

/** An agent elsewhere with a simulated router, and one of this machine that probes an address of it. */
const addAgents = async ({ rig, work }: Made): Promise<void> => {
  const folder = join(work, "site")
  mkdirSync(folder)
  const { add, send, list } = apiOf(rig.container, work)
  const agentId = add("/agents", { name: ELSEWHERE, siteId: null, deviceId: null })
  const { token } = z
    .object({ token: z.string() })
    .parse(send("POST", `/agents/${agentId}/token`, {}))
  site = createSite(folder)
  await site.start(rig.container, token)
  const own = list("/agents").find(({ id }) => id !== agentId)?.id
  const credentialId = add("/credentials", { name: "routers", ...ACCESS, snmpCommunity: null })
  const device = { siteId: null, roles: [], note: "" }
  const routerosApi = { port: ROUTER.port, tls: false, fingerprint: null }
  const icmp = { icmp: true, snmp: null, tcpPort: null }
  add("/devices", {
    ...{ ...device, name: "far", address: ROUTER.address, agentId, credentialId },
    methods: { ...icmp, routerosApi },
  })
  add("/devices", {
    ...{ ...device, name: "own", address: "127.40.0.1", agentId: own, credentialId: null },
    methods: { ...icmp, routerosApi: null },
  })
}

type Gap = { readonly agent: string; readonly rounds: number; readonly maxMs: number }
/** Of each agent's probes since `fromMs`: how many were stored, and the longest time between two. */
const gapsSince = (rig: Rig, fromMs: number, untilMs: number): readonly Gap[] =>
  rig
    .query(
      `select name, count(*), round(max(extract(epoch from ts - earlier) * 1000)) from (
         select a.name, p.ts, lag(p.ts) over (partition by p.agent_id, p.target_id order by p.ts) earlier
         from series.ping p join agents.agent a on a.key = p.agent_id
         where p.ts between to_timestamp(${fromMs / 1_000}) and to_timestamp(${untilMs / 1_000})) each
       group by name order by name`,
    )
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [agent = "", rounds, maxMs] = line.split("|")
      return { agent, rounds: Number(rounds), maxMs: Number(maxMs) }
    })
const newestMs = (rig: Rig): number =>
  Number(rig.query("select extract(epoch from min(ts)) * 1000 from series.ping_last"))

const say = (t: TestContext, what: string, gaps: readonly Gap[]): void => {
  for (const { agent, rounds, maxMs } of gaps)
    t.diagnostic(`${what}: ${agent}: ${rounds} rounds, at most ${seconds(maxMs)} apart`)
}
const gapOf = (gaps: readonly Gap[], agent: string): number => {
  const found = gaps.find((gap) => gap.agent === agent)
  assert.ok(found !== undefined && found.rounds > 10, `${agent}: ${found?.rounds ?? 0} rounds`)
  return found.maxMs
}

it("the series of both agents go on across an update", async (all, t) => {
  const { rig, derived } = all
  await until(
    "values of both agents",
    () => rig.query("select count(*) from series.ping_last") === "2",
  )
  const fromMs = Date.now()
  await delay(HISTORY_MS)
  const bundle = rig.bring(await deriveBundle(derived, GOOD))
  const began = Date.now()
  const { code, stderr } = await rig.runLong("ispvm", "update", bundle, "--ignore-clock")
  assert.equal(code, 0, stderr)
  const endedMs = Date.now()
  t.diagnostic(`updated after ${seconds(endedMs - began)}`)
  await delay(HISTORY_MS)
  await until("everything is delivered", () => newestMs(rig) >= endedMs + HISTORY_MS / 2)
  const gaps = gapsSince(rig, fromMs, endedMs + HISTORY_MS / 2)
  say(t, "update", gaps)
  assert.ok(gapOf(gaps, ELSEWHERE) <= MAX_GAP_MS)
  assert.ok(gapOf(gaps, "This appliance") <= MAX_RESTART_GAP_MS)
})

/** Which probes are stored, as one text. */
const stored = (rig: Rig, fromMs: number, untilMs: number): string =>
  rig.query(
    `select count(*), md5(string_agg(concat_ws(' ', target_id, agent_id, ts, answers), ',' order by agent_id, target_id, ts))
     from series.ping where ts between to_timestamp(${fromMs / 1_000}) and to_timestamp(${untilMs / 1_000})`,
  )

it("what agents delivered during a gate that fails is there after the rollback", async (all, t) => {
  const { rig, derived, work } = all
  const was = rig.current()
  const bundle = rig.bring(await deriveBundle(derived, BAD, "self-test"))
  const updating = rig.runLong("ispvm", "update", bundle, "--ignore-clock")
  await until("the new release serves", () => rig.current() === BAD && rig.isReady())
  const fromMs = Date.now()
  await until("probes of its time are stored", () => newestMs(rig) > fromMs + 3_000)
  const untilMs = newestMs(rig)
  const before = stored(rig, fromMs, untilMs)
  assert.equal(rig.state().phase, "testing", "the gate is still open")
  // What was acknowledged exists nowhere else from here on.
  await site?.stop()
  rig.container.run("systemctl", "stop", "ispvm-agent")
  const buffers = globSync([
    join(work, "site/agent/buffer.sqlite*"),
    join(rig.container.root, "var/lib/ispvm-agent/buffer.sqlite*"),
  ])
  assert.ok(buffers.length >= 2, buffers.join())
  for (const file of buffers) rmSync(file)
  const { code, stderr } = await updating
  assert.equal(code, 1)
  assert.match(stderr, /self-test: .*as the test wants/)
  assert.equal(rig.current(), was)
  await until("readyz", rig.isReady)
  const after = stored(rig, fromMs, untilMs)
  t.diagnostic(`${before.split("|")[0]} probes were stored while the gate was open, and after it`)
  assert.ok(Number(before.split("|")[0]) >= 4, before)
  assert.equal(after, before)
  rig.container.run("systemctl", "start", "ispvm-agent")
  await site?.start(rig.container, null)
  assert.equal(await isSound(rig, [was]), was)
})

const Report = z.object({
  acknowledged: z.array(z.string()),
  /** By HTTP status, or `none` where the connection ended without an answer. */
  answers: z.record(z.string(), z.number()),
  broken: z.array(z.string()),
})

it("a stop under load answers what it has accepted, and loses nothing of it", async (all, t) => {
  const { rig, work } = all
  const { container } = rig
  await until("both agents report", () => newestMs(rig) > Date.now() - 10_000)
  const fromMs = Date.now()
  const load = spawn(
    "ip",
    [
      ...["netns", "exec", container.namespace, "env", "NODE_NO_WARNINGS=1"],
      ...["NODE_TLS_REJECT_UNAUTHORIZED=0", process.execPath, LOAD, container.url],
      join(work, "cookies"),
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  )
  let output = ""
  load.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text
  })
  await until("the load", () => output.startsWith("running\n"))
  await delay(5_000)
  const began = performance.now()
  const { code } = await rig.runLong("systemctl", "stop", "ispvm")
  const tookMs = performance.now() - began
  load.stdin.end()
  await once(load, "close")
  const shown = container.run("systemctl", "show", "--property=Result,ExecMainStatus", "ispvm")
  t.diagnostic(`stopped after ${seconds(tookMs)}: ${shown.trim().replace("\n", ", ")}`)
  assert.equal(code, 0)
  assert.match(shown, /^Result=success$/m)
  assert.match(shown, /^ExecMainStatus=0$/m)
  const { acknowledged, answers, broken } = Report.parse(
    JSON.parse(output.slice("running\n".length)),
  )
  t.diagnostic(`${acknowledged.length} sites were stored; answers: ${JSON.stringify(answers)}`)
  assert.ok(acknowledged.length > 20)
  assert.deepEqual(broken, [], "no answer was cut off")
  container.run("systemctl", "start", "ispvm")
  await until("readyz", rig.isReady)
  const names = new Set(rig.query("select name from inventory.site").split("\n"))
  assert.deepEqual(
    acknowledged.filter((name) => !names.has(name)),
    [],
  )
  const endedMs = Date.now()
  await until("everything is delivered", () => newestMs(rig) >= endedMs)
  const gaps = gapsSince(rig, fromMs, endedMs)
  say(t, "stop", gaps)
  for (const agent of [ELSEWHERE, "This appliance"]) assert.ok(gapOf(gaps, agent) <= MAX_GAP_MS)
})
