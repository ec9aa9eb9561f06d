/**
 * 2,000 devices and 300 rules, for us and for Prometheus: the same values, and each rule in both
 * languages. No value comes near a bound of a rule, so that both raise the same alerts.
 */
import { Rule } from "@ispvm/appliance/api/alert-rules"

export const AGENTS = 20
export const ROLES = ["core", "distribution", "access", "tower", "customer"] as const
export const PORTS = ["ether1", "ether2", "ether3", "ether4"] as const
export const INTERVAL_MS = 10_000
export const CAPACITY_BPS = 1e9
export const PROBES = 100
/** Between these bounds of the rules lie the levels of values. */
const BOUNDS = [50, 60, 70, 80, 90]
const USUAL = 20
const LEVELS = [55, 65, 75, 85, 95]

export const roleOf = (device: number): string => ROLES[device % ROLES.length] ?? ""
export const agentOf = (device: number): number => device % AGENTS

/** Spreads names evenly over 32 bits. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}
/** One thing in twenty has a value that some of the rules are about. */
const baseOf = (thing: string): number => {
  const share = hashOf(thing) % 100
  return share < LEVELS.length ? (LEVELS[share] ?? USUAL) : USUAL
}

export type PortValues = {
  readonly name: string
  readonly isUp: boolean
  readonly rxBps: number
  readonly txBps: number
  readonly errorsPs: number
  readonly dropsPs: number
}
export type DeviceValues = {
  readonly cpu: number
  readonly memory: number
  readonly disk: number
  readonly rttMs: number
  readonly loss: number
  readonly celsius: number
  readonly volt: number
  readonly ports: readonly PortValues[]
}
const bases = new Map<string, number>()
const base = (thing: string): number => {
  const known = bases.get(thing)
  if (known !== undefined) return known
  const made = baseOf(thing)
  bases.set(thing, made)
  return made
}

/** At the n-th interval. */
export const valuesAt = (device: number, n: number): DeviceValues => {
  const wave = (device * 7 + n * 3) % 5
  const value = (metric: string): number => base(`${metric} ${device}`) + wave
  return {
    ...{ cpu: value("cpu"), memory: value("memory"), disk: value("disk") },
    ...{ rttMs: value("rtt"), loss: base(`loss ${device}`), celsius: value("temperature") },
    volt: 24,
    ports: PORTS.map((name) => ({
      name,
      isUp: hashOf(`flaps ${device} ${name}`) % 50 !== 0 || n % 2 === 0,
      rxBps: value(`rx ${name}`) * 1e7,
      txBps: value(`tx ${name}`) * 1e7,
      errorsPs: value(`errors ${name}`),
      dropsPs: value(`drops ${name}`),
    })),
  }
}

type Template = {
  readonly id: string
  readonly when: (bound: number, index: number) => unknown
  readonly scope?: Readonly<Record<string, unknown>>
  readonly promql: (at: (more?: string) => string, bound: number, index: number) => string
  /** Entities at each device. */
  readonly entities: number
}
const share = (used: string, at: (more?: string) => string): string =>
  `100 * device_${used}_used_bytes${at()} / device_${used}_total_bytes${at()}`
