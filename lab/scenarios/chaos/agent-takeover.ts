/**
 * Two agents may read one simulated router. The holder of the lease is cut off, killed, and frozen;
 * the API of the router is turned off. The other agent or method continues, and no value is stored
 * twice.
 */
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { z } from "zod"
import { freePort } from "../../demo/ports.ts"
import { Relay } from "../../demo/relay.ts"
import { ANATOLIA, Lab } from "../../simulator/lab.ts"
import { textIn } from "../attack/client.ts"
import { until } from "../attack/testbed.ts"
import { check, type Scenario } from "./scenario.ts"
import { type AgentProgram, type ChaosTestbed, withTestbed } from "./testbed.ts"

const ROUTER = "ist-acc-2"
const POLL_MS = 2_000
/** What an operator was promised. */
const MAX_TAKEOVER_MS = 15_000
/** A minute of stability, and the time of reading beside the holder. */
const MAX_RETURN_MS = 110_000

type Report = Parameters<Scenario["run"]>[0]
const Device = z.object({
  readBy: z.object({ id: z.string(), name: z.string() }).nullable(),
  trafficAtMs: z.number().nullable(),
  status: z.object({ status: z.string(), reason: z.string() }),
  sources: z.array(z.object({ source: z.string(), problem: z.string().nullable() })),
})
const Ports = z.object({ items: z.array(z.object({ id: z.int(), name: z.string() })) })
const Series = z.object({
  bucketMs: z.number(),
  atMs: z.array(z.number()),
  items: z.array(z.object({ columns: z.record(z.string(), z.array(z.number().nullable())) })),
})

const createWorld = async (testbed: ChaosTestbed, lab: Lab, api: number, snmp: number) => {
  const { admin, dataDir } = testbed
  const router = lab.topology.routers.find(({ name }) => name === ROUTER)
  for (const name of ["routeros-api.interface", "snmp.interface"])
    await admin.send("PATCH", `/collectors/${name}`, { everyMs: POLL_MS })
  const relay = new Relay(testbed.agentsPort)
  const url = `https://127.0.0.1:${await relay.start()}`
  const [one, other] = [await testbed.newAgent("agent-one"), await testbed.newAgent("agent-two")]
  const folders = { one: join(dataDir, "agent-one"), other: join(dataDir, "agent-two") }
  const start = (name: "one" | "other", token?: string): Promise<AgentProgram> =>
    testbed.startAgent({
      name: name === "one" ? "agent-one" : "agent-two",
      folder: folders[name],
      ...(name === "one" ? { url } : {}),
      ...(token === undefined ? {} : { token }),
    })
  const programs = { one: await start("one", one.token), other: await start("other", other.token) }
  const credentialId = textIn(
    await admin.send("POST", "/credentials", {
      name: "lab",
      username: lab.topology.access.username,
      password: lab.topology.access.password,
      snmpCommunity: lab.topology.access.community,
    }),
    "id",
  )
  const device = textIn(
    await admin.send("POST", "/devices", {
      name: ROUTER,
      address: lab.addressOf(router?.address ?? ""),
      agentId: one.id,
      agentFallback: "listed",
      fallbackAgentIds: [other.id],
      credentialId,
      methods: {
        routerosApi: { port: api, tls: false },
        snmp: { port: snmp },
        icmp: true,
        tcpPort: null,
      },
    }),
    "id",
  )
  const now = async () => Device.parse((await admin.send("GET", `/devices/${device}`)).json)
  return {
    testbed,
    lab,
    relay,
    ids: { one: one.id, other: other.id },
    programs,
    start,
    device,
    now,
  }
}
type World = Awaited<ReturnType<typeof createWorld>>

/** How long until an agent reads the device, and until its first new values are stored. */
const takeover = async (
  { now }: World,
  agent: string,
  sinceMs: number,
  maxMs: number,
): Promise<{ readonly leaseMs: number; readonly valuesMs: number }> => {
  const isHolder = async () => ((await now()).readBy?.id === agent ? Date.now() : null)
  const leaseMs = (await until("another agent reads the device", isHolder, maxMs)) - sinceMs
  const movedMs = sinceMs + leaseMs
  const hasValues = async () => (((await now()).trafficAtMs ?? 0) > movedMs ? Date.now() : null)
  const valuesMs = (await until("its values are stored", hasValues, maxMs)) - sinceMs
  return { leaseMs, valuesMs }
}

/** Seconds of values of one interface: their times, and rates. */
const valuesOf = async ({ testbed, device }: World, port: number, fromMs: number) => {
  const query = new URLSearchParams({
    family: "interface",
    from: String(fromMs),
    to: String(Date.now()),
    interface: String(port),
    metrics: "interface.rx_bps",
    points: "2000",
  })
  const { json } = await testbed.admin.send("GET", `/devices/${device}/series?${query}`)
  const { atMs, items, bucketMs } = Series.parse(json)
  const rates = items[0]?.columns["interface.rx_bps"] ?? []
  const known = atMs.flatMap((ms, at) => {
    const rate = rates[at] ?? null
    return rate === null ? [] : [{ ms, rate }]
  })
  const gaps = known.slice(1).map(({ ms }, at) => ms - (known[at]?.ms ?? ms))
  return { bucketMs, known, gaps, maxRate: Math.max(...known.map(({ rate }) => rate)) }
}

