/** Our alert engine on the bench's devices, in a process of its own; answers with one message. */

import { setTimeout as delay } from "node:timers/promises"
import { createAlertEngine } from "@ispvm/appliance/alerts/engine"
import type { AlertInput } from "@ispvm/appliance/alerts/model"
import { compileRules } from "@ispvm/appliance/alerts/rules/compile"
import { METRICS } from "@ispvm/appliance/alerts/rules/metrics"
import { buildTopology } from "@ispvm/appliance/alerts/topology"
import { Rule } from "@ispvm/appliance/api/alert-rules"
import { AgentId, AlertId, DeviceId, LinkId, OrgId } from "@ispvm/appliance/platform/ids"
import {
  AGENTS,
  agentOf,
  benchRules,
  CAPACITY_BPS,
  INTERVAL_MS,
  PROBES,
  roleOf,
  valuesAt,
} from "./alerts-world.ts"
import { percentile } from "./figures.ts"

const [given = ""] = process.argv.slice(2)
const plan: EnginePlan = JSON.parse(given)
export type EnginePlan = {
  readonly devices: number
  readonly hasRules: boolean
  readonly eventsPerMinute: number
  readonly startMs: number
  readonly warmupMs: number
  readonly measureMs: number
}
export type EngineReport = {
  readonly cpuMs: number
  readonly lagP99Ms: number
  readonly rssByte: number
  readonly heapByte: number
  readonly evaluations: number
  readonly raised: readonly string[]
}

const uuid = (kind: number, n: number): string =>
  `00000000-0000-4000-8000-${String(kind)}${String(n).padStart(11, "0")}`
const deviceId = (n: number): DeviceId => DeviceId.parse(uuid(1, n))
const agentId = (n: number): AgentId => AgentId.parse(uuid(2, n))
/** Events are counted as well; Prometheus has nothing like them. */
const COUNTS_EVENTS = Rule.parse({
  ...{ id: "logins", name: "logins", severity: "minor" },
  when: { events: ["login-failed"], over: "10m", count: 1_000 },
})

const topology = (devices: number) => {
  const all = Array.from({ length: devices }, (_, n) => n)
  return buildTopology(
    all.map((n) => ({
      ...{ id: deviceId(n), name: `d${n}`, roles: [roleOf(n)], agentId: agentId(agentOf(n)) },
      ...{ siteId: null, reportsEveryS: null },
    })),
    // A ring over each agent's devices: every router is at the end of two links.
    all.map((n) => ({
      ...{ id: LinkId.parse(uuid(3, n)), name: `l${n}`, capacityBps: CAPACITY_BPS },
      a: { deviceId: deviceId(n), interface: "ether1" },
      b: { deviceId: deviceId((n + AGENTS) % devices), interface: "ether2" },
    })),
    Array.from({ length: AGENTS }, (_, n) => ({
      ...{ id: agentId(n), name: `a${n}`, deviceId: deviceId(n), siteId: null },
    })),
    [],
    INTERVAL_MS,
  )
}