const LINKS = { interfaces: { ends: "links" } }
const TEMPLATES: readonly Template[] = [
  {
    id: "cpu",
    when: (above) => ({ metric: "device.cpu_pct", above }),
    promql: (at, bound) => `device_cpu_pct${at()} > ${bound}`,
    entities: 1,
  },
  {
    id: "memory",
    when: (above) => ({ metric: "device.memory_pct", above }),
    promql: (at, bound) => `${share("memory", at)} > ${bound}`,
    entities: 1,
  },
  {
    id: "disk",
    when: (above) => ({ metric: "device.disk_pct", above }),
    promql: (at, bound) => `${share("disk", at)} > ${bound}`,
    entities: 1,
  },
  {
    id: "loss",
    when: (above) => ({ metric: "ping.loss_pct", over: "1m", above }),
    promql: (at, bound) =>
      `100 * (1 - sum_over_time(ping_received${at()}[1m]) / sum_over_time(ping_sent${at()}[1m])) > ${bound}`,
    entities: 1,
  },
  {
    id: "round-trip",
    when: (above) => ({ metric: "ping.rtt_ms", over: "1m", above }),
    promql: (at, bound) => `avg_over_time(ping_rtt_ms${at()}[1m]) > ${bound}`,
    entities: 1,
  },
  {
    id: "busy",
    when: (above) => ({
      all: [
        { metric: "device.cpu_pct", above },
        { metric: "device.memory_pct", above: 40 },
      ],
    }),
    promql: (at, bound) => `(device_cpu_pct${at()} > ${bound}) and (${share("memory", at)} > 40)`,
    entities: 1,
  },
  {
    id: "hot",
    when: (above) => ({ metric: "sensor.value", above }),
    scope: { units: ["°C"] },
    promql: (at, bound) => `sensor_value${at(`unit="°C"`)} > ${bound}`,
    entities: 1,
  },
  {
    id: "errors",
    when: (above) => ({ metric: "interface.errors", above }),
    scope: LINKS,
    promql: (at, bound) => `interface_errors${at(`ends="link"`)} > ${bound}`,
    entities: 2,
  },
  {
    id: "drops",
    when: (above) => ({ metric: "interface.drops", above }),
    promql: (at, bound) => `interface_drops${at()} > ${bound}`,
    entities: 4,
  },
  {
    id: "load",
    when: (above) => ({ metric: "interface.load_pct", above }),
    scope: LINKS,
    promql: (at, bound) => {
      const [rx, tx] = ["rx", "tx"].map((way) => `interface_${way}_bps${at(`ends="link"`)}`)
      return `100 * ((${rx} > ${tx}) or ${tx}) / interface_capacity_bps${at(`ends="link"`)} > ${bound}`
    },
    entities: 2,
  },
  {
    id: "traffic",
    when: (above) => ({ metric: "interface.rx_bps", over: "5m", above: above * 1e7 }),
    promql: (at, bound) => `avg_over_time(interface_rx_bps${at()}[5m]) > ${bound * 1e7}`,
    entities: 4,
  },
  {
    id: "flaps",
    when: (_, index) => ({ changes: "interface.up", over: "10m", count: index + 2 }),
    promql: (at, _, index) => `changes(interface_up${at()}[10m]) >= ${index + 2}`,
    entities: 4,
  },
]

export type BenchRule = { readonly id: string; readonly rule: Rule; readonly promql: string }
const FOR = "30s"
/** Each template for each role and bound. */
export const benchRules = (): readonly BenchRule[] =>
  TEMPLATES.flatMap(({ id: template, when, scope, promql }) =>
    ROLES.flatMap((role) =>
      BOUNDS.map((bound, index): BenchRule => {
        const id = `${template}-${role}-${bound}`
        const at = (more?: string): string =>
          `{role="${role}"${more === undefined ? "" : `,${more}`}}`
        const rule = Rule.parse({
          ...{ id, name: id, severity: "minor", for: FOR },
          scope: { ...scope, roles: [role] },
          when: when(bound, index),
        })
        return { id, rule, promql: promql(at, bound, index) }
      }),
    ),
  )

/** Things that all rules together look at in one interval. */
export const pairsOf = (devices: number): number =>
  TEMPLATES.reduce((sum, { entities }) => sum + entities, 0) * BOUNDS.length * devices

/** As Prometheus reads them: rules in groups, which it evaluates beside each other. */
export const prometheusRules = (rules: readonly BenchRule[], groups = 10): string => {
  const size = Math.ceil(rules.length / groups)
  const group = (from: number) => ({
    name: `group ${from}`,
    rules: rules
      .slice(from, from + size)
      .map(({ id, promql }) => ({ alert: id, expr: promql, for: FOR })),
  })
  const starts = Array.from({ length: groups }, (_, index) => index * size)
  return JSON.stringify({ groups: starts.map(group) })
}
