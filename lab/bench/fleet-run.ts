/**
 * Child of `bench -- fleet`, within its namespace: starts the devices, the appliance and an agent,
 * loads the inventory, measures, and prints a figure as JSON.
 *   node fleet-run.ts ORDER
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { productEnvironment } from "../config.ts"
import { ensureLogin, newSetupCode } from "../demo/account.ts"
import { ApplianceClient, type Login } from "../demo/appliance-client.ts"
import { inParallel } from "../demo/in-parallel.ts"
import { tempDataDir } from "../e2e/demo-process.ts"
import { type Operator, operatorAt } from "../e2e/operator.ts"
import { Child } from "../simulator/child.ts"
import { percentile } from "./figures.ts"
import type { FleetFigure, FleetOrder } from "./fleet.ts"
import { addressOf, COMMUNITY, nameOf, parentOf } from "./fleet-address.ts"
import { DETECTION_LIMIT_MS, deadOf, prepareDead, setDead } from "./fleet-dead.ts"
import { since, usageOf, usageOfPostgres } from "./process-usage.ts"

const [given = ""] = process.argv.slice(2)
const order: FleetOrder = JSON.parse(given)
const root = join(import.meta.dirname, "../..")
const PORTS = { http: 8080, agentApi: 8443, health: 9790 }
const READY_MS = 300_000
/** Of the devices; the rest may be late while everything starts. */
const SEEN_SHARE = 0.99
/** Until the first measurement: the first polls of counters are over by then. */
const FIRST_MS = 45_000
const PAGES = ["/overview", "/devices?limit=100", "/topology"]
const PAGE_TIMES = 10
const AGE_TIMES = 10

const print = (text: string): void => console.error(`  ${text}`)
const all = Array.from({ length: order.devices }, (_, device) => device)

type Loaded = { readonly agentId: string; readonly ids: ReadonlyMap<number, string> }
/** A tree with the agent at its root. */
const load = async (client: ApplianceClient): Promise<Loaded> => {
  const credential = { name: "fleet", username: "fleet", password: "fleet" }
  const credentialId = await client.add("/credentials", {
    ...credential,
    snmpCommunity: COMMUNITY,
  })
  const agentId = await client.add("/agents", { name: "fleet", siteId: null })
  const ids = new Map<number, string>()
  const methods = { routerosApi: null, snmp: { port: 161 }, icmp: true, tcpPort: null }
  await inParallel(all, async (device) => {
    const place = { name: nameOf(device), address: addressOf(device), roles: [], siteId: null }
    const rest = { methods, note: "", agentId, credentialId }
    ids.set(device, await client.add("/devices", { ...place, ...rest }))
  })
  await inParallel(all.slice(1), async (device) => {
    const end = (at: number) => ({ deviceId: ids.get(at), interface: null })
    const name = `${nameOf(parentOf(device))}–${nameOf(device)}`
    await client.add("/links", { name, a: end(parentOf(device)), b: end(device) })
  })
  await client.change(`/agents/${agentId}`, { deviceId: ids.get(0) })
  return { agentId, ids }
}

const metricsOf = async (): Promise<(name: string) => number> => {
  const text = await (await fetch(`http://127.0.0.1:${PORTS.health}/metrics`)).text()
  return (name) => {
    const [, value] = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(text) ?? []
    return Number(value ?? Number.NaN)
  }
}
const loopDelayMs = async (): Promise<number | null> => {
  const text = await (await fetch(`http://127.0.0.1:${PORTS.http}/metrics`)).text()
  const [, value] = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text) ?? []
  return value === undefined ? null : Number(value) * 1_000
}

const untilSeen = async (client: ApplianceClient): Promise<void> => {
  const until = Date.now() + READY_MS
  for (;;) {
    const { devices } = await client.topology()
    const seen = devices.filter(({ lastSeenAtMs }) => lastSeenAtMs !== null).length
    if (seen >= SEEN_SHARE * order.devices) return
    if (Date.now() > until) throw new Error(`${seen} of ${order.devices} devices have answered`)
    await wait(2_000)
  }
}

/** Age of the last answer of each device, at several moments. */
const agesMs = async (client: ApplianceClient): Promise<number[]> => {
  const ages: number[] = []
  for (let time = 0; time < AGE_TIMES; time += 1) {
    const { devices } = await client.topology()
    const nowMs = Date.now()
    ages.push(
      ...devices.flatMap(({ lastSeenAtMs }) => (lastSeenAtMs === null ? [] : nowMs - lastSeenAtMs)),
    )
    await wait(700)
  }
  return ages
}

const pages = async (operator: Operator): Promise<FleetFigure["pages"]> => {
  const took: Record<string, number[]> = {}
  for (const path of PAGES) {
    const own: number[] = []
    for (let time = 0; time < PAGE_TIMES; time += 1) {
      const began = performance.now()
      await operator.get(path)
      own.push(performance.now() - began)
      await wait(300)
    }
    took[path] = own
  }
  return took
}

/** Routers without others below them fail one after another. */
const detections = async (operator: Operator, { ids }: Loaded): Promise<(number | null)[]> => {
  await prepareDead()
  const took: (number | null)[] = []
  for (const device of deadOf(order)) {
    const id = ids.get(device)
    const began = performance.timeOrigin + performance.now()
    const found = operator.next(
      ({ name, data }) =>
        name === "incident" &&
        data.state !== "closed" &&
        JSON.stringify([data.causes, data.alternatives]).includes(`${id}`),
      DETECTION_LIMIT_MS,
      `an incident of ${nameOf(device)}`,
    )
    await setDead(device, true)
    took.push(await found.then(({ receivedAtMs }) => receivedAtMs - began).catch(() => null))
    await setDead(device, false)
    await wait(2_000)
  }
  return took
}