/** What one agent sends of its devices in one interval. */
const batchOf = (agent: number, n: number, atMs: number, events: number): AlertInput => {
  const pings: object[] = []
  const interfaces: object[] = []
  const health: object[] = []
  const others: object[] = []
  for (let device = agent; device < plan.devices; device += AGENTS) {
    const own = valuesAt(device, n)
    const common = { device: deviceIds[device], atMs, source: "api" }
    pings.push({
      ...{ kind: "ping", device: common.device, atMs, answers: true, tcp: null, because: "round" },
      icmp: { sent: PROBES, received: PROBES - own.loss, rttUs: own.rttMs * 1_000, jitterUs: 0 },
    })
    health.push({
      ...{ ...common, kind: "health", uptimeS: 1e6 + n * 10, cpuRatio: own.cpu / 100 },
      ...{ memoryUsedByte: own.memory * 1e7, memoryTotalByte: 1e9 },
      ...{ diskUsedByte: own.disk * 1e7, diskTotalByte: 1e9 },
    })
    for (const { name, isUp, rxBps, txBps, errorsPs, dropsPs } of own.ports)
      interfaces.push({
        ...{ ...common, kind: "interface", interface: name, running: isUp, disabled: false },
        ...{ rxBps, txBps, rxPps: 1, txPps: 1, errorsPs, dropsPs },
      })
    const sensor = { ...common, kind: "sensor" }
    others.push({ ...sensor, sensor: "board", unit: "°C", value: own.celsius })
    others.push({ ...sensor, sensor: "supply", unit: "V", value: own.volt })
  }
  const reported = Array.from({ length: events }, (_, index) => ({
    ...{ kind: "event", id: uuid(4, index), name: "login-failed", source: "syslog", atMs },
    ...{ device: deviceIds[(index * AGENTS + agent) % plan.devices], severity: "info" },
    ...{ interface: null, message: "", attributes: {} },
  }))
  const input = {
    ...{ agent: { id: agentId(agent) }, router: null, receivedAtMs: atMs, skewMs: 0 },
    ...{ isSecond: false, rejected: [], pings, interfaces, health, others, events: reported },
  }
  return input as unknown as AlertInput
}
const agentIds = Array.from({ length: AGENTS }, (_, n) => agentId(n))
const deviceIds = Array.from({ length: plan.devices }, (_, n) => deviceId(n))

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
const run = async (): Promise<EngineReport> => {
  const rules = plan.hasRules ? [...benchRules().map(({ rule }) => rule), COUNTS_EVENTS] : []
  let ids = 0
  const engine = createAlertEngine({
    org: OrgId.parse(uuid(5, 1)),
    newId: () => {
      ids += 1
      return AlertId.parse(uuid(6, ids))
    },
    rules: compileRules(METRICS, rules),
  })
  engine.updateTopology(topology(plan.devices), plan.startMs)
  const everyMs = INTERVAL_MS / AGENTS
  const lags: number[] = []
  let from = { cpuMs: 0, evaluations: 0 }
  let isMeasured = false
  const evaluations = () => engine.rules()?.stats().evaluations ?? 0
  const events = Math.round((plan.eventsPerMinute * everyMs) / 60_000)
  for (let k = 0; k * everyMs < plan.warmupMs + plan.measureMs; k += 1) {
    const dueMs = plan.startMs + k * everyMs
    if (!isMeasured && k * everyMs >= plan.warmupMs) {
      isMeasured = true
      from = { cpuMs: cpuMs(), evaluations: evaluations() }
    }
    const batch = batchOf(k % AGENTS, Math.floor(k / AGENTS), dueMs, events)
    await delay(Math.max(0, dueMs - Date.now()))
    const arrivedMs = performance.now()
    // Heartbeats, without which an agent is offline after seconds.
    for (const agent of agentIds) engine.markAgentSeen(agent, Date.now())
    engine.observe(batch, Date.now())
    engine.evaluateTimers(Date.now())
    engine.rules()?.drain()
    if (isMeasured) lags.push(performance.now() - arrivedMs)
  }
  const usedMs = cpuMs() - from.cpuMs
  const raised = [...engine.all()].flatMap(({ kind, entity, rule, state }) =>
    rule === undefined || !state.wasDown ? [] : [`${kind} ${nameOf(entity)}`],
  )
  const { rss, heapUsed } = process.memoryUsage()
  return {
    ...{ cpuMs: usedMs, lagP99Ms: percentile(lags, 99), rssByte: rss },
    ...{ heapByte: heapUsed, evaluations: evaluations() - from.evaluations, raised },
  }
}
/** `d12`, `d12 ether1` or `d12 board`. */
const nameOf = (entity: string): string => {
  const [device = "", ...more] = entity.split("/")
  const last = more.at(-1)
  return `d${Number(device.slice(-11))}${last === undefined ? "" : ` ${last}`}`
}

process.send?.(await run(), () => process.disconnect())
