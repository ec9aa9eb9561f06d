/** A small network and an engine that evaluates rules on samples made by hand. */
import { AgentId, AlertId, DeviceId, LinkId, OrgId } from "../../../../platform/ids.ts"
import { type AlertEngine, createAlertEngine } from "../../engine.ts"
import type { AlertInput, StoredAlert, Transition } from "../../model.ts"
import { buildTopology } from "../../topology.ts"
import { compileRules, type RuleSet } from "../compile.ts"
import type { BaselineOf } from "../condition.ts"
import { METRICS } from "../metrics.ts"
import { defaultPack } from "../pack.ts"
import { parseRules } from "../parse.ts"

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`
export const ORG = OrgId.parse(uuid(1))
export const AGENT = AgentId.parse(uuid(2))
export const R1 = DeviceId.parse(uuid(3))
export const R2 = DeviceId.parse(uuid(4))
export const LINK = LinkId.parse(uuid(5))
export const SITE = uuid(6)
export const START_MS = 1_900_000_000_000

export const topologyWith = (
  device: {
    readonly roles?: readonly string[]
    readonly tags?: readonly string[]
    readonly agentId?: AgentId | null
  } = {},
) =>
  buildTopology(
    [R1, R2].map((id, index) => ({
      ...{ id, name: `R${index + 1}`, roles: ["core"], agentId: AGENT, siteId: SITE },
      reportsEveryS: null,
      ...(id === R1 ? device : {}),
    })),
    [
      {
        id: LINK,
        name: "R1–R2",
        a: { deviceId: R1, interface: "ether1" },
        b: { deviceId: R2, interface: "ether1" },
        capacityBps: 1e9,
      },
    ],
    [{ id: AGENT, name: "A", deviceId: R1, siteId: SITE }],
    [{ id: SITE, name: "Berlin", region: "North", tags: ["pop"] }],
  )

type Sample = Readonly<Record<string, unknown>> & { readonly kind: string; readonly atMs: number }
type AnyInput = { -readonly [K in keyof AlertInput]: AlertInput[K] }

/** As accepted input: probes, interfaces and events where they belong, all else in `others`. */
export const inputOf = (samples: readonly Sample[], nowMs: number): AlertInput => {
  const of = (kind: string): readonly Sample[] => samples.filter((one) => one.kind === kind)
  const known = ["ping", "interface", "health", "event"]
  const input = {
    agent: { id: AGENT },
    router: null,
    receivedAtMs: nowMs,
    skewMs: 0,
    pings: of("ping"),
    interfaces: of("interface"),
    health: of("health"),
    events: of("event"),
    others: samples.filter(({ kind }) => !known.includes(kind)),
  }
  return input as unknown as AnyInput
}

export const cpu = (percent: number, atMs: number, device: DeviceId = R1): Sample => ({
  ...{ kind: "health", device, deviceKey: 1, atMs, source: "api", uptimeS: 1e6 },
  ...{ cpuRatio: percent / 100, memoryUsedByte: 1, memoryTotalByte: 10 },
  ...{ diskUsedByte: 1, diskTotalByte: 10 },
})
export const probe = (
  atMs: number,
  { answers = true, sent = 1, received = 1, rttUs = 2_000 } = {},
  device: DeviceId = R1,
): Sample => ({
  ...{ kind: "ping", device, atMs, answers, tcp: null, because: "round" },
  icmp: { sent, received, rttUs, jitterUs: 0 },
})
export const port = (
  atMs: number,
  values: Readonly<Record<string, unknown>> = {},
  name = "ether1",
  device: DeviceId = R1,
): Sample => ({
  ...{ kind: "interface", device, interface: name, atMs, running: true, disabled: false },
  ...{ rxBps: 1e6, txBps: 1e6, rxPps: 100, txPps: 100, errorsPs: 0, dropsPs: 0, ...values },
})
export const sensor = (atMs: number, name: string, unit: string, value: number): Sample => ({
  ...{ kind: "sensor", device: R1, deviceKey: 1, atMs, source: "snmp", sensor: name, unit, value },
})
export const event = (atMs: number, name: string): Sample => ({
  ...{ kind: "event", id: uuid(atMs % 1e9), device: R1, name, atMs, source: "syslog" },
  ...{ severity: "info", interface: null, message: "", attributes: {} },
})

export const rulesOf = (yaml: string): RuleSet => {
  const parsed = parseRules(yaml)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return compileRules(
    METRICS,
    parsed.rules.map(({ rule }) => rule),
  )
}
/** `isAll`: with the rules that are off until people switch them on. */
export const packSet = (isAll = false): RuleSet =>
  compileRules(
    METRICS,
    defaultPack().map(({ rule }) => (isAll ? { ...rule, enabled: true } : rule)),
  )

export type RuleWorld = {
  readonly engine: AlertEngine
  readonly transitions: Transition[]
  /** Delivers samples at `nowMs`, by default the time of the newest, and runs the timers. */
  readonly deliver: (samples: readonly Sample[], nowMs?: number) => void
  readonly wait: (untilMs: number, stepMs?: number) => void
  /** Steps of one rule as `was>now reason`. */
  readonly steps: (rule: string) => readonly string[]
  readonly phase: (rule: string, entity?: string) => string
}
export const ruleWorld = (
  rules: RuleSet,
  {
    topology = topologyWith(),
    baseline,
  }: {
    topology?: ReturnType<typeof topologyWith>
    baseline?: BaselineOf
  } = {},
  rows: readonly StoredAlert[] = [],
  startMs = START_MS,
): RuleWorld => {
  let ids = 100
  const engine = createAlertEngine({
    org: ORG,
    newId: () => {
      ids += 1
      return AlertId.parse(uuid(ids))
    },
    rules,
    baseline,
  })
  const transitions: Transition[] = []
  let last = startMs
  engine.restore(rows, startMs)
  transitions.push(...engine.updateTopology(topology, startMs))
  return {
    engine,
    transitions,
    deliver: (samples, nowMs = Math.max(last, ...samples.map(({ atMs }) => atMs))) => {
      last = nowMs
      transitions.push(...engine.observe(inputOf(samples, nowMs), nowMs))
      transitions.push(...engine.evaluateTimers(nowMs))
    },
    wait: (untilMs, stepMs = 500) => {
      for (last += stepMs; last <= untilMs; last += stepMs) {
        transitions.push(...engine.markAgentSeen(AGENT, last))
        transitions.push(...engine.evaluateTimers(last))
      }
      last = untilMs
    },
    steps: (rule) =>
      transitions.flatMap(({ alert, was, now, reason }) =>
        alert.kind === rule ? [`${was}>${now} ${reason}`] : [],
      ),
    phase: (rule, entity = R1) => engine.of(rule, entity)?.state.phase ?? "ok",
  }
}