const portOf = async ({ testbed, device }: World): Promise<number> => {
  const find = async () => {
    const { items } = Ports.parse(
      (await testbed.admin.send("GET", `/devices/${device}/interfaces`)).json,
    )
    return items.find(({ name }) => name === "ether1")?.id ?? null
  }
  return await until("the interfaces are known", find, 60_000)
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
const reportTakeover = (
  report: Report,
  what: string,
  { leaseMs, valuesMs }: Awaited<ReturnType<typeof takeover>>,
): void =>
  report(
    check(
      what,
      valuesMs <= MAX_TAKEOVER_MS,
      `lease ${seconds(leaseMs)}, values ${seconds(valuesMs)}`,
    ),
  )

type Values = Awaited<ReturnType<typeof valuesOf>>
const isSound = ({ known, maxRate }: Values, usual: Values): boolean =>
  maxRate <= 2 * usual.maxRate && known.every(({ rate }) => rate >= 0)
const maxGapMs = ({ gaps }: Values): number => Math.max(...gaps)

/** It keeps what it reads, and delivers that when it is back. */
const cutOff = async (report: Report, world: World, port: number, usual: Values): Promise<void> => {
  const { ids, relay } = world
  const cutMs = Date.now()
  relay.setOpen(false)
  const taken = await takeover(world, ids.other, cutMs, 30_000)
  reportTakeover(report, "the holder is cut off: the other agent reads", taken)
  await wait(15_000)
  relay.setOpen(true)
  const back = await takeover(world, ids.one, Date.now(), MAX_RETURN_MS)
  report(check("the preferred agent is back", true, `after ${seconds(back.leaseMs)}`))
  await wait(10_000)
  const fromMs = cutMs - 15_000
  const during = await valuesOf(world, port, fromMs)
  const gap = { maxGapMs: maxGapMs(during), bucketMs: during.bucketMs }
  report(
    check("no bucket without a value, with what it had kept", gap.maxGapMs <= during.bucketMs, gap),
  )
  const rates = { usual: usual.maxRate, max: during.maxRate }
  report(check("no spike and nothing negative", isSound(during, usual), rates))
}

const killAndFreeze = async (
  report: Report,
  world: World,
  port: number,
  usual: Values,
): Promise<void> => {
  const { ids, programs } = world
  const killedMs = Date.now()
  await programs.one.child.kill()
  const taken = await takeover(world, ids.other, killedMs, 30_000)
  reportTakeover(report, "kill -9 of the holder: the other agent reads", taken)
  programs.one = await world.start("one")
  await wait(6_000)
  const frozenMs = Date.now()
  programs.other.child.process.kill("SIGSTOP")
  const thawed = await takeover(world, ids.one, frozenMs, 30_000)
  reportTakeover(report, "the holder is frozen: the other agent reads", thawed)
  programs.other.child.process.kill("SIGCONT")
  await wait(8_000)
  const after = await valuesOf(world, port, killedMs - 10_000)
  const found = { max: after.maxRate, maxGapMs: maxGapMs(after) }
  report(check("no spike after both", isSound(after, usual), found))
}

const turnApiOff = async (report: Report, { lab, now }: World): Promise<void> => {
  const apiProblem = async () => {
    const { sources, trafficAtMs } = await now()
    const problem = sources.find(({ source }) => source === "routeros-api")?.problem ?? null
    return { problem, trafficAtMs: trafficAtMs ?? 0 }
  }
  const offMs = Date.now()
  await lab.console({ router: ROUTER, does: "run", text: "/ip service disable api" })
  const bySnmp = async () => {
    const { problem, trafficAtMs } = await apiProblem()
    return problem !== null && trafficAtMs > offMs + 2 * POLL_MS ? Date.now() : null
  }
  const fallbackMs = (await until("SNMP replaces the API", bySnmp, 60_000)) - offMs
  report(check("the API is off: SNMP replaces it", fallbackMs <= 30_000, seconds(fallbackMs)))
  const onMs = Date.now()
  await lab.console({ router: ROUTER, does: "run", text: "/ip service enable api" })
  const byApi = async () => ((await apiProblem()).problem === null ? Date.now() : null)
  const backMs = (await until("the API is back", byApi, 120_000)) - onMs
  report(check("the API is on: it replaces SNMP", true, seconds(backMs)))
}

const endAll = async (report: Report, { programs, now, testbed }: World): Promise<void> => {
  const before = await testbed.incidents()
  await Promise.all([programs.one.child.kill(), programs.other.child.kill()])
  await wait(20_000)
  const { status } = await now()
  const what = "all agents are gone: the device is unknown, not down"
  report(check(what, status.status === "unknown", status))
  const incidents = { before, after: await testbed.incidents() }
  report(check("incidents only of the agents: cut off, killed, frozen", before === 3, incidents))
}

const runAll = async (report: Report, world: World): Promise<void> => {
  const port = await portOf(world)
  const startedMs = Date.now()
  await takeover(world, world.ids.one, startedMs, 60_000)
  await wait(20_000)
  const usual = await valuesOf(world, port, startedMs)
  await cutOff(report, world, port, usual)
  await killAndFreeze(report, world, port, usual)
  await turnApiOff(report, world)
  await endAll(report, world)
}

export const scenario: Scenario = {
  name: "agent-takeover",
  about: "two agents, one router: the holder of the lease is cut off, killed, frozen",
  run: (report) =>
    withTestbed(async (testbed) => {
      const [api, snmp] = [await freePort(), await freePort()]
      const lab = await Lab.start({
        topologyFile: ANATOLIA,
        dataDir: join(testbed.dataDir, "lab"),
        mode: "loopback",
        recordingsDir: null,
        ports: { api, apiSsl: await freePort(), snmp, syslog: await freePort() },
      })
      try {
        const world = await createWorld(testbed, lab, api, snmp)
        try {
          await runAll(report, world)
        } finally {
          await world.relay.stop()
        }
      } finally {
        await lab.stop()
      }
    }),
}