const dir = tempDataDir("fleet")
const children: Child[] = []
const launch = (name: string, script: string, env: NodeJS.ProcessEnv): Child => {
  const child = new Child({
    ...{ name, command: [process.execPath, join(root, script)], logFile: join(dir, `${name}.log`) },
    env: { ...productEnvironment(), NODE_NO_WARNINGS: "1", ...env },
  })
  children.push(child)
  return child
}
const pidOf = ({ process: { pid } }: Child): number => pid ?? 0

const startAppliance = async (): Promise<{
  appliance: Child
  client: ApplianceClient
  login: Login
}> => {
  const setupCode = newSetupCode()
  const appliance = launch("appliance", "appliance/src/main.ts", {
    ...{ ISPVM_DATA_DIR: join(dir, "appliance"), ISPVM_BIND: "127.0.0.1" },
    ...{ ISPVM_HTTP_PORT: `${PORTS.http}`, ISPVM_AGENT_API_BIND: "127.0.0.1" },
    ...{ ISPVM_AGENT_API_PORT: `${PORTS.agentApi}`, ISPVM_PUSH_PORT: "8444" },
    ...{ ISPVM_SETUP_CODE: setupCode, ISPVM_LOCAL_AGENT: "off" },
  })
  const client = new ApplianceClient(`http://127.0.0.1:${PORTS.http}`)
  const until = Date.now() + READY_MS
  while (!(await client.isReady())) {
    if (Date.now() > until || !appliance.isRunning)
      throw new Error(`the appliance is not ready\n${appliance.lastLines(10).join("\n")}`)
    await wait(250)
  }
  return { appliance, client, login: await ensureLogin(client, join(dir, "login.json"), setupCode) }
}

const measure = async (): Promise<FleetFigure> => {
  const routers = fork(join(import.meta.dirname, "fleet-routers.ts"), [
    ...[`${order.devices}`, `${order.ports}`],
  ])
  await once(routers, "message")
  print("starting the appliance …")
  const { appliance, client, login } = await startAppliance()
  print("loading the inventory …")
  const loaded = await load(client)
  print("starting the agent …")
  const beganMs = Date.now()
  const agent = launch("agent", "agent/src/main.ts", {
    ...{ ISPVM_URL: `https://127.0.0.1:${PORTS.agentApi}`, ISPVM_SYSLOG_PORT: "5514" },
    ...{ ISPVM_AGENT_DATA_DIR: join(dir, "agent"), ISPVM_AGENT_HEALTH_PORT: `${PORTS.health}` },
    // As its unit says (`ispvm-agent.service`).
    NODE_OPTIONS: "--max-semi-space-size=16",
    ISPVM_TOKEN: await client.token(loaded.agentId),
  })
  await untilSeen(client)
  const seenMs = Date.now() - beganMs
  print(`all have answered after ${Math.round(seenMs / 1_000)} s; warming up …`)
  await wait(FIRST_MS)
  const usage = () => ({
    ours: usageOf(pidOf(agent), "fping"),
    appliance: usageOf(pidOf(appliance), "postgres").own,
    postgres: usageOfPostgres(dir),
    generator: usageOf(routers.pid ?? 0, ""),
  })
  const costs = async () => {
    print(`measuring for ${order.seconds} s …`)
    const [before, began] = [usage(), performance.now()]
    await wait(order.seconds * 1_000)
    const after = usage()
    return {
      seconds: (performance.now() - began) / 1_000,
      agent: since(before.ours.own, after.ours.own),
      fping: since(before.ours.named, after.ours.named),
      appliance: since(before.appliance, after.appliance),
      postgres: since(before.postgres, after.postgres),
      generator: since(before.generator.own, after.generator.own),
    }
  }
  const { generator: _, ...first } = await costs()
  const leftMs = beganMs + order.warmS * 1_000 - Date.now()
  if (leftMs > 0) print(`${Math.round(leftMs / 1_000)} s until all has been polled …`)
  await wait(Math.max(0, leftMs))
  const counted = await metricsOf()
  const then = await costs()
  const counts = await metricsOf()
  const grown = (name: string): number => counts(name) - counted(name)
  const loopDelayP99Ms = await loopDelayMs()
  const operator = await operatorAt(`http://127.0.0.1:${PORTS.http}`, login.email, login.password)
  print("pages, and dead routers …")
  const figure: FleetFigure = {
    ...{ devices: order.devices, seenMs, loopDelayP99Ms },
    ...{ ...then, first },
    seenAgeMs: percentile(await agesMs(client), 99),
    roundsLate: grown("ispvm_agent_ping_rounds_late_total"),
    pollsPerS: grown("ispvm_agent_polls_total") / then.seconds,
    pollsFailed: grown("ispvm_agent_polls_failed_total"),
    waiting: counts("ispvm_agent_buffer_batches"),
    pages: await pages(operator),
    detectionMs: await detections(operator, loaded),
  }
  operator.close()
  routers.disconnect()
  return figure
}

let failed = false
try {
  console.log(JSON.stringify(await measure()))
} catch (error) {
  failed = true
  console.error(error)
  for (const child of children) console.error(child.lastLines(15).join("\n"))
}
for (const child of children.toReversed()) await child.stop()
rmSync(dir, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
